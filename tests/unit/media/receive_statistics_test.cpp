#include "media/receive_statistics.hpp"

#include <gtest/gtest.h>

namespace parley::media::receive_statistics_test {
namespace {

constexpr TimePoint kStart{};

void receive(ReceiveStatistics& statistics, std::initializer_list<std::int64_t> numbers) {
  for (const std::int64_t number : numbers)
    statistics.received(number, static_cast<std::uint32_t>(number * 160), 8000, kStart + number * 20ms);
}

TEST(ReceiveStatistics, ReportsNothingLostWhenEverythingCame) {
  ReceiveStatistics statistics;
  receive(statistics, {7, 8, 9, 10});
  const ReceptionReport report = statistics.report();
  EXPECT_EQ(report.fraction_lost, 0);
  EXPECT_EQ(report.cumulative_lost, 0);
  EXPECT_EQ(report.extended_highest, 10U);
  EXPECT_EQ(report.jitter, 0U);
}

TEST(ReceiveStatistics, FractionIsOfTheIntervalAndTheSumOfAll) {
  ReceiveStatistics statistics;
  receive(statistics, {0, 1, 3});  // one of four
  EXPECT_EQ(statistics.report().fraction_lost, 64);
  receive(statistics, {4, 5, 6, 7});
  const ReceptionReport second = statistics.report();
  EXPECT_EQ(second.fraction_lost, 0);
  EXPECT_EQ(second.cumulative_lost, 1);
  EXPECT_EQ(statistics.packets(), 7);
}

TEST(ReceiveStatistics, DuplicatesMakeTheSumNegativeAndNoFraction) {
  ReceiveStatistics statistics;
  receive(statistics, {1, 2, 2, 2});
  const ReceptionReport report = statistics.report();
  EXPECT_EQ(report.cumulative_lost, -2);
  EXPECT_EQ(report.fraction_lost, 0);
}

TEST(ReceiveStatistics, ExtendsNumbersBeyondSixteenBits) {
  ReceiveStatistics statistics;
  receive(statistics, {65535, 65536, 65538});
  EXPECT_EQ(statistics.report().extended_highest, 65538U);
  EXPECT_EQ(statistics.lost(), 1);
}

TEST(ReceiveStatistics, JitterFollowsRfc3550) {
  ReceiveStatistics statistics;
  statistics.received(1, 0, 8000, kStart);
  statistics.received(2, 160, 8000, kStart + 30ms);  // 10 ms late: 80 units, a sixteenth of which is 5
  EXPECT_EQ(statistics.report().jitter, 5U);
  EXPECT_NEAR(statistics.jitter(), 0.000625, 1e-9);
}

/// As with tones between packets of Opus.
TEST(ReceiveStatistics, JitterGoesOnWhereTheClockIsAnother) {
  ReceiveStatistics statistics;
  statistics.received(1, 0, 48'000, kStart);
  statistics.received(2, 960, 48'000, kStart + 36ms);
  EXPECT_NEAR(statistics.jitter(), 0.001, 1e-9);
  statistics.received(3, 320, 8000, kStart + 40ms);
  EXPECT_NEAR(statistics.jitter(), 0.001, 1e-9);
  EXPECT_NEAR(statistics.report().jitter, 8, 1);
  statistics.received(4, 2880, 48'000, kStart + 60ms);
  EXPECT_NEAR(statistics.jitter(), 0.001, 1e-9);
}

TEST(ReceiveStatistics, PacketsOfOneFrameAreNoJitter) {
  ReceiveStatistics statistics;
  statistics.received(1, 0, 90000, kStart);
  statistics.received(2, 0, 90000, kStart + 30ms);
  statistics.received(3, 0, 90000, kStart + 60ms);
  EXPECT_EQ(statistics.report().jitter, 0U);
}

}  // namespace
}  // namespace parley::media::receive_statistics_test
