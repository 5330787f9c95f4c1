#include "cc/marked_share.hpp"

#include <gtest/gtest.h>

namespace parley::cc {
namespace {

constexpr Duration kRoundTrip = 50ms;

/// Round trips of a hundred packets of which so many are marked; what the last one says.
std::optional<double> after(MarkedShare& share, int round_trips, std::size_t marked, TimePoint& now) {
  std::optional<double> factor;
  for (int i = 0; i < round_trips; ++i) factor = share.add(marked, 100, kRoundTrip, now += kRoundTrip);
  return factor;
}

TEST(MarkedShare, WithoutMarksNothingIsYielded) {
  MarkedShare share;
  TimePoint now{1s};
  EXPECT_EQ(after(share, 100, 0, now), std::nullopt);
  EXPECT_LT(share.share(), 0.01);
}

TEST(MarkedShare, TheMoreIsMarkedTheMoreIsYielded) {
  double before = 1;
  for (const std::size_t marked : {1U, 5U, 20U, 50U, 100U}) {
    MarkedShare share;
    TimePoint now{1s};
    const auto factor = after(share, 200, marked, now);
    ASSERT_TRUE(factor);
    EXPECT_NEAR(*factor, 1 - static_cast<double>(marked) / 200, 0.001);
    EXPECT_LT(*factor, before);
    before = *factor;
  }
}

TEST(MarkedShare, TheFirstMarkIsTakenForTheWorst) {
  MarkedShare share;
  TimePoint now{1s};
  EXPECT_EQ(share.add(1, 1, kRoundTrip, now), std::nullopt);
  const auto factor = share.add(0, 9, kRoundTrip, now + kRoundTrip);
  ASSERT_TRUE(factor);
  EXPECT_NEAR(*factor, 0.53, 0.01);
}

TEST(MarkedShare, ARoundTripIsOneReason) {
  MarkedShare share;
  TimePoint now{1s};
  std::size_t yields = 0;
  for (int i = 0; i < 100; ++i)
    if (share.add(1, 10, kRoundTrip, now += 10ms)) ++yields;
  EXPECT_GE(yields, 16U);
  EXPECT_LE(yields, 20U);
}

TEST(MarkedShare, FeedbackOfNothingThatWasMarkableSaysNothing) {
  MarkedShare share;
  EXPECT_EQ(share.add(0, 0, kRoundTrip, TimePoint{9s}), std::nullopt);
  EXPECT_EQ(share.share(), 1);
}

}  // namespace
}  // namespace parley::cc
