// How much a peer may send, as its receiver finds it.
#include "cc/remote_rate.hpp"

#include <gtest/gtest.h>

namespace parley::cc {
namespace {

/// A peer that sends what it is told, over a link with a queue.
struct Peer {
  RemoteRate remote;
  double capacity = 1e6, sends = 500e3;
  std::optional<double> most;  ///< that it has to send
  TimePoint now{1000s};        // the times go round meanwhile
  Duration queueing{};
  std::vector<std::pair<TimePoint, double>> told;

  void run(Duration length) {
    constexpr std::size_t kSize = 1200;
    for (const TimePoint end = now + length; now < end;) {
      now += from_seconds(kSize * 8 / std::min(sends, most.value_or(sends)));
      free_at_ = std::max(free_at_, now) + from_seconds(kSize * 8 / capacity);
      queueing = free_at_ - now;
      const auto units = static_cast<std::uint64_t>(seconds(now.time_since_epoch()) * (1 << 18));
      const TimePoint arrival = free_at_ + 20ms;
      tell(arrival);
      remote.add(static_cast<std::uint32_t>(units & 0xFFFFFF), kSize, arrival);
      tell(arrival);
    }
  }

 private:
  void tell(TimePoint at) {
    const auto due = remote.next_deadline();
    if (!due || *due > at) return;
    told.emplace_back(at, remote.tell(at));
    sends = told.back().second;
  }
  TimePoint free_at_{};
};

TEST(RemoteRate, FindsWhatTheWayCarries) {
  for (const double capacity : {400e3, 1e6, 2e6}) {
    Peer peer;
    peer.capacity = capacity;
    peer.run(40s);
    EXPECT_GT(peer.sends, 0.6 * capacity);
    EXPECT_LT(peer.sends, 1.2 * capacity);
    EXPECT_LT(peer.queueing, 300ms);
  }
}

TEST(RemoteRate, BeginsWithWhatThePeerBeganWith) {
  Peer peer;
  peer.capacity = 100e6;
  peer.sends = 2e6;
  peer.run(1s);
  ASSERT_FALSE(peer.told.empty());
  EXPECT_GT(peer.told[0].second, 1.8e6);
}

/// Two seconds of 1 Mbit/s that this side has found all at once, as when it was busy, and what follows.
TEST(RemoteRate, BeginsWithWhatThePeerSendsHoweverLateItIsFound) {
  RemoteRate remote;
  const TimePoint begin{1000s};
  double most = 0;
  for (int i = 0; i < 300; ++i) {
    const TimePoint sent = begin + i * 10ms, now = std::max(sent, begin + 2s);
    remote.add(static_cast<std::uint32_t>(seconds(sent.time_since_epoch()) * (1 << 18)) & 0xFFFFFF, 1250, now);
    if (const auto due = remote.next_deadline(); due && *due <= now) most = std::max(most, remote.tell(now));
  }
  EXPECT_GT(most, 0.9e6);
  EXPECT_LT(most, 1.6e6);
}

TEST(RemoteRate, IsToldOnceASecondAndAtOnceWhenItFalls) {
  Peer peer;
  peer.capacity = 100e6;
  peer.run(20s);
  EXPECT_GE(peer.told.size(), 19U);
  EXPECT_LE(peer.told.size(), 21U);
  const TimePoint begin = peer.now;
  peer.capacity = 300e3;
  peer.run(3s);
  std::size_t soon = 0;
  for (const auto& [at, rate] : peer.told)
    if (at > begin && at < begin + 1s && rate < 400e3) ++soon;
  EXPECT_GT(soon, 0U);
}

TEST(RemoteRate, WhatIsNotUsedIsNotPromised) {
  Peer peer;
  peer.capacity = 100e6;
  peer.most = 400e3;
  peer.run(60s);
  EXPECT_GT(peer.sends, 400e3);
  EXPECT_LT(peer.sends, 900e3);
}

TEST(RemoteRate, ThereIsNothingToTellBeforeAndAfterThePeerSends) {
  Peer peer;
  EXPECT_EQ(peer.remote.next_deadline(), std::nullopt);
  peer.run(5s);
  ASSERT_NE(peer.remote.next_deadline(), std::nullopt);
  peer.remote.tell(peer.now + 10s);
  EXPECT_EQ(peer.remote.next_deadline(), std::nullopt);
  const double before = peer.sends;
  peer.now += 90s;
  peer.run(5s);
  EXPECT_GT(peer.sends, 0.7 * before) << "a pause is no queue";
}

/// Whatever packets say.
TEST(RemoteRate, ALiarHarmsOnlyItself) {
  RemoteRate remote;
  TimePoint now{10s};
  std::uint32_t sent = 1;
  for (int i = 0; i < 20'000; ++i) {
    sent = sent * 1664525 + 1013904223;
    now += std::chrono::microseconds(sent % 5000);
    remote.add(sent, sent % 1500, now);
    if (const auto due = remote.next_deadline(); due && *due <= now) {
      const double rate = remote.tell(now);
      EXPECT_GE(rate, 30'000);
      EXPECT_LT(rate, 1e8);
    }
  }
}

}  // namespace
}  // namespace parley::cc
