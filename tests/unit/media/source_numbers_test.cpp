#include "media/source_numbers.hpp"

#include <gtest/gtest.h>

#include "media/sent_log.hpp"

namespace parley::media {
namespace {

TEST(SourceNumbers, FindWhatWasSentUntilItIsLongAgo) {
  SourceNumbers numbers;
  EXPECT_FALSE(numbers.number(Ssrc(1), 5));
  for (std::int64_t i = 0; i < 3000; ++i)
    numbers.add(Ssrc(1), static_cast<std::uint16_t>(65'000 + i), 10 + i, TimePoint(i * 1ms));
  EXPECT_EQ(numbers.number(Ssrc(1), static_cast<std::uint16_t>(65'000 + 2999)), 3009);
  EXPECT_EQ(numbers.number(Ssrc(1), static_cast<std::uint16_t>(65'000 + 1000)), 1010);
  EXPECT_FALSE(numbers.number(Ssrc(1), static_cast<std::uint16_t>(65'000 + 900)));
  EXPECT_FALSE(numbers.number(Ssrc(2), 65'000));
}

/// At 20 000 packets a second, with the longest time until the peer tells of them.
TEST(SourceNumbers, FindWhatWasSentInTheLastSecondHoweverMuchItIs) {
  SourceNumbers numbers;
  for (std::int64_t i = 0; i < 100'000; ++i) {
    const TimePoint now(10s + i * 50us);
    numbers.add(Ssrc(1), static_cast<std::uint16_t>(i), 1 + i, now);
    numbers.add(Ssrc(2), static_cast<std::uint16_t>(i / 100), 200'000 + i / 100, now);
    if (i < 18'000) continue;
    ASSERT_EQ(numbers.number(Ssrc(1), static_cast<std::uint16_t>(i - 18'000)), 1 + i - 18'000);
  }
  EXPECT_EQ(numbers.number(Ssrc(2), 999), 200'999);
}

TEST(SentLog, ANumberFromLongAgoIsNotTakenForANewOne) {
  SentLog log;
  const std::int64_t old = log.add(100, std::nullopt, TimePoint(1s)).number;
  for (int i = 0; i < 65'536; ++i) log.add(200, std::nullopt, TimePoint(2s));
  EXPECT_FALSE(log.take_full(old, true));
  EXPECT_EQ(log.take_full(old + 65'536, true)->size, 200U);
  EXPECT_FALSE(log.take_full(old + 65'536, true)) << "once";
  EXPECT_FALSE(log.take_full(old + 70'000, true)) << "not sent";
}

TEST(SentLog, OfWhatIsSentTwiceUnderOneNumberNoArrivalCounts) {
  SentLog log;
  const std::int64_t first = log.add(100, std::nullopt, TimePoint(1s)).number;
  const std::int64_t second = log.add(200, std::nullopt, TimePoint(1s)).number;
  log.repeat(static_cast<std::uint16_t>(first));
  log.repeat_full(second);
  for (const std::int64_t number : {first, second}) {
    EXPECT_FALSE(log.take_full(number, true));
    EXPECT_TRUE(log.take_full(number, false)) << "that one was lost is known";
    EXPECT_FALSE(log.take_full(number, false)) << "once";
  }
  log.repeat_full(second + 1);  // not sent
  EXPECT_TRUE(log.take_full(log.add(300, std::nullopt, TimePoint(2s)).number, true));
}

}  // namespace
}  // namespace parley::media
