#include "media/media_time.hpp"

#include <gtest/gtest.h>

#include "media/send_clock.hpp"

namespace parley::media {
namespace {

TEST(MediaTime, CountsFromTheFirstTimestamp) {
  MediaTime time;
  EXPECT_EQ(time.at(0xFFFFFF00, 90'000), 0us);
  EXPECT_EQ(time.at(0xFFFFFF00 + 90'000U, 90'000), 1s);
  EXPECT_EQ(time.at(0xFFFFFF00 + 45'000U, 90'000), 500ms) << "decoded before others";
}

TEST(MediaTime, GoesOnWhereTheRateOfTheClockChanges) {
  SendClock sent(1234);
  MediaTime received;
  TimePoint now{1000s};
  std::chrono::microseconds expected{};
  for (const std::uint32_t rate : {48'000U, 48'000U, 8'000U, 8'000U, 48'000U, 90'000U}) {
    EXPECT_EQ(received.at(sent.timestamp(std::nullopt, 20ms, rate, now), rate), expected) << rate;
    now += 20ms;
    expected += 20ms;
  }
}

}  // namespace
}  // namespace parley::media
