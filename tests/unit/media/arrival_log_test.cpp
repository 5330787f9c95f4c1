#include "media/arrival_log.hpp"

#include <gtest/gtest.h>

#include "media/sent_log.hpp"

namespace parley::media {
namespace {

constexpr TimePoint kStart{1s};

TEST(ArrivalLog, TellsOfEveryNumberOnceAndOfGaps) {
  ArrivalLog log;
  log.arrived(65534, kStart);
  log.arrived(1, kStart + 3ms);
  EXPECT_EQ(log.next_deadline(), kStart + ArrivalLog::kInterval);
  const auto told = log.take();
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0].number, 65534);
  EXPECT_EQ(told[0].at, kStart);
  EXPECT_EQ(told[1].number, 65535);
  EXPECT_EQ(told[1].at, std::nullopt);
  EXPECT_EQ(told[3].number, 1);
  EXPECT_TRUE(log.take().empty());
  EXPECT_EQ(log.next_deadline(), std::nullopt);
}

TEST(ArrivalLog, BeginsWhereTheLastOneEndedAndTellsOfLatecomers) {
  ArrivalLog log;
  log.arrived(10, kStart);
  (void)log.take();
  log.arrived(12, kStart);
  auto told = log.take();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].number, 11);
  log.arrived(11, kStart + 1ms);
  told = log.take();
  ASSERT_GE(told.size(), 1U);
  EXPECT_EQ(told[0].number, 11);
  EXPECT_EQ(told[0].at, kStart + 1ms);
}

TEST(ArrivalLog, WhatWasToldIsNotTakenBackForALatecomer) {
  ArrivalLog log;
  log.arrived(10, kStart, Ecn::Ect1);
  log.arrived(12, kStart + 2ms, Ecn::Congestion);
  (void)log.take();
  EXPECT_EQ(log.reported().lost, 1U);
  log.arrived(14, kStart + 4ms);
  log.arrived(11, kStart + 5ms);
  const auto told = log.take();
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0].at, kStart + 5ms);
  EXPECT_EQ(told[1].at, kStart + 2ms);
  EXPECT_EQ(told[1].ecn, Ecn::Congestion);
  EXPECT_EQ(told[2].at, std::nullopt);
  EXPECT_EQ(log.reported().lost, 2U);
  EXPECT_EQ(log.reported().recovered, 1U);
}

/// What is sent again without a format for that has the number that it had.
TEST(ArrivalLog, WhatWasToldIsNotTakenBackHoweverLateALatecomerIs) {
  ArrivalLog log;
  for (std::uint16_t number = 0; number < 1900; ++number) {
    if (number == 10) continue;
    log.arrived(number, kStart);
    if (number % 100 == 99) (void)log.take();
  }
  log.arrived(1900, kStart + 1s);
  log.arrived(10, kStart + 1s);
  const auto told = log.take();
  ASSERT_EQ(told.size(), 1891U);
  for (const ArrivalLog::Arrival& one : told) ASSERT_TRUE(one.at) << one.number;
}

TEST(ArrivalLog, APacketThatComesTwiceIsToldOfOnce) {
  ArrivalLog log;
  log.arrived(10, kStart, Ecn::Ect1);
  log.arrived(10, kStart + 1ms, Ecn::Congestion);
  const auto told = log.take();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at, kStart);
  EXPECT_EQ(told[0].ecn, Ecn::Congestion);  // whichever copy has met it: RFC 8888 section 3.1
  log.arrived(10, kStart + 2ms);
  EXPECT_EQ(log.next_deadline(), std::nullopt);
  EXPECT_TRUE(log.take().empty());
}

TEST(ArrivalLog, ManyPacketsAreToldOfAtOnce) {
  ArrivalLog log;
  for (std::uint16_t number = 0; number < 100; ++number) log.arrived(number, kStart);
  EXPECT_EQ(log.next_deadline(), kStart);
}

