// What a session does about what is lost: repetitions, and key frames where they come too late.
#include <gmock/gmock.h>

#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"
#include "video_call.hpp"

namespace parley::media::test::session_repair_test {
namespace {

using testing::SizeIs;

/// With 5 % loss and reordering everything arrives nevertheless.
TEST(MediaSession, LossAndReorderingAreRepaired) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    VideoCall call(seed);
    call.to_right = {.loss = 0.05, .delay = 20ms, .jitter = 10ms};
    call.to_left = {.loss = 0.05, .delay = 20ms};
    call.stream(300);
    call.run(1s);
    EXPECT_GE(call.right->frames.size(), 290U) << "seed " << seed;
    ASSERT_GT(call.lost_packets(), 30U);
    // In the order of sending, and never a delta frame after a gap.
    std::optional<std::uint8_t> last;
    for (const ReceivedFrame& frame : call.right->frames) {
      const std::uint8_t number = frame.arrived.frame.data.back();
      if (last && !frame.arrived.frame.info.key_frame) {
        EXPECT_EQ(number, static_cast<std::uint8_t>(*last + 1));
      }
      last = number;
    }
  }
}

TEST(MediaSession, WithoutRetransmissionAKeyFrameRepairs) {
  Section section = video_section();
  section.send_formats[0].nack = section.receive_formats[0].nack = false;
  VideoCall call(3, section);
  call.to_right.loss = 0.02;
  call.stream(300);
  call.run(1s);
  EXPECT_GT(call.keys.size(), 3U);
  EXPECT_GT(call.right->frames.size(), 100U);
  for (std::size_t i = 1; i < call.right->frames.size(); ++i) {
    const auto number = [&](std::size_t at) { return call.right->frames[at].arrived.frame.data.back(); };
    if (!call.right->frames[i].arrived.frame.info.key_frame) {
      EXPECT_EQ(number(i), static_cast<std::uint8_t>(number(i - 1) + 1));
    }
  }
}

TEST(MediaSession, RetransmissionWithoutItsOwnFormatRepeatsThePacket) {
  Section section = video_section();
  section.send_formats[0].retransmission = section.receive_formats[0].retransmission = std::nullopt;
  VideoCall call(4, section);
  call.to_right.loss = 0.05;
  call.stream(100);
  call.run(1s);
  EXPECT_GE(call.right->frames.size(), 99U);
}

/// Every packet of a source by its number, as it was sent first, and how many were sent again.
struct Numbers {
  /// Whether it is the first with its number.
  bool add(ByteView packet) {
    const std::pair number(rtp::source_of(packet).get(), rtp::sequence_number_of(packet));
    const auto [first, is_new] = packets.try_emplace(number, packet.begin(), packet.end());
    if (!is_new) ++repeated;
    EXPECT_EQ(first->second, Bytes(packet.begin(), packet.end()));
    return is_new;
  }
  std::map<std::pair<std::uint32_t, std::uint16_t>, Bytes> packets;
  std::uint64_t repeated = 0;
};

