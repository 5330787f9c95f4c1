#include "media/playout.hpp"

#include <gtest/gtest.h>

namespace parley::media::playout_test {
namespace {

constexpr TimePoint kStart{1000s};

TEST(Playout, IsAsRegularAsMediaWas) {
  Playout playout;
  playout.set_target(100ms);
  EXPECT_EQ(playout.due(0ms, kStart + 30ms), kStart + 130ms);
  EXPECT_EQ(playout.due(33ms, kStart + 33ms), kStart + 133ms);  // the fastest
  EXPECT_EQ(playout.due(66ms, kStart + 150ms), kStart + 166ms);
  EXPECT_EQ(playout.due(66ms, kStart + 150ms), kStart + 166ms);
  EXPECT_EQ(playout.due(99ms, kStart + 300ms), kStart + 199ms);  // too late to be held back
}

TEST(Playout, ForgetsWhatWasFastestLongAgo) {
  Playout playout;
  playout.set_target(50ms);
  playout.due(0ms, kStart);
  // The path has become longer by 200 ms.
  for (Duration time = 1s; time < 25s; time += 1s) {
    const TimePoint due = playout.due(time, kStart + time + 200ms);
    EXPECT_EQ(due, kStart + time + (time < 20s ? 50ms : 250ms)) << time.count();
  }
}

TEST(Playout, BeginsAnewWithAnotherClock) {
  Playout playout;
  playout.set_target(50ms);
  playout.due(100s, kStart);
  EXPECT_EQ(playout.due(5s, kStart + 1s), kStart + 1050ms);
  EXPECT_EQ(playout.due(6s, kStart + 2s), kStart + 2050ms);
}

}  // namespace
}  // namespace parley::media::playout_test
