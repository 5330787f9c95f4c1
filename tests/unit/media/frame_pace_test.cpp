#include "media/frame_pace.hpp"

#include <gtest/gtest.h>

namespace parley::media::frame_pace_test {
namespace {

constexpr TimePoint kStart{1000s};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// A video whose frames are so far apart.
struct Video {
  void show(Duration apart, int count = 1) {
    for (int i = 0; i < count; ++i) pace.shown(now += apart);
  }
  FramePace pace;
  TimePoint now = kStart;
};

TEST(FramePace, AddsUpTheTimesBetweenFrames) {
  Video video;
  EXPECT_EQ(video.pace.per_second(video.now), 0U);
  video.show(7s);  // nothing before the first
  EXPECT_EQ(video.pace.between(), 0s);
  video.show(40ms);
  video.show(60ms);
  EXPECT_EQ(video.pace.between(), 100ms);
  EXPECT_NEAR(video.pace.squares(), 0.04 * 0.04 + 0.06 * 0.06, 1e-12);
  EXPECT_EQ(video.pace.per_second(video.now), 3U);
}

TEST(FramePace, AFreezeIsThreeTimesTheUsualOrItAnd150Milliseconds) {
  for (const auto& [usual, freeze] : {std::pair(33ms, 183ms), {100ms, 300ms}, {75ms, 225ms}}) {
    Video video;
    video.show(usual, 31);
    video.show(freeze - 1ms);
    EXPECT_EQ(video.pace.freezes().count, 0U);
    video = Video();
    video.show(usual, 31);
    video.show(freeze);
    EXPECT_EQ(video.pace.freezes().count, 1U);
    EXPECT_EQ(video.pace.freezes().total, freeze);
    EXPECT_EQ(video.pace.pauses().count, 0U);
  }
}

/// What is usual is that of the last 30 frames, and nothing with fewer than 5.
TEST(FramePace, WhatIsUsualFollowsTheVideo) {
  Video video;
  video.show(20ms, 5);  // four times between
  video.show(1s);
  EXPECT_EQ(video.pace.freezes().count, 0U);
  video.show(1s, 30);
  EXPECT_EQ(video.pace.freezes().count, 1U);  // then more than a third of a second is usual
  video.show(20ms, 30);
  video.show(170ms);
  EXPECT_EQ(video.pace.freezes().count, 2U);
}

TEST(FramePace, APauseIsLongerThanFiveSeconds) {
  Video video;
  video.show(33ms, 10);
  video.show(5s);
  EXPECT_EQ(video.pace.pauses().count, 0U);
  video.show(5001ms);
  video.show(33ms, 3);
  video.show(7s);
  EXPECT_EQ(video.pace.pauses().count, 2U);
  EXPECT_NEAR(seconds(video.pace.pauses().total), 12.001, 1e-9);
}

}  // namespace
}  // namespace parley::media::frame_pace_test
