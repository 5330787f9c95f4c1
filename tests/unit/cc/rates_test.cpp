#include <gtest/gtest.h>

#include "cc/loss_rate.hpp"
#include "cc/received_rate.hpp"

namespace parley::cc::rates_test {
namespace {

constexpr TimePoint kStart{100s};

TEST(ReceivedRate, OfAnEvenFlowIsItsRate) {
  ReceivedRate received;
  for (int i = 0; i < 200; ++i) received.add(i * 10ms, 1250);
  EXPECT_NEAR(received.rate().value(), 1e6, 1e4);
}

TEST(ReceivedRate, IsUnknownAtTheBeginning) {
  ReceivedRate received;
  EXPECT_EQ(received.rate(), std::nullopt);
  received.add(5s, 1250);
  EXPECT_EQ(received.rate(), std::nullopt);
  received.add(5s + 149ms, 1250);
  EXPECT_EQ(received.rate(), std::nullopt);
  received.add(5s + 150ms, 1250);
  EXPECT_TRUE(received.rate());
}

TEST(ReceivedRate, ForgetsWhatIsOlderThanHalfASecond) {
  ReceivedRate received;
  for (int i = 0; i < 100; ++i) received.add(i * 10ms, 12'500);
  for (int i = 100; i < 160; ++i) received.add(i * 10ms, 1250);
  EXPECT_NEAR(received.rate().value(), 1e6, 1e4);
}

TEST(ReceivedRate, DoesNotMindPacketsThatOvertakeEachOther) {
  ReceivedRate received;
  for (int i = 0; i < 200; ++i) received.add((i ^ 1) * 10ms, 1250);
  EXPECT_NEAR(received.rate().value(), 1e6, 5e4);
}

TEST(ReceivedRate, OnAClockThatIsNegativeIsTheSame) {
  ReceivedRate received;
  for (int i = 0; i < 200; ++i) received.add(-1h + i * 10ms, 1250);
  EXPECT_NEAR(received.rate().value(), 1e6, 1e4);
}

TEST(ReceivedRate, BeginsAnewWhenThePeersClockIsSetBack) {
  ReceivedRate received;
  for (int i = 0; i < 200; ++i) received.add(150h + i * 10ms, 1250);
  received.add(1s, 1250);
  EXPECT_EQ(received.rate(), std::nullopt);
  for (int i = 1; i < 100; ++i) received.add(1s + i * 10ms, 2500);
  EXPECT_NEAR(received.rate().value(), 2e6, 5e4);
}

/// A receiver that was busy says that many have arrived in one moment: they have come before it.
TEST(ReceivedRate, WhatHasWaitedForTheReceiverDoesNotCount) {
  ReceivedRate received;
  for (int i = 0; i < 200; ++i) received.add(2s, 1250);
  for (int i = 1; i <= 30; ++i) received.add(2s + i * 10ms, 1250);
  EXPECT_NEAR(received.rate().value(), 1e6, 1e4);
}

/// A peer that says that everything has arrived in the same moment does not fill the memory: of the million packets
/// only some count when time goes on.
TEST(ReceivedRate, KeepsABoundedNumberOfPackets) {
  ReceivedRate received;
  for (int i = 0; i < 1'000'000; ++i) received.add(1s, 1250);
  received.add(1s + 400ms, 1250);
  EXPECT_LT(received.rate().value(), 100'001 * 1250 * 8 / 0.4);
}

/// 20 feedbacks a second, of 50 packets each.
double after(LossRate& rate, std::size_t lost_of_50, Duration duration) {
  for (int i = 0; i * 50ms <= duration; ++i) rate.add(50 - lost_of_50, lost_of_50, 100ms, kStart + i * 50ms);
  return rate.rate();
}

TEST(LossRate, GrowsWithoutLoss) {
  LossRate rate(1e6);
  EXPECT_GT(after(rate, 0, 1s), 1.3e6);
  EXPECT_EQ(rate.fraction_lost(), 0);
}

TEST(LossRate, StaysWhereLossMayBeThePathsOwn) {
  LossRate rate(1e6);
  EXPECT_EQ(after(rate, 3, 10s), 1e6);
  EXPECT_DOUBLE_EQ(rate.fraction_lost(), 0.06);
}

/// draft-ietf-rmcat-gcc-02 section 6: by half of the fraction lost.
TEST(LossRate, FallsByHalfOfWhatIsLost) {
  LossRate rate(1e6);
  rate.add(100, 0, 100ms, kStart);
  EXPECT_EQ(rate.rate(), 1e6);
  rate.add(20, 80, 100ms, kStart + 200ms);
  EXPECT_DOUBLE_EQ(rate.rate(), 1e6 * (1 - 0.5 * 0.4));
}

TEST(LossRate, FallsAgainOnlyWhenTheEffectCanBeSeen) {
  LossRate rate(1e6);
  rate.add(0, 0, 200ms, kStart);
  rate.add(50, 50, 200ms, kStart + 200ms);
  const double once = rate.rate();
  EXPECT_LT(once, 1e6);
  rate.add(50, 50, 200ms, kStart + 500ms);
  EXPECT_EQ(rate.rate(), once);
  rate.add(50, 50, 200ms, kStart + 750ms);
  EXPECT_LT(rate.rate(), once);
}

TEST(LossRate, FewPacketsSayNothing) {
  LossRate rate(1e6);
  for (int i = 0; i < 19; ++i) rate.add(0, 1, 100ms, kStart + i * 100ms);
  EXPECT_EQ(rate.rate(), 1e6);
  rate.add(0, 1, 100ms, kStart + 2s);
  EXPECT_EQ(rate.rate(), 0.5e6);
}

TEST(LossRate, IsNotMuchMoreThanWhatTheDelayAllows) {
  LossRate rate(20e6);
  rate.limit(1e6);
  EXPECT_EQ(rate.rate(), 2e6);
  rate.limit(10e6);
  EXPECT_EQ(rate.rate(), 2e6);
}

}  // namespace
}  // namespace parley::cc::rates_test
