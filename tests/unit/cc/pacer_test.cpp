#include "cc/pacer.hpp"

#include <gmock/gmock.h>

namespace parley::cc::pacer_test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr TimePoint kStart{100s};

Bytes packet(std::uint8_t name, std::size_t size = 1000) { return Bytes(size, name); }

void push(Pacer& pacer, Bytes bytes, Priority priority, TimePoint now = kStart) {
  pacer.push({.head = bytes}, priority, now);
}

/// The names of what leaves now.
std::vector<int> leaving(Pacer& pacer, TimePoint now) {
  std::vector<int> names;
  while (const auto* one = pacer.pop(now)) names.push_back(one->head[0]);
  return names;
}

TEST(Pacer, LetsAudioPassThenRetransmissions) {
  Pacer pacer;
  pacer.set_rate(1e9);
  push(pacer, packet(1), Priority::Video);
  push(pacer, packet(2), Priority::Retransmission);
  push(pacer, packet(3), Priority::Audio);
  push(pacer, packet(4), Priority::Video);
  EXPECT_EQ(pacer.waiting_bytes(), 4000U);
  EXPECT_THAT(leaving(pacer, kStart), ElementsAre(3, 2, 1, 4));
  EXPECT_EQ(pacer.waiting_bytes(), 0U);
  EXPECT_EQ(pacer.next_deadline(), std::nullopt);
}

TEST(Pacer, LetsImportantVideoPass) {
  Pacer pacer;
  pacer.set_rate(1e6);
  using enum Priority;
  EXPECT_TRUE(pacer.pass(1000, Video, kStart));
  push(pacer, packet(1), VeryLowVideo);
  push(pacer, packet(2), Video);
  push(pacer, packet(3), MediumVideo);
  push(pacer, packet(4), HighVideo);
  push(pacer, packet(5), Retransmission);
  EXPECT_FALSE(pacer.pass(1000, MediumVideo, kStart + 20ms)) << "what goes first is waiting";
  std::vector<int> names;
  for (auto now = kStart; names.size() < 5; now += 8ms)
    for (const int name : leaving(pacer, now)) names.push_back(name);
  EXPECT_THAT(names, ElementsAre(5, 4, 3, 2, 1));
}

/// At twice the rate, of which each has a half.
TEST(Pacer, DoesNotLetImportantVideoStarveTheRest) {
  Pacer pacer;
  pacer.set_rate(1e6);
  TimePoint now = kStart;
  std::size_t important = 0, rest = 0;
  for (int i = 0; i < 1000; ++i, now += 8ms) {
    push(pacer, packet(1), Priority::HighVideo);
    push(pacer, packet(2), Priority::VeryLowVideo);
    for (const int name : leaving(pacer, now)) ++(name == 1 ? important : rest);
  }
  EXPECT_GE(important, 990U);
  EXPECT_GE(rest, 900U);
}

/// 20 packets of 1000 bytes at 1 Mbit/s take 160 ms.
TEST(Pacer, SpreadsAFrameOverTime) {
  Pacer pacer;
  pacer.set_rate(1e6);
  for (std::uint8_t i = 0; i < 20; ++i) push(pacer, packet(i), Priority::Video);
  TimePoint now = kStart, last = kStart;
  std::size_t sent = 0;
  for (int turns = 0; pacer.waiting_bytes() > 0; ++turns) {
    ASSERT_LT(turns, 100);
    const std::size_t burst = leaving(pacer, now).size();
    EXPECT_LE(burst, 2U);
    if (burst > 0) last = now;
    sent += burst;
    if (const auto due = pacer.next_deadline()) {
      EXPECT_GT(*due, now) << "nothing may be due that does not leave";
      now = *due;
    }
  }
  EXPECT_EQ(sent, 20U);
  EXPECT_GE(last - kStart, 140ms);
  EXPECT_LE(last - kStart, 165ms);
}

