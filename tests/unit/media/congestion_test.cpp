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

TEST(Congestion, AnApplicationThatUsesLittleLosesNothing) {
  AdaptiveCall call(50e6);
  call.most = 400e3;
  call.stream(30s);
  EXPECT_GT(call.target(), 400e3);
  EXPECT_EQ(call.lost_packets(), 0U);
}

/// What a flow like TCP's would do to the same queue: a window that grows by a packet each round trip and halves when
/// one is lost. Its packets take their place in the link's queue.
class GreedyFlow {
 public:
  explicit GreedyFlow(Call& call) : call_(call), next_round_(call.now) {}
  void advance() {
    while (next_round_ <= call_.now) {
      std::size_t lost = 0;
      for (std::size_t i = 0; i < static_cast<std::size_t>(window_); ++i) lost += call_.occupy(1500) ? 0U : 1U;
      sent_ += static_cast<std::size_t>(window_) - lost;
      window_ = lost > 0 ? std::max(1.0, window_ / 2) : window_ + 1;
      next_round_ += 50ms + call_.queueing();
    }
  }
  [[nodiscard]] std::size_t bytes() const { return sent_ * 1500; }

 private:
  Call& call_;
  TimePoint next_round_;
  double window_ = 2;
  std::size_t sent_ = 0;
};

TEST(Congestion, AGreedyFlowDoesNotStarveIt) {
  AdaptiveCall call(3e6);
  call.to_right.queue = 150ms;
  call.stream(10s);
  GreedyFlow greedy(call);
  call.stream(20s, [&] { greedy.advance(); });
  double sum = 0;
  int count = 0;
  const std::size_t before = greedy.bytes();
  call.stream(60s, [&] {
    greedy.advance();
    sum += call.target();
    ++count;
  });
  EXPECT_GT(greedy.bytes() - before, 60U * 3'000'000 / 8 / 5);  // the other does something
  EXPECT_GT(sum / count, 3e6 / 4);
}

TEST(Congestion, TwoFlowsShareALink) {
  // Both send the same way over one link.
  AdaptiveCall one(3e6, 1), other(3e6, 2);
  one.share_link_with(other);
  double sum_one = 0, sum_other = 0;
  for (int step = 0; step < 3000; ++step) {
    one.stream(33'333us);
    other.stream(33'333us);
    if (step < 1000) continue;
    sum_one += one.target();
    sum_other += other.target();
  }
  EXPECT_LT(std::max(sum_one, sum_other) / std::min(sum_one, sum_other), 2);
  EXPECT_GT((sum_one + sum_other) / 2000, 1.8e6);
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
