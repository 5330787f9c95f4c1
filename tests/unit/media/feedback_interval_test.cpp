#include "media/feedback_interval.hpp"

#include <gtest/gtest.h>

namespace parley::media::feedback_interval_test {
namespace {

constexpr TimePoint kStart{100s};

/// After a while of messages at the intervals that it wants.
Duration interval_at(double rate) {
  FeedbackInterval interval;
  Duration next = FeedbackInterval::kShortest;
  TimePoint now = kStart;
  for (int i = 0; i < 20; ++i) {
    interval.add(static_cast<std::size_t>(rate / 8 * std::chrono::duration<double>(next).count()));
    now += next;
    next = interval.next(now);
  }
  return next;
}

TEST(FeedbackInterval, IsAboutATwentiethOfWhatComes) {
  EXPECT_EQ(interval_at(10e3), 250ms);
  EXPECT_NEAR(std::chrono::duration<double>(interval_at(72e3)).count(), 0.15, 0.01);
  EXPECT_EQ(interval_at(1e6), 50ms);
  EXPECT_EQ(interval_at(1e9), 50ms);
}

TEST(FeedbackInterval, IsShortAtTheBeginning) {
  FeedbackInterval interval;
  interval.add(1200);
  EXPECT_EQ(interval.next(kStart), FeedbackInterval::kShortest);
}

TEST(FeedbackInterval, IsLongAfterAPause) {
  FeedbackInterval interval;
  (void)interval.next(kStart);
  interval.add(1200);
  EXPECT_EQ(interval.next(kStart + 24h), FeedbackInterval::kLongest);
}

TEST(FeedbackInterval, TwoMessagesInOneMomentChangeNothing) {
  FeedbackInterval interval;
  (void)interval.next(kStart);
  interval.add(1200);
  EXPECT_EQ(interval.next(kStart), FeedbackInterval::kShortest);
}

}  // namespace
}  // namespace parley::media::feedback_interval_test