/// 2 Mbit/s at 5 Mbit/s, of a program that is busy for 50 ms at a time.
TEST(Pacer, TimersThatAreLateDoNotMakeItSlower) {
  Pacer pacer;
  pacer.set_rate(5e6);
  TimePoint now = kStart;
  for (int i = 0; i < 200; ++i, now += 50ms) {
    for (int packets = 0; packets < 12; ++packets) push(pacer, packet(1), Priority::Video, now);
    ASSERT_LE(pacer.waiting_bytes(), 30'000U) << i;
    (void)leaving(pacer, now);
  }
}

/// Nor does what passes what waits.
TEST(Pacer, TimersThatAreLateDoNotMakeItSlowerBesideSound) {
  Pacer pacer;
  pacer.set_rate(5e6);
  TimePoint now = kStart;
  for (int i = 0; i < 200; ++i, now += 50ms) {
    for (int packets = 0; packets < 12; ++packets) push(pacer, packet(1), Priority::Video, now);
    EXPECT_TRUE(pacer.pass(200, Priority::Audio, now));
    ASSERT_LE(pacer.waiting_bytes(), 30'000U) << i;
    (void)leaving(pacer, now);
  }
}

TEST(Pacer, AfterALongPauseOfItsTimersItIsNoFasterThanAfterAShortOne) {
  Pacer pacer;
  pacer.set_rate(1e6);
  for (int i = 0; i < 30; ++i) push(pacer, packet(1), Priority::Video, kStart);
  (void)leaving(pacer, kStart);
  EXPECT_LE(leaving(pacer, kStart + 5s).size(), 14U) << "a tenth of a second, and a burst";
}

TEST(Pacer, AudioNeverWaitsBehindVideo) {
  Pacer pacer;
  pacer.set_rate(1e5);
  push(pacer, packet(1, 1200), Priority::Video);
  push(pacer, packet(2, 1200), Priority::Video);
  EXPECT_THAT(leaving(pacer, kStart), ElementsAre(1));
  push(pacer, packet(3, 100), Priority::Audio);
  EXPECT_THAT(leaving(pacer, kStart + 1ms), ElementsAre(3));
}

TEST(Pacer, IsFasterThanItsRateRatherThanLate) {
  Pacer pacer;
  pacer.set_rate(1e5);  // which would take 8 s
  for (std::uint8_t i = 0; i < 100; ++i) push(pacer, packet(i), Priority::Video);
  TimePoint now = kStart;
  while (pacer.waiting_bytes() > 50'000) {
    (void)leaving(pacer, now);
    now += 1ms;
  }
  EXPECT_LE(now - kStart, Pacer::kLongestWait);
}

TEST(Pacer, DoesNotSaveUpForABurstWhileNothingIsSent) {
  Pacer pacer;
  pacer.set_rate(1e6);
  push(pacer, packet(1), Priority::Video);
  (void)leaving(pacer, kStart);
  for (std::uint8_t i = 0; i < 10; ++i) push(pacer, packet(i), Priority::Video, kStart + 10s);
  EXPECT_LE(leaving(pacer, kStart + 10s).size(), 2U);
}

/// Sound that takes twice the rate for half a minute; then the rate is another one.
TEST(Pacer, WhatSoundTakesIsCountedButDoesNotKeepVideoBackForLong) {
  Pacer pacer;
  pacer.set_rate(30e3);
  TimePoint now = kStart;
  for (int i = 0; i < 1500; ++i, now += 20ms) EXPECT_TRUE(pacer.pass(160, Priority::Audio, now));
  pacer.set_rate(3e6);
  EXPECT_FALSE(pacer.pass(1000, Priority::Video, now));
  EXPECT_TRUE(pacer.pass(1000, Priority::Video, now + Pacer::kMostDebt));
}

/// And nothing keeps sound back.
TEST(Pacer, AudioPassesWhateverIsOwed) {
  Pacer pacer;
  pacer.set_rate(30e3);
  EXPECT_TRUE(pacer.pass(100'000, Priority::Video, kStart));
  for (std::uint8_t i = 0; i < 100; ++i) push(pacer, packet(i), Priority::Video);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(pacer.pass(160, Priority::Audio, kStart));
}

TEST(Pacer, KeepsTheBytesOfEachPacketApart) {
  Pacer pacer;
  for (int round = 0; round < 3; ++round)
    for (std::uint8_t i = 1; i < 50; ++i) {
      push(pacer, packet(i, std::size_t{i} * 20), Priority::Video);
      const auto* one = pacer.pop(kStart + round * 1s);
      ASSERT_NE(one, nullptr);
      EXPECT_THAT(one->head, ElementsAreArray(packet(i, std::size_t{i} * 20)));
    }
}

TEST(Pacer, CopiesAPayloadThatNobodyOwns) {
  Pacer pacer;
  Bytes head = packet(1, 12), payload = packet(2, 5);
  pacer.push({.head = head, .payload = payload, .send_time = 3, .transport_number = 4}, Priority::Video, kStart);
  head.assign(12, 0);
  payload.assign(5, 0);
  const Packet* one = pacer.pop(kStart);
  ASSERT_NE(one, nullptr);
  EXPECT_THAT(one->head, ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2));
  EXPECT_TRUE(one->payload.empty());
  EXPECT_EQ(one->send_time, 3);
  EXPECT_EQ(one->transport_number, 4);
}

TEST(Pacer, KeepsThePayloadOfAnOwnerWhereItIs) {
  Pacer pacer;
  Bytes head = packet(1, 12);
  const auto payload = std::make_shared<const Bytes>(packet(2, 5));
  pacer.push({.head = head, .payload = *payload, .owner = payload}, Priority::Video, kStart);
  EXPECT_EQ(pacer.waiting_bytes(), 17U);
  const Packet* one = pacer.pop(kStart);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->payload.data(), payload->data());
  EXPECT_EQ(one->owner, payload);
  EXPECT_EQ(one->head.size(), 12U);
}

TEST(Pacer, LetsPassWhatNeedNotWait) {
  Pacer pacer;
  pacer.set_rate(1e6);
  EXPECT_TRUE(pacer.pass(1000, Priority::Video, kStart));
  EXPECT_FALSE(pacer.pass(1000, Priority::Video, kStart)) << "the first one takes 8 ms";
  EXPECT_TRUE(pacer.pass(100, Priority::Audio, kStart));
  push(pacer, packet(1), Priority::Retransmission);
  EXPECT_FALSE(pacer.pass(1000, Priority::Video, kStart + 1s)) << "what goes first is waiting";
  EXPECT_TRUE(pacer.pass(100, Priority::Audio, kStart + 1s));
  push(pacer, packet(2, 100), Priority::Audio);
  EXPECT_FALSE(pacer.pass(100, Priority::Audio, kStart + 1s)) << "order is kept";
}

TEST(Pacer, AProbeTakesWhatWaitsAtItsOwnRateAndThenPadding) {
  Pacer pacer;
  pacer.set_rate(1e5);
  for (std::uint8_t i = 1; i <= 3; ++i) push(pacer, packet(i), Priority::Video);
  pacer.begin({.id = 9, .rate = 8e6, .bytes = 10'000}, kStart);  // a packet takes 1 ms
  std::size_t sent = 0, padding = 0;
  TimePoint now = kStart;
  for (int turns = 0; sent + padding < 10'000; ++turns) {
    ASSERT_LT(turns, 100);
    while (const auto* one = pacer.pop(now)) {
      EXPECT_EQ(pacer.probe(), 9U);
      sent += one->size();
    }
    while (pacer.padding(now) > 0) {
      EXPECT_EQ(sent, 3000U) << "padding only when nothing waits";
      pacer.padded(250, now);
      EXPECT_EQ(pacer.probe(), 9U);
      padding += 250;
    }
    if (sent + padding >= 10'000) break;
    ASSERT_TRUE(pacer.next_deadline());
    ASSERT_GT(*pacer.next_deadline(), now);
    now = *pacer.next_deadline();
  }
  EXPECT_EQ(padding, 7000U);
  EXPECT_NEAR(seconds(now - kStart), 0.005, 0.003);
  EXPECT_EQ(pacer.padding(now + 1s), 0U);
  EXPECT_EQ(pacer.next_deadline(), std::nullopt);
  // The next packet does not belong to it.
  push(pacer, packet(1), Priority::Video);
  ASSERT_NE(pacer.pop(now + 1s), nullptr);
  EXPECT_EQ(pacer.probe(), std::nullopt);
}

/// Between two large packets there is too little time to measure.
TEST(Pacer, AProbeOfLargePacketsIsFilledUpWithSmallOnes) {
  Pacer pacer;
  for (std::uint8_t i = 0; i < 2; ++i) push(pacer, packet(i), Priority::Video);
  pacer.begin({.id = 9, .rate = 1e6, .bytes = 1500, .packets = 5}, kStart);
  std::size_t packets = 0;
  for (TimePoint now = kStart; now < kStart + 1s; now += 1ms) {
    packets += leaving(pacer, now).size();
    for (std::size_t needed = pacer.padding(now); needed > 0; needed = pacer.padding(now), ++packets) {
      EXPECT_LE(needed, 100U);
      pacer.padded(needed, now);
      EXPECT_EQ(pacer.probe(), 9U);
    }
  }
  EXPECT_EQ(packets, 5U);
}

TEST(Pacer, AProbeThatCannotBePaddedEnds) {
  Pacer pacer;
  pacer.begin({.id = 9, .rate = 8e6, .bytes = 10'000}, kStart);
  EXPECT_GT(pacer.padding(kStart), 0U);
  pacer.end_probe();
  EXPECT_EQ(pacer.padding(kStart), 0U);
  EXPECT_EQ(pacer.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace parley::cc::pacer_test