/// RFC 7714 section 8.4: with other header extensions it would be another packet under the same nonce.
TEST(MediaSession, WhatIsRepeatedUnderItsOldNumberIsTheSameBitForBit) {
  for (const bool by_source : {false, true}) {
    Section section = video_section();
    for (auto* formats : {&section.send_formats, &section.receive_formats}) {
      formats->front().retransmission.reset();
      formats->front().transport_cc = !by_source;
      formats->front().congestion_feedback = by_source;
    }
    section.send_extensions = by_source ? rtp::ExtensionMap() : extensions();
    if (by_source) section.send_extensions.set(1, rtp::ExtensionKind::Mid);
    if (by_source) section.send_extensions.set(2, rtp::ExtensionKind::SendTime);
    section.receive_extensions = section.send_extensions;
    Numbers numbers;
    VideoCall call(5, section);
    call.to_right = {.loss = 0, .delay = 20ms, .jitter = 10ms};
    call.filter = [&](ByteView packet, bool rtcp) {
      return !rtcp && numbers.add(packet) && numbers.packets.size() % 20 == 0;
    };
    call.stream(200, 1100);
    call.stream(100, 9000);  // some of which wait in the pacer
    call.run(1s);
    EXPECT_GT(numbers.repeated, 20U);
    const auto counted = call.left->session.statistics(call.now).outgoing.at(0).counters;
    EXPECT_EQ(counted.repeated_packets, numbers.repeated);
    EXPECT_GT(counted.waited, 0s);
    EXPECT_GT(call.left->session.controller().target_rate(), 500'000) << "nothing is taken for a delay";
  }
}

TEST(MediaSession, WhatStillWaitsIsNotRepeated) {
  Section section = video_section();
  section.send_formats[0].retransmission = section.receive_formats[0].retransmission = std::nullopt;
  Numbers numbers;
  VideoCall call(6, section);
  call.filter = [&](ByteView packet, bool rtcp) {
    if (!rtcp) numbers.add(packet);
    return false;
  };
  ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(vp8(true, 100'000, 1), true), call.now));
  ASSERT_LT(numbers.packets.size(), 50U);
  rtp::Nack nack{Ssrc(1), kEncoding.source, {}};
  const std::uint16_t first = numbers.packets.begin()->first.second;
  for (std::uint16_t i = 60; i < 80; ++i) nack.numbers.push_back(static_cast<std::uint16_t>(first + i));
  Bytes packet;
  rtp::write(nack, packet);
  call.left->session.receive_rtcp(packet, call.now);
  call.run(5s);
  EXPECT_GT(numbers.packets.size(), 80U);
  EXPECT_EQ(numbers.repeated, 0U);
}

TEST(MediaSession, WhatIsLostForGoodIsFollowedByAKeyFrame) {
  VideoCall call;
  call.stream(10);
  ASSERT_THAT(call.right->frames, SizeIs(10));
  call.filter = [](ByteView, bool) { return true; };
  call.stream(300);  // more than a sender keeps
  call.filter = nullptr;
  call.stream(60);
  call.run(1s);
  EXPECT_EQ(call.keys.size(), 2U);
  EXPECT_EQ(call.right->frames.back().arrived.frame.data.back(), static_cast<std::uint8_t>(369));
}

/// Of what comes after the first frame nothing can be shown. Then the peer is gone, and what is due is done late.
TEST(MediaSession, NothingIsDueForEverWhenNobodySendsTheKeyFrame) {
  for (Duration late = 1ms; late < 7s; late += late < 300ms ? 7ms : 1s) {
    VideoCall call;
    call.filter = [&](ByteView, bool) { return true; };
    call.stream(1);
    call.filter = [&](ByteView, bool rtcp) { return rtcp; };
    call.stream(2);
    Session& session = call.right->session;
    for (const TimePoint end = call.now + 10s; call.now < end;) {
      ASSERT_GT(session.next_deadline().value(), call.now) << late.count();
      call.now = *session.next_deadline() + late;
      session.advance(call.now);
    }
  }
}

/// 50 Mbit/s, of which the peer misses a packet 150 ms later, and says so after as long a way.
TEST(MediaSession, WhatIsLostOfMuchIsSentAgainHoweverLongTheWayIs) {
  Section section = video_section();
  section.send_formats[0].transport_cc = section.receive_formats[0].transport_cc = false;  // no pacing
  VideoCall call(1, section);
  call.to_right.delay = call.to_left.delay = 150ms;
  std::size_t count = 0;
  call.filter = [&](ByteView, bool rtcp) { return !rtcp && ++count == 5000; };
  call.stream(60, 200'000);
  call.run(2s);
  EXPECT_EQ(call.lost_packets(), 1U);
  EXPECT_THAT(call.right->frames, SizeIs(60));
  EXPECT_EQ(call.keys.size(), 1U);
}

TEST(MediaSession, AStormOfNacksIsAnsweredOnce) {
  VideoCall call;
  call.stream(50);
  const std::size_t before = call.sent_packets();
  rtp::Nack nack{.sender = Ssrc(9), .source = kEncoding.source, .numbers = {}};
  for (std::uint32_t number = 0; number < 65536; ++number) nack.numbers.push_back(static_cast<std::uint16_t>(number));
  for (int i = 0; i < 20; ++i) {
    for (std::size_t at = 0; at < nack.numbers.size(); at += 4000) {
      const std::size_t end = std::min(nack.numbers.size(), at + 4000);
      const rtp::Nack part{nack.sender,
                           nack.source,
                           {nack.numbers.begin() + static_cast<std::ptrdiff_t>(at),
                            nack.numbers.begin() + static_cast<std::ptrdiff_t>(end)}};
      Bytes packet;
      rtp::write(part, packet);
      call.left->session.receive_rtcp(packet, call.now);
    }
  }
  call.run(10ms);
  EXPECT_LE(call.sent_packets() - before, 300U);  // what there is, once
}

}  // namespace
}  // namespace parley::media::test::session_repair_test
