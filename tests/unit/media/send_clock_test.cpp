#include "media/send_clock.hpp"

#include <gtest/gtest.h>

namespace parley::media::send_clock_test {
namespace {

constexpr TimePoint kStart{1000s};
constexpr std::uint32_t kVideo = 90'000;

TEST(SendClock, KeepsTheDistancesOfItsSource) {
  SendClock clock(7);
  const std::uint32_t first = clock.timestamp(5s, {}, kVideo, kStart);
  EXPECT_EQ(first, 7 + 1000U * kVideo);
  EXPECT_EQ(clock.timestamp(5s + 40ms, {}, kVideo, kStart + 47ms), first + 3600);
  EXPECT_EQ(clock.timestamp(5s + 20ms, {}, kVideo, kStart + 48ms), first + 1800) << "decoded before others";
}

TEST(SendClock, TimeOfAnotherSourceGoesOnAsOfNow) {
  SendClock clock(0);
  const std::uint32_t first = clock.timestamp(1h, {}, kVideo, kStart);
  EXPECT_EQ(clock.timestamp(0ms, {}, kVideo, kStart + 1s), first + kVideo);
  EXPECT_EQ(clock.timestamp(40ms, {}, kVideo, kStart + 1s), first + kVideo + 3600);
  clock.forget_source();
  EXPECT_EQ(clock.timestamp(300ms, {}, kVideo, kStart + 2s), first + 2 * kVideo) << "not a quarter of a second later";
}

TEST(SendClock, FramesThatSayNothingAreAsOfNowUnlessTheyAreSound) {
  SendClock pictures(0), sound(0);
  const std::uint32_t picture = pictures.timestamp(std::nullopt, {}, kVideo, kStart);
  EXPECT_EQ(pictures.timestamp(std::nullopt, {}, kVideo, kStart + 10ms), picture + 900);
  const std::uint32_t piece = sound.timestamp(std::nullopt, 20ms, 48'000, kStart);
  EXPECT_EQ(sound.timestamp(std::nullopt, 20ms, 48'000, kStart + 79ms), piece + 960);
  EXPECT_EQ(sound.timestamp(std::nullopt, 20ms, 48'000, kStart + 101ms), piece + 4848) << "there was a pause";
}

/// A program that was busy writes what it has in one turn.
TEST(SendClock, FramesThatComeAtTheSameMomentAreNoPictureTogether) {
  SendClock clock(0);
  const std::uint32_t first = clock.timestamp(std::nullopt, {}, kVideo, kStart);
  const std::uint32_t second = clock.timestamp(std::nullopt, {}, kVideo, kStart);
  const std::uint32_t third = clock.timestamp(std::nullopt, {}, kVideo, kStart + 1us);
  EXPECT_GT(second, first);
  EXPECT_GT(third, second);
  EXPECT_LT(third, first + 900) << "but as of now";
  EXPECT_EQ(clock.timestamp(std::nullopt, {}, kVideo, kStart + 10ms), first + 900);
}

/// Of somebody else's clock, which is ahead of ours here.
TEST(SendClock, FramesGoOnBehindPacketsThatOthersHaveCut) {
  SendClock clock(0);
  clock.pass(5000, kVideo, kStart);
  EXPECT_EQ(clock.timestamp(2h, {}, kVideo, kStart + 100ms), 14'000U);
  EXPECT_EQ(clock.timestamp(2h + 40ms, {}, kVideo, kStart + 140ms), 17'600U);
  clock.pass(90'000, kVideo, kStart + 150ms);
  EXPECT_EQ(clock.timestamp(2h + 50ms, {}, kVideo, kStart + 150ms), 90'090U) << "not the packet's";
}

/// RFC 7160 section 4.2.1: what has passed until then counts by the rate before.
TEST(SendClock, GoesOnWhereItsRateChanges) {
  SendClock clock(7);
  const std::uint32_t first = clock.timestamp(5s, 20ms, 48'000, kStart);
  EXPECT_EQ(clock.timestamp(5s + 20ms, 20ms, 8'000, kStart + 20ms), first + 960);
  EXPECT_EQ(clock.timestamp(5s + 40ms, 20ms, 8'000, kStart + 40ms), first + 960 + 160);
  EXPECT_EQ(clock.timestamp(5s + 60ms, 20ms, 48'000, kStart + 60ms), first + 960 + 320);
  EXPECT_EQ(clock.timestamp(5s + 80ms, 20ms, 48'000, kStart + 80ms), first + 960 + 320 + 960);
}

TEST(SendClock, TicksGoBackAndWrapAround) {
  EXPECT_EQ(ticks(1s, kVideo), kVideo);
  EXPECT_EQ(ticks(-1s, kVideo), 0U - kVideo);
  EXPECT_EQ(ticks(-1ms, kVideo), 0U - 90U);
  EXPECT_EQ(ticks(std::chrono::hours(24 * 365 * 30), kVideo),
            static_cast<std::uint32_t>(std::uint64_t{24 * 365 * 30} * 3600 * kVideo));
}

}  // namespace
}  // namespace parley::media::send_clock_test