TEST(ArrivalLog, IsFullOfWhatWasNotToldAndOfNothingElse) {
  ArrivalLog log;
  for (std::uint16_t number = 0; number < 40'000; ++number) {
    log.arrived(number, kStart);
    ASSERT_EQ(log.is_full(), number % ArrivalLog::kMost == ArrivalLog::kMost - 1) << number;
    if (log.is_full()) {
      ASSERT_EQ(log.take().size(), ArrivalLog::kMost);
    }
  }
  EXPECT_EQ(log.reported().lost, 0U);
}

/// Whoever does not take what there is, is not told of losses that were none.
TEST(ArrivalLog, WhatIsForgottenIsNotToldToBeMissing) {
  ArrivalLog log;
  for (std::uint16_t number = 0; number < 4321; ++number) log.arrived(number, kStart);
  const auto told = log.take();
  EXPECT_EQ(told.size(), 321U);
  EXPECT_EQ(told.front().number, 4000);
  EXPECT_EQ(log.reported().lost, 0U);
}

TEST(ArrivalLog, TellsAsOftenAsItIsWanted) {
  ArrivalLog log;
  log.set_interval(250ms);
  log.arrived(1, kStart);
  EXPECT_EQ(log.next_deadline(), kStart + 250ms);
}

TEST(ArrivalLog, AHostilePeerCannotMakeItTellWithoutEnd) {
  ArrivalLog log;
  for (std::uint32_t number = 0; number < 65536; number += 1500) {
    log.arrived(static_cast<std::uint16_t>(number), kStart);
    EXPECT_LE(log.take().size(), 2100U);
  }
  for (std::uint32_t number = 0; number < 65536; number += 7) log.arrived(static_cast<std::uint16_t>(number), kStart);
  EXPECT_LE(log.take().size(), 10'000U);
}

/// Numbers that go back and back, or on and on, before anything is told.
TEST(ArrivalLog, WhatItTellsStaysShortWhateverOrderNumbersComeIn) {
  for (const int step : {-32000, -1900, 1900, 20000}) {
    ArrivalLog log;
    std::int64_t number = 0;
    for (int i = 0; i < 500; ++i) log.arrived(static_cast<std::uint16_t>(number += 30000), kStart);
    for (int i = 0; i < 500; ++i) log.arrived(static_cast<std::uint16_t>(number += step), kStart);
    const auto told = log.take();
    EXPECT_GE(told.size(), 1U);
    EXPECT_LE(told.size(), 4001U) << step;
  }
}

TEST(SentLog, GivesEachPacketOnce) {
  SentLog log;
  const std::uint16_t number = log.next();
  log.add(100, 7, kStart);
  const auto packet = log.take(number, true);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->size, 100U);
  EXPECT_EQ(packet->probe, 7U);
  EXPECT_EQ(log.take(number, true), std::nullopt);
  EXPECT_EQ(log.take(number, false), std::nullopt);
  EXPECT_EQ(log.take(static_cast<std::uint16_t>(number + 1), true), std::nullopt);
}

TEST(SentLog, WhatWasReportedLostMayStillArrive) {
  SentLog log;
  const std::uint16_t number = log.next();
  log.add(100, std::nullopt, kStart);
  EXPECT_TRUE(log.take(number, false));
  EXPECT_FALSE(log.take(number, false));
  EXPECT_TRUE(log.take(number, true));
}

/// At a gigabit a second there are many of them.
TEST(SentLog, KnowsWhatWasSentInTheLastQuarterOfASecond) {
  SentLog log;
  std::uint16_t first = 0;
  for (int i = 0; i < 200'000; ++i) {
    if (i == 200'000 - 25'000) first = log.next();
    log.add(1200, std::nullopt, kStart + i * 10us);
  }
  for (std::uint16_t i = 0; i < 25'000; ++i)
    EXPECT_TRUE(log.take(static_cast<std::uint16_t>(first + i), true).has_value());
}

TEST(SentLog, ForgetsWhatIsTooOld) {
  SentLog log;
  const std::uint16_t number = log.next();
  for (int i = 0; i < 5000; ++i) log.add(1, std::nullopt, kStart + i * 1ms);
  EXPECT_FALSE(log.take(number, true));
  EXPECT_TRUE(log.take(static_cast<std::uint16_t>(number + 4999), true));
}

}  // namespace
}  // namespace parley::media
