// How a sender that follows its target rate finds what a link carries. In virtual time, the same in every run.
#include <gtest/gtest.h>

#include <algorithm>

#include "call.hpp"

namespace parley::media::test {
namespace {

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};

/// An encoder that obeys, over a link with 50 ms of round trip.
struct AdaptiveCall : Call {
  explicit AdaptiveCall(double rate, std::uint32_t seed = 1) : Call(seed) {
    to_right = {.loss = 0, .delay = 25ms, .jitter = {}, .rate = rate, .queue = 500ms};
    to_left.delay = 25ms;
    left->session.configure({sending(video_section(), {kEncoding})});
    right->session.configure({receiving(video_section())});
    connect();
  }
  [[nodiscard]] double target() const { return left->rates.empty() ? 300e3 : left->rates.back(); }

  /// Runs for `length`; calls `each` after every frame.
  void stream(Duration length, const std::function<void()>& each = nullptr) {
    const TimePoint end = now + length;
    while (now < end) {
      const bool key = !left->requests.empty();
      left->requests.clear();
      // What the target leaves after headers, at most what the encoder has to give.
      const double rate = std::min(target() * 0.95, most);
      const auto size = static_cast<std::size_t>(std::max(100.0, rate / 8 / 30));
      const Bytes data = vp8(key, size, 1);
      ASSERT_TRUE(left->session.send(kVideo, "", frame_of(data, key), now));
      run(33'333us);
      if (each) each();
    }
  }
  /// When the target first is above `wanted`, in seconds from now.
  double time_to(double wanted, Duration limit) {
    const TimePoint start = now;
    std::optional<double> reached;
    stream(limit, [&] {
      if (!reached && target() >= wanted) reached = cc::seconds(now - start);
    });
    return reached.value_or(1e9);
  }

  double most = 1e9;
};

TEST(Congestion, FindsAThreeMegabitLinkWithinTenSeconds) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    AdaptiveCall call(3e6, seed);
    const double found = call.time_to(0.9 * 3e6, 20s);
    RecordProperty("seconds", std::to_string(found));
    EXPECT_LT(found, 10) << "seed " << seed;
    EXPECT_LT(call.target(), 3.6e6);
  }
}

TEST(Congestion, ALinkThatShrinksIsNotFloodedAndComesBack) {
  AdaptiveCall call(3e6);
  call.stream(20s);
  const std::size_t lost_before = call.lost_packets(), sent_before = call.sent_packets();
  call.to_right.rate = 1e6;
  Duration longest_after{};
  const TimePoint shrunk = call.now;
  call.stream(10s, [&] {
    if (call.now - shrunk > 3s) longest_after = std::max(longest_after, call.queueing());
  });
  EXPECT_LT(longest_after, 200ms);
  EXPECT_LT(call.lost_packets() - lost_before, (call.sent_packets() - sent_before) / 10);
  EXPECT_GT(call.target(), 0.5e6);
  call.to_right.rate = 3e6;
  const double back = call.time_to(0.9 * 3e6, 30s);
  RecordProperty("seconds", std::to_string(back));
  EXPECT_LT(back, 15);
}

TEST(Congestion, NoiseOfThePathIsNotCongestion) {
  AdaptiveCall call(3e6);
  call.to_right.loss = 0.02;
  call.to_right.jitter = 10ms;
  call.stream(30s);
  EXPECT_GT(call.target(), 1.5e6);
}

TEST(Congestion, WhatTheApplicationDoesNotUseIsNotClaimed) {
  AdaptiveCall call(50e6);
  call.most = 400e3;
  call.stream(30s);
  EXPECT_GT(call.target(), 400e3);
  EXPECT_LT(call.target(), 4e6);
  EXPECT_EQ(call.lost_packets(), 0U);
}

TEST(Congestion, TheQueueStaysShortWhileTheLinkIsFull) {
  AdaptiveCall call(1e6);
  call.stream(10s);
  std::vector<Duration> waits;
  call.stream(30s, [&] { waits.push_back(call.queueing()); });
  std::ranges::sort(waits);
  EXPECT_LT(waits[waits.size() / 2], 60ms);
  EXPECT_LT(waits[waits.size() * 95 / 100], 200ms);
  EXPECT_GT(call.target(), 0.6e6);
}

}  // namespace
}  // namespace parley::media::test
