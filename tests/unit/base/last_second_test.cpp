#include "base/last_second.hpp"

#include <gtest/gtest.h>

namespace parley {
namespace {

constexpr TimePoint kStart{1000s};

TEST(LastSecond, CountsWhatHasHappenedWithinIt) {
  LastSecond frames;
  EXPECT_EQ(frames.sum(kStart), 0U);
  for (int i = 0; i < 300; ++i) frames.add(kStart + i * 33'333us);
  const TimePoint end = kStart + 299 * 33'333us;
  EXPECT_NEAR(frames.sum(end), 30, 1);
  EXPECT_NEAR(frames.sum(end + 500ms), 15, 1);
  EXPECT_EQ(frames.sum(end + 1020ms), 0U);
  EXPECT_EQ(frames.sum(end + 100h), 0U);
}

TEST(LastSecond, ForgetsAfterASilenceOfAnyLength) {
  for (const Duration silence : {1000ms, 1020ms, 1040ms, 5000ms, 3600'000ms}) {
    LastSecond bytes;
    bytes.add(kStart, 1000);
    bytes.add(kStart + 10ms, 200);
    EXPECT_EQ(bytes.sum(kStart + 999ms), 1200U);
    bytes.add(kStart + silence + 20ms, 5);
    EXPECT_EQ(bytes.sum(kStart + silence + 20ms), 5U);
  }
}

TEST(LastSecond, AClockThatStandsStillOrGoesBackDoesNoHarm) {
  LastSecond frames;
  frames.add(kStart);
  frames.add(kStart);
  frames.add(kStart - 5s);
  EXPECT_EQ(frames.sum(kStart), 3U);
  frames.add(TimePoint() - 5s);
  EXPECT_EQ(frames.sum(kStart), 4U);
}

}  // namespace
}  // namespace parley
