#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "cc/delay_rate.hpp"
#include "cc/delay_trend.hpp"

namespace parley::cc {
namespace {

constexpr TimePoint kStart{100s};

/// A packet every 10 ms, whose one-way delay is `delay(i)`. Says which usages were seen.
template <class Delay>
std::vector<Usage> usages(DelayTrend& trend, int packets, Duration clock, Delay delay) {
  std::vector<Usage> seen;
  for (int i = 0; i < packets; ++i) {
    trend.add(kStart + i * 10ms, clock + i * 10ms + Duration(delay(i)));
    seen.push_back(trend.usage());
  }
  return seen;
}

TEST(DelayTrend, OfASteadyPathIsNormal) {
  DelayTrend trend;
  const auto seen = usages(trend, 500, 3s, [](int) { return 40ms; });
  EXPECT_EQ(std::ranges::count(seen, Usage::Normal), 500);
}

TEST(DelayTrend, OfAQueueThatBuildsUpIsOveruse) {
  DelayTrend trend;
  const auto seen = usages(trend, 100, 3s, [](int i) { return 40ms + i * 1ms; });
  const auto first = std::ranges::find(seen, Usage::Overuse);
  ASSERT_NE(first, seen.end());
  EXPECT_LT(first - seen.begin(), 60);  // after 0.6 s and 60 ms of queue at most
}

TEST(DelayTrend, OfAQueueThatDrainsIsUnderuse) {
  DelayTrend trend;
  const auto seen = usages(trend, 160, 3s, [](int i) { return i < 60 ? 240ms : 240ms - (i - 60) * 2ms; });
  EXPECT_EQ(seen.back(), Usage::Underuse);
  EXPECT_EQ(std::ranges::count(seen, Usage::Overuse), 0);
}

TEST(DelayTrend, BecomesNormalWhenTheQueueStands) {
  DelayTrend trend;
  (void)usages(trend, 100, 3s, [](int i) { return 40ms + i * 1ms; });
  for (int i = 100; i < 200; ++i) trend.add(kStart + i * 10ms, 3s + i * 10ms + 140ms);
  EXPECT_EQ(trend.usage(), Usage::Normal);
}

/// Jitter that goes up and down is not a queue.
TEST(DelayTrend, TakesJitterForNoQueue) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    DelayTrend trend;
    const auto seen = usages(trend, 1000, 3s, [&](int) { return 40ms + std::chrono::microseconds(random() % 4000); });
    EXPECT_LT(std::ranges::count(seen, Usage::Overuse), 10) << seed;
  }
}

