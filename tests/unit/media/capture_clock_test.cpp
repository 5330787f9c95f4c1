#include "media/capture_clock.hpp"

#include <gtest/gtest.h>

namespace parley::media {
namespace {

constexpr std::uint64_t kSecond = std::uint64_t{1} << 32;
constexpr std::uint32_t kRate = 90'000;

TEST(CaptureClock, FollowsTheTimestamps) {
  CaptureClock clock;
  EXPECT_FALSE(clock.at(0, kRate));
  clock.tell(0xFFFFFF00, kRate, {.time = {100 * kSecond}, .offset = 7});
  const auto later = clock.at(0xFFFFFF00 + kRate / 2, kRate);  // over the wrap
  ASSERT_TRUE(later);
  EXPECT_NEAR(static_cast<double>(later->time.value), 100.5 * static_cast<double>(kSecond), 1e6);
  EXPECT_EQ(later->offset, 7);
  const auto earlier = clock.at(0xFFFFFF00 - kRate, kRate);
  ASSERT_TRUE(earlier);
  EXPECT_NEAR(static_cast<double>(earlier->time.value), 99.0 * static_cast<double>(kSecond), 1e6);
}

TEST(CaptureClock, SaysNothingOfOtherClocksAndAfterALongTime) {
  CaptureClock clock;
  clock.tell(0, kRate, {.time = {kSecond}});
  EXPECT_TRUE(clock.at(5 * kRate, kRate));
  EXPECT_FALSE(clock.at(5 * kRate + 1, kRate));
  EXPECT_FALSE(clock.at(0, 48'000));
  EXPECT_FALSE(clock.at(0, 0));
  EXPECT_FALSE(clock.at(0x80000000, kRate));
}

TEST(CaptureClock, NewsAreWhatAReceiverCouldNotKnow) {
  CaptureClock clock;
  const rtp::CaptureTime first{.time = {10 * kSecond}};
  EXPECT_TRUE(clock.is_news(0, kRate, first));
  clock.tell(0, kRate, first);
  EXPECT_FALSE(clock.is_news(kRate / 2, kRate, {.time = {10 * kSecond + kSecond / 2}}));
  EXPECT_TRUE(clock.is_news(kRate / 2, kRate, {.time = {10 * kSecond + kSecond / 2 + kSecond / 500}})) << "2 ms off";
  EXPECT_TRUE(clock.is_news(kRate / 2, kRate, {.time = {10 * kSecond + kSecond / 2}, .offset = 1}));
  EXPECT_TRUE(clock.is_news(kRate, kRate, {.time = {11 * kSecond}})) << "once a second";
}

}  // namespace
}  // namespace parley::media
