#include <gtest/gtest.h>

#include <random>

#include "cc/controller.hpp"

namespace parley::cc::estimators_test {
namespace {

constexpr TimePoint kStart{10s};

TEST(DelayTrend, AConstantDelayIsNormal) {
  DelayTrend trend;
  std::minstd_rand random(1);
  for (int i = 0; i < 1000; ++i) {
    trend.add(kStart + i * 10ms, 1s + i * 10ms + std::chrono::microseconds(random() % 1000));
    EXPECT_EQ(trend.usage(), Usage::Normal);
  }
  EXPECT_LT(trend.queueing(), 2ms);
}

TEST(DelayTrend, AQueueThatBuildsUpIsOveruseAndOneThatDrainsIsNot) {
  DelayTrend trend;
  Duration queue{};
  int i = 0;
  const auto step = [&](Duration change) {
    queue = std::max(queue + change, Duration::zero());
    trend.add(kStart + i * 10ms, 1s + i * 10ms + queue);
    ++i;
  };
  for (int n = 0; n < 100; ++n) step(0ms);
  int noticed = 0;
  while (trend.usage() != Usage::Overuse && noticed < 200) {
    step(2ms);
    ++noticed;
  }
  EXPECT_LT(noticed, 40);
  EXPECT_GT(trend.queueing(), 10ms);
  bool underuse = false;
  for (int n = 0; n < 60; ++n) {
    step(-2ms);
    underuse = underuse || trend.usage() == Usage::Underuse;
  }
  EXPECT_TRUE(underuse);
}

TEST(DelayTrend, ACallThatStopsAndGoesOnIsNoCongestion) {
  DelayTrend trend;
  for (int i = 0; i < 100; ++i) trend.add(kStart + i * 10ms, i * 10ms);
  for (int i = 0; i < 100; ++i) {
    trend.add(kStart + 60s + i * 10ms, 70s + i * 10ms);  // the peer's clock has jumped
    EXPECT_NE(trend.usage(), Usage::Overuse);
  }
}

TEST(ReceivedRate, IsWhatArrivedInHalfASecond) {
  ReceivedRate rate;
  EXPECT_EQ(rate.rate(), std::nullopt);
  for (int i = 0; i <= 100; ++i) rate.add(i * 10ms, 1250);
  ASSERT_TRUE(rate.rate());
  EXPECT_NEAR(*rate.rate(), 1e6, 1e4);
}

TEST(LossRate, ManyLossesLowerItAndFewRaiseIt) {
  LossRate rate(1e6);
  TimePoint now = kStart;
  const auto report = [&](std::size_t received, std::size_t lost) {
    now += 500ms;
    rate.add(received, lost, 50ms, now);
  };
  report(100, 0);
  report(95, 5);
  EXPECT_NEAR(rate.rate(), 1e6, 1e5);
  const double before = rate.rate();
  report(80, 20);
  EXPECT_NEAR(rate.rate(), before * 0.9, 1);
  EXPECT_NEAR(rate.fraction_lost(), 0.2, 1e-9);
  for (int i = 0; i < 10; ++i) report(100, 0);
  EXPECT_GT(rate.rate(), before);
}

TEST(ProbeResults, TellWhatThePathMadeOfABurst) {
  ProbeResults results;
  results.begin({.id = 1, .rate = 2e6, .bytes = 12'500});
  std::optional<double> shown;
  for (int i = 0; i < 10 && !shown; ++i)  // sent at 2 Mbit/s, arrives at 1
    shown = results.add({{.size = 1250, .sent = kStart + i * 5ms, .probe = 1}, i * 10ms});
  ASSERT_TRUE(shown);
  EXPECT_NEAR(*shown, 0.95e6, 1e4);
}

TEST(ProbeResults, ABurstThatIsLostShowsNothing) {
  ProbeResults results;
  results.begin({.id = 1, .rate = 2e6, .bytes = 12'500});
  for (int i = 0; i < 10; ++i)
    EXPECT_FALSE(results.add({{.size = 1250, .sent = kStart + i * 5ms, .probe = 1}, std::nullopt}));
  EXPECT_FALSE(results.add({{.size = 1250, .sent = kStart, .probe = 99}, 1ms}));
}

TEST(ProbePlan, BeginsWithTwoAndGoesOnWhileTheyGetThrough) {
  ProbePlan plan;
  plan.begin(300e3);
  EXPECT_NEAR(plan.due(300e3, 1e9, std::nullopt, kStart)->rate, 900e3, 1);
  EXPECT_FALSE(plan.due(300e3, 1e9, std::nullopt, kStart + 1ms));
  EXPECT_NEAR(plan.due(300e3, 1e9, std::nullopt, kStart + 60ms)->rate, 1800e3, 1);
  EXPECT_FALSE(plan.due(300e3, 1e9, std::nullopt, kStart + 200ms));
  plan.shown(1700e3);
  EXPECT_NEAR(plan.due(1700e3, 1e9, std::nullopt, kStart + 200ms)->rate, 3400e3, 1);
  plan.shown(2000e3);
  EXPECT_FALSE(plan.due(2000e3, 1e9, std::nullopt, kStart + 300ms));
}

TEST(GoogleController, ObeysThePeersLimit) {
  GoogleController controller({.start = 1e6});
  controller.on_remote_limit(200e3, kStart);
  EXPECT_EQ(controller.target_rate(), 200e3);
}

TEST(GoogleController, LossesAloneLowerTheRateWhereNothingElseIsTold) {
  GoogleController controller({.start = 1e6, .most = 1e6});
  TimePoint now = kStart;
  for (int i = 0; i < 20; ++i) controller.on_loss(192, 64, now += 1s);
  EXPECT_LT(controller.target_rate(), 200e3);
  EXPECT_GE(controller.target_rate(), 30e3);
}

TEST(GoogleController, WithoutFeedbackItGrowsAsLongAsNothingIsLost) {
  GoogleController controller({.start = 300e3});
  TimePoint now = kStart;
  for (int i = 0; i < 600; ++i) {
    controller.on_sent_untold(static_cast<std::size_t>(controller.target_rate() / 8 / 10), now += 100ms);
    if (i % 10 == 9) controller.on_loss(256, 0, now);
  }
  EXPECT_GT(controller.target_rate(), 2e6);
  controller.on_remote_limit(500e3, now);
  EXPECT_EQ(controller.target_rate(), 500e3);
}

TEST(GoogleController, WithoutFeedbackItTakesWhatThePeerAllows) {
  GoogleController controller({.start = 300e3});
  controller.on_remote_limit(2e6, kStart);
  EXPECT_EQ(controller.target_rate(), 2e6);
}

}  // namespace
}  // namespace parley::cc::estimators_test
