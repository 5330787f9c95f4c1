#include "cc/probing.hpp"

#include <gtest/gtest.h>

namespace parley::cc::probing_test {
namespace {

constexpr TimePoint kStart{100s};
constexpr Probe kProbe{.id = 7, .rate = 4e6, .bytes = 10'000};

/// Packets of 1000 bytes that leave every 2 ms, which is 4 Mbit/s, and arrive with these pauses.
std::optional<double> play(ProbeResults& results, int packets, Duration arriving, std::uint32_t id = kProbe.id) {
  std::optional<double> shown;
  for (int i = 0; i < packets; ++i) {
    const auto rate =
        results.add({{.number = i, .size = 1000, .sent = kStart + i * 2ms, .probe = id}, 9s + i * arriving});
    EXPECT_FALSE(rate && shown);
    if (rate) shown = rate;
  }
  return shown;
}

TEST(ProbeResults, ShowTheRateThatGotThrough) {
  ProbeResults results;
  results.begin(kProbe);
  EXPECT_NEAR(play(results, 10, 2ms).value(), 4e6, 1);
}

TEST(ProbeResults, ShowALittleLessThanThePathsRateWhereItIsSlower) {
  ProbeResults results;
  results.begin(kProbe);
  EXPECT_NEAR(play(results, 10, 4ms).value(), 0.95 * 2e6, 2e4);
}

/// What arrives faster than it left has waited in a queue.
TEST(ProbeResults, NeverShowMoreThanWasSent) {
  ProbeResults results;
  results.begin(kProbe);
  EXPECT_NEAR(play(results, 10, 1500us).value(), 4e6, 1);
}

/// Packets that networks put together say nothing of how fast they come.
TEST(ProbeResults, OfWhatArrivesMuchFasterThanItLeftAreNone) {
  for (const Duration pause : {Duration::zero(), Duration(900us)}) {
    ProbeResults results;
    results.begin(kProbe);
    EXPECT_FALSE(play(results, 10, pause));
  }
}

/// Of 4 Mbit/s that the path carries, headers below RTP take a sixth.
TEST(ProbeResults, OfSmallPacketsShowWhatLargeOnesWouldHave) {
  ProbeResults results;
  results.begin({.id = 7, .rate = 8e6, .bytes = 10'000});
  std::optional<double> shown;
  for (int i = 0; i < 50 && !shown; ++i)
    shown = results.add({{.number = i, .size = 200, .sent = kStart + i * 240us, .probe = 7}, 9s + i * 480us});
  ASSERT_TRUE(shown);
  EXPECT_NEAR(*shown, 0.95 * 4e6 * 1200 / 1240, 1e4);
}

/// A timer that comes late lets the rest leave in a hurry.
TEST(ProbeResults, NeverShowMoreThanWasWanted) {
  ProbeResults results;
  results.begin({.id = 7, .rate = 2e6, .bytes = 10'000});
  EXPECT_NEAR(play(results, 10, 2ms).value(), 2e6, 1);
}

/// Nor do times that are not much longer than clocks are fine.
TEST(ProbeResults, OfATooShortBurstAreNone) {
  ProbeResults results;
  results.begin({.id = 7, .rate = 100e6, .bytes = 10'000});
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(
        results.add({{.number = i, .size = 1000, .sent = kStart + i * 80us, .probe = kProbe.id}, 9s + i * 80us}));
}

TEST(ProbeResults, OfFewPacketsAreNone) {
  ProbeResults results;
  results.begin({.id = 7, .rate = 1e5, .bytes = 2000});
  EXPECT_FALSE(play(results, 3, 2ms));
}

TEST(ProbeResults, CountWhenFourFifthsHaveArrived) {
  ProbeResults results;
  results.begin(kProbe);
  EXPECT_FALSE(play(results, 7, 2ms));
  EXPECT_TRUE(results.add({{.number = 7, .size = 1000, .sent = kStart + 14ms, .probe = kProbe.id}, 9s + 14ms}));
}

TEST(ProbeResults, OfWhatIsLostOrForeignAreNone) {
  ProbeResults results;
  results.begin(kProbe);
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(results.add({{.size = 1000, .sent = kStart, .probe = kProbe.id}, std::nullopt}));
    EXPECT_FALSE(results.add({{.size = 1000, .sent = kStart, .probe = std::nullopt}, 9s}));
  }
  EXPECT_FALSE(play(results, 20, 2ms, 8));
}

TEST(ProbeResults, OfABurstInOneMomentAreNone) {
  ProbeResults results;
  results.begin(kProbe);
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(results.add({{.size = 1000, .sent = kStart, .probe = kProbe.id}, 9s + i * 1ms}));
}

TEST(ProbeResults, ForgetTheOldestOfManyProbes) {
  ProbeResults results;
  for (std::uint32_t id = 1; id <= 9; ++id) results.begin({.id = id, .rate = 4e6, .bytes = 10'000});
  EXPECT_FALSE(play(results, 10, 2ms, 1));
  EXPECT_TRUE(play(results, 10, 2ms, 2));
  EXPECT_TRUE(play(results, 10, 2ms, 9));
}

TEST(ProbePlan, BeginsWithThreeAndSixTimesTheRate) {
  ProbePlan plan;
  EXPECT_FALSE(plan.due(3e5, 2e7, std::nullopt, kStart));
  EXPECT_EQ(plan.next_deadline(), std::nullopt);
  plan.begin(3e5);
  EXPECT_LE(plan.next_deadline().value(), kStart);
  const auto first = plan.due(3e5, 2e7, std::nullopt, kStart);
  ASSERT_TRUE(first);
  EXPECT_DOUBLE_EQ(first->rate, 9e5);
  EXPECT_GE(first->bytes, 6U * 1200);
  // Not both at once.
  EXPECT_FALSE(plan.due(3e5, 2e7, std::nullopt, kStart + 49ms));
  EXPECT_EQ(plan.next_deadline(), kStart + 50ms);
  const auto second = plan.due(3e5, 2e7, std::nullopt, kStart + 50ms);
  ASSERT_TRUE(second);
  EXPECT_DOUBLE_EQ(second->rate, 1.8e6);
  EXPECT_NE(second->id, first->id);
  EXPECT_FALSE(plan.due(3e5, 2e7, std::nullopt, kStart + 100ms));
  EXPECT_EQ(plan.next_deadline(), std::nullopt);
}

/// One that is slow is over soon, too: it is made of smaller packets.
TEST(ProbePlan, SlowProbesAreShort) {
  ProbePlan plan;
  plan.begin(3e4);
  const auto probe = plan.due(3e4, 1e8, std::nullopt, kStart);
  EXPECT_LE(static_cast<double>(probe->bytes) * 8 / probe->rate, 0.25);
  EXPECT_GE(probe->packets, 5U);
}

/// Whole seconds of a fast probe are not sent, but long enough a burst to measure it.
TEST(ProbePlan, ProbesLastSomeMilliseconds) {
  ProbePlan plan;
  plan.begin(5e6);
  const auto probe = plan.due(5e6, 1e8, std::nullopt, kStart);
  EXPECT_NEAR(static_cast<double>(probe->bytes) * 8 / probe->rate, 0.015, 0.001);
}

TEST(ProbePlan, GoesOnWhereAProbeHasShownThatThereIsMore) {
  ProbePlan plan;
  plan.begin(3e5);
  (void)plan.due(3e5, 2e7, std::nullopt, kStart);
  (void)plan.due(3e5, 2e7, std::nullopt, kStart + 50ms);
  plan.shown(1.8e6);
  const auto further = plan.due(1.8e6, 2e7, std::nullopt, kStart + 150ms);
  ASSERT_TRUE(further);
  EXPECT_DOUBLE_EQ(further->rate, 3.6e6);
  plan.shown(2e6);  // that was the path's end
  EXPECT_FALSE(plan.due(2e6, 2e7, std::nullopt, kStart + 250ms));
}

TEST(ProbePlan, NeverProbesBeyondTheMost) {
  ProbePlan plan;
  plan.begin(3e5);
  EXPECT_DOUBLE_EQ(plan.due(3e5, 5e5, std::nullopt, kStart)->rate, 5e5);
  EXPECT_FALSE(plan.due(5e5, 5e5, std::nullopt, kStart + 50ms));
  EXPECT_EQ(plan.next_deadline(), std::nullopt);
}

/// A call of 20 kbit/s would otherwise send far more padding than media on a fast path.
TEST(ProbePlan, LooksOnlyForWhatMayBeUsedSoon) {
  ProbePlan plan;
  plan.begin(8e6);
  EXPECT_DOUBLE_EQ(plan.due(8e6, 1e9, 2e4, kStart)->rate, 20e6);
  EXPECT_FALSE(plan.due(20e6, 1e9, 2e4, kStart + 1s));
  plan.shown(48e6);
  EXPECT_DOUBLE_EQ(plan.due(48e6, 1e9, 2e6, kStart + 2s)->rate, 80e6) << "forty times what is used";
  plan.shown(80e6);
  EXPECT_DOUBLE_EQ(plan.due(80e6, 1e9, std::nullopt, kStart + 3s)->rate, 160e6);
}

TEST(ProbePlan, TriesAgainSomeTimeAfterTheRateFell) {
  ProbePlan plan;
  plan.fell(2e6, kStart);
  EXPECT_EQ(plan.next_deadline(), kStart + 4s);
  EXPECT_FALSE(plan.due(1e6, 2e7, std::nullopt, kStart + 3999ms));
  const auto probe = plan.due(1e6, 2e7, std::nullopt, kStart + 4s);
  ASSERT_TRUE(probe);
  EXPECT_DOUBLE_EQ(probe->rate, 1.7e6);
  EXPECT_EQ(plan.next_deadline(), kStart + 8s);  // as long as it has not come back
}

TEST(ProbePlan, NeedNotTryAgainWhatHasComeBack) {
  ProbePlan plan;
  plan.fell(2e6, kStart);
  EXPECT_FALSE(plan.due(1.9e6, 2e7, std::nullopt, kStart + 4s));
  EXPECT_EQ(plan.next_deadline(), std::nullopt);
}

TEST(ProbePlan, AsksAtOnceForWhatSilenceHasCost) {
  ProbePlan plan;
  plan.back(2e6, kStart);
  EXPECT_EQ(plan.due(1e5, 2e7, std::nullopt, kStart)->rate, 1e6);
  EXPECT_EQ(plan.due(1e5, 2e7, std::nullopt, kStart + 50ms)->rate, 2e6);
}

TEST(ProbePlan, AsksNowAndThenWhileTheApplicationUsesLittle) {
  ProbePlan plan;
  plan.begin(3e5);
  (void)plan.due(3e5, 2e7, std::nullopt, kStart);
  (void)plan.due(3e5, 2e7, std::nullopt, kStart + 50ms);
  EXPECT_FALSE(plan.due(1e6, 2e7, 5e5, kStart + 5s));
  EXPECT_FALSE(plan.due(1e6, 2e7, std::nullopt, kStart + 5050ms));
  EXPECT_DOUBLE_EQ(plan.due(1e6, 2e7, 5e5, kStart + 5050ms)->rate, 2e6);
  EXPECT_FALSE(plan.due(1e6, 2e7, 5e5, kStart + 10s));
}

}  // namespace
}  // namespace parley::cc::probing_test
