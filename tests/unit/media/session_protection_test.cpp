// ULPFEC between two of our sessions: sent when it helps, and then it does.
#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::test {
namespace {

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};
const Format kRed{.payload_type = PayloadType(98), .name = "red", .retransmission = PayloadType(99)};
const Protecting kProtecting{.ulpfec = PayloadType(100)};

Section shielded() {
  Section section = video_section();
  for (Format& format : section.send_formats) format.transport_cc = false;  // no pacing
  section.receive_formats.push_back(kRed);
  section.send_formats.push_back(kRed);
  section.receive_protecting = section.send_protecting = kProtecting;
  return section;
}

struct ShieldedCall : Call {
  explicit ShieldedCall(const Section& section, std::uint32_t seed = 1) : Call(seed) {
    left->session.configure({sending(section, {kEncoding})});
    right->session.configure({receiving(section)});
    connect();
    filter = [this](ByteView packet, bool rtcp) {
      if (rtcp || rtp::source_of(packet) != kEncoding.source) return false;
      ++types[rtp::PacketView::parse(packet)->header().payload_type.get()];
      EXPECT_LE(packet.size(), SendStream::kMaxPacket);
      return false;
    };
  }
  void stream(int frames, std::size_t size = 4000) {
    for (int i = 0; i < frames; ++i) {
      const bool key = !left->requests.empty();
      left->requests.clear();
      const Bytes data = vp8(key, size, static_cast<std::uint8_t>(written));
      made.push_back(now);
      ASSERT_TRUE(left->session.send(kVideo, "", frame_of(data, key), now));
      ++written;
      const TimePoint next = now + 33ms;
      while (now < next) {
        run(3ms);
        for (; had < right->frames.size(); ++had) {
          const ReceivedFrame& frame = right->frames[had];
          const auto index = static_cast<std::size_t>((frame.time + 1ms) / 33ms);
          late.push_back(now - made.at(index));
        }
      }
    }
  }
  /// How many frames came as late as if they had been asked for.
  [[nodiscard]] std::size_t delayed() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(late, [this](Duration one) { return one > to_right.delay + 100ms; }));
  }
  SendStream::Counters sent() { return left->session.statistics(now).outgoing.front().counters; }

  std::map<int, int> types;
  std::vector<TimePoint> made;
  std::vector<Duration> late;
  std::size_t written = 0, had = 0;
};

TEST(SessionProtection, NothingIsProtectedWithoutLoss) {
  ShieldedCall call(shielded());
  call.to_right.delay = call.to_left.delay = 150ms;
  call.stream(200);
  EXPECT_THAT(call.types, testing::ElementsAre(testing::Pair(96, testing::_)));
  EXPECT_EQ(call.sent().protecting_packets, 0U);
}

TEST(SessionProtection, NothingIsProtectedWhereRetransmissionIsFast) {
  ShieldedCall call(shielded());
  call.to_right = {.loss = 0.05, .delay = 10ms};
  call.stream(200);
  EXPECT_EQ(call.sent().protecting_packets, 0U);
  EXPECT_GT(call.sent().repeated_packets, 0U);
}

TEST(SessionProtection, OnALongWayFecIsThereBeforeWhatIsAskedFor) {
  std::size_t with = 0, without = 0;
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    Section without_protection = shielded();
    without_protection.send_protecting = {};
    ShieldedCall shielded_call(shielded(), seed), bare(without_protection, seed);
    for (ShieldedCall* call : {&shielded_call, &bare}) {
      call->to_right = {.loss = 0.05, .delay = 100ms};
      call->to_left.delay = 100ms;
      call->stream(400);
      call->to_right.loss = 0;
      call->stream(30);
      call->run(1s);
      // All of them come in the end.
      EXPECT_EQ(call->right->frames.size(), call->written);
    }
    const auto sent = shielded_call.sent();
    EXPECT_GT(sent.protecting_packets, 50U);
    // Twice as much as is lost, about.
    EXPECT_LT(sent.protecting_packets, sent.packets / 5);
    EXPECT_GT(shielded_call.types[98], shielded_call.types[96]);
    with += shielded_call.delayed();
    without += bare.delayed();
  }
  EXPECT_LT(with * 3, without * 2);
}

TEST(SessionProtection, WhatProtectsIsTakenFromTheEncodersPart) {
  ShieldedCall call(shielded());
  call.to_right = {.loss = 0.05, .delay = 100ms};
  call.to_left.delay = 100ms;
  call.stream(300, 6000);
  const double told = call.left->rates.back(), total = call.left->session.controller().target_rate();
  EXPECT_LT(told, total);
}

TEST(SessionProtection, ProtectionIsSentAgainAsWell) {
  ShieldedCall call(shielded());
  call.to_right = {.loss = 0.2, .delay = 100ms};
  call.to_left.delay = 100ms;
  call.stream(200);
  call.to_right.loss = 0;
  call.stream(60);
  call.run(1s);
  EXPECT_GT(call.sent().repeated_packets, 20U);
  EXPECT_EQ(call.right->frames.back().arrived.frame.data.back(), static_cast<std::uint8_t>(call.written - 1));
}

TEST(SessionProtection, WithoutNegotiationThereIsNone) {
  Section section = shielded();
  section.send_protecting = {};
  ShieldedCall call(section);
  call.to_right = {.loss = 0.1, .delay = 100ms};
  call.to_left.delay = 100ms;
  call.stream(200);
  EXPECT_EQ(call.types[98], 0);
}

}  // namespace
}  // namespace parley::media::test