/// The peer's clock begins anywhere, and where it does makes no difference.
TEST(DelayTrend, DoesNotDependOnWhereThePeersClockBegins) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    const auto run = [&](Duration clock) {
      std::mt19937 random(seed);
      DelayTrend trend;
      return usages(trend, 1000, clock,
                    [&](int i) { return std::chrono::microseconds(random() % 30'000) + (i % 300) * 200us; });
    };
    const auto positive = run(1h);
    EXPECT_GT(std::ranges::count(positive, Usage::Overuse), 0);
    EXPECT_EQ(positive, run(-1h));
    EXPECT_EQ(positive, run(-2s));
  }
}

TEST(DelayTrend, BeginsAnewWhenThePeersClockIsSet) {
  for (const Duration jump : {Duration(20s), Duration(-20s), Duration(-200h)}) {
    DelayTrend trend;
    (void)usages(trend, 100, 300h, [](int) { return 40ms; });
    std::vector<Usage> seen;
    for (int i = 100; i < 300; ++i) {
      trend.add(kStart + i * 10ms, 300h + jump + i * 10ms + (i - 100) * 1ms);
      seen.push_back(trend.usage());
    }
    EXPECT_EQ(seen.front(), Usage::Normal);
    EXPECT_GT(std::ranges::count(seen, Usage::Overuse), 10);  // it still sees a queue
  }
}

TEST(DelayTrend, TakesAJumpOfThePeersClockForNoQueue) {
  DelayTrend trend;
  (void)usages(trend, 100, 3s, [](int) { return 40ms; });
  for (int i = 100; i < 300; ++i) {
    trend.add(kStart + i * 10ms, 23s + i * 10ms);
    EXPECT_EQ(trend.usage(), Usage::Normal);
  }
}

/// Ten packets that leave at once arrive one after the other: that is how a link works, and no queue that grows.
TEST(DelayTrend, TakesAFrameForOnePacket) {
  DelayTrend trend;
  for (int frame = 0; frame < 200; ++frame)
    for (int i = 0; i < 10; ++i) {
      trend.add(kStart + frame * 33ms + i * 100us, 3s + frame * 33ms + 20ms + i * 2ms);
      ASSERT_EQ(trend.usage(), Usage::Normal);
    }
}

TEST(DelayRate, GrowsBySomePercentEachSecondWhereItIsUsed) {
  DelayRate rate(1e6);
  for (int i = 0; i <= 20; ++i) rate.update(Usage::Normal, rate.rate(), {false, {}, 100ms}, kStart + i * 50ms);
  EXPECT_NEAR(rate.rate(), 1.08e6, 0.005e6);
}

TEST(DelayRate, DoesNotGrowFarBeyondWhatGetsThrough) {
  for (const bool limited : {false, true}) {
    DelayRate rate(1e6);
    for (int i = 0; i <= 20'000; ++i) rate.update(Usage::Normal, 1e6, {limited, {}, 100ms}, kStart + i * 50ms);
    EXPECT_LE(rate.rate(), 1.52e6);
    EXPECT_GE(rate.rate(), 1.45e6);
  }
}

TEST(DelayRate, KeepsWhatItHasWhenTheApplicationSendsLess) {
  DelayRate rate(1e6);
  for (int i = 0; i <= 1000; ++i) rate.update(Usage::Normal, 1e5, {true, {}, 100ms}, kStart + i * 50ms);
  EXPECT_EQ(rate.rate(), 1e6);
}

TEST(DelayRate, FallsBelowWhatGetsThroughOnceForEachQueue) {
  DelayRate rate(2e6);
  rate.update(Usage::Normal, 1e6, {false, {}, 100ms}, kStart);
  rate.update(Usage::Overuse, 1e6, {false, {}, 100ms}, kStart + 50ms);
  EXPECT_DOUBLE_EQ(rate.rate(), 0.85e6);
  rate.update(Usage::Overuse, 0.8e6, {false, {}, 100ms}, kStart + 100ms);
  EXPECT_DOUBLE_EQ(rate.rate(), 0.85e6);
  rate.update(Usage::Overuse, 0.8e6, {false, {}, 100ms}, kStart + 151ms);
  EXPECT_DOUBLE_EQ(rate.rate(), 0.68e6);
}

TEST(DelayRate, FallsAlsoWhenNothingIsKnownOfWhatGetsThrough) {
  DelayRate rate(1e6);
  rate.update(Usage::Overuse, std::nullopt, {false, {}, 100ms}, kStart);
  EXPECT_DOUBLE_EQ(rate.rate(), 0.85e6);
}

TEST(DelayRate, NeverGrowsByOveruse) {
  DelayRate rate(1e5);
  rate.update(Usage::Overuse, 5e6, {false, {}, 100ms}, kStart);
  EXPECT_LE(rate.rate(), 1e5);
}

TEST(DelayRate, WaitsWhileTheQueueDrains) {
  DelayRate rate(1e6);
  for (int i = 0; i < 100; ++i) rate.update(Usage::Underuse, 1e6, {false, {}, 100ms}, kStart + i * 50ms);
  EXPECT_EQ(rate.rate(), 1e6);
}

/// Where the queue built up before, steps are small: less than a tenth of the free growth.
TEST(DelayRate, IsCarefulNearWhereItFellBefore) {
  DelayRate rate(10e6);
  rate.update(Usage::Overuse, 10e6, {false, {}, 100ms}, kStart);
  rate.update(Usage::Normal, 9.9e6, {false, {}, 100ms}, kStart + 50ms);
  const double before = rate.rate();
  for (int i = 2; i <= 21; ++i) rate.update(Usage::Normal, 9.9e6, {false, {}, 100ms}, kStart + i * 50ms);
  EXPECT_GT(rate.rate(), before);
  EXPECT_LT(rate.rate(), before + 0.08 * before / 5);
}

TEST(DelayRate, APauseOfHoursIsNoReasonToGrow) {
  DelayRate rate(1e6);
  rate.update(Usage::Normal, std::nullopt, {false, {}, 100ms}, kStart);
  rate.update(Usage::Normal, std::nullopt, {false, {}, 100ms}, kStart + 10h);
  EXPECT_LE(rate.rate(), 1.09e6);
}

}  // namespace
}  // namespace parley::cc
