// A peer that wants to have much kept, or done, for it.
#include <gmock/gmock.h>

#include "call.hpp"
#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"

namespace parley::media::test::hostile_test {
namespace {

using testing::Contains;
using testing::Field;
using testing::SizeIs;

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};

Bytes packet(std::uint32_t source, std::uint16_t number, bool key, std::size_t size) {
  Bytes made(12);
  rtp::write_header({.payload_type = PayloadType(96),
                     .marker = key,
                     .sequence_number = number,
                     .timestamp = number * 3000U,
                     .ssrc = Ssrc(source)},
                    {}, made);
  made.resize(12 + size);
  made[12] = 0x10;
  made[13] = key ? 0x10 : 0x11;
  return made;
}

TEST(HostileMedia, ManySourcesDoNotFillTheMemory) {
  Call call;
  call.right->session.configure({receiving(video_section())});
  call.right->session.connect(call.now);
  call.left->session.connect(call.now);
  Session& session = call.right->session;
  for (std::uint32_t source = 1; source < Session::kMostSources; ++source)
    session.receive_rtp(packet(source, 1, true, 1100), call.now);
  const std::size_t begun = call.right->frames.size();
  EXPECT_EQ(begun, Session::kMostSources - 1);
  // All but one miss their second packet.
  std::size_t most = 0;
  for (std::uint16_t number = 3; number < 1000; ++number) {
    for (std::uint32_t source = 2; source < Session::kMostSources; ++source) {
      session.receive_rtp(packet(source, number, false, 1100), call.now);
      most = std::max(most, session.bytes_kept());
    }
    session.receive_rtp(packet(1, static_cast<std::uint16_t>(number - 1), true, 1100), call.now);
  }
  EXPECT_LE(most, Session::kMostBytes);
  EXPECT_GT(most, Session::kMostBytes / 2);
  // Who keeps little goes on.
  EXPECT_EQ(call.right->frames.size(), begun + 997);
  session.configure({});
  EXPECT_EQ(session.bytes_kept(), 0U);
}

TEST(HostileMedia, WhoHasToGiveUpBeginsAgainWithAKeyFrame) {
  Call call;
  std::size_t losses = 0;
  call.right->session.configure({receiving(video_section())});
  call.right->session.connect(call.now);
  call.right->send = [&](End&, ByteView bytes, bool rtcp) {
    rtp::RtcpReader reader(bytes);
    for (auto one = reader.next(); rtcp && one; one = reader.next())
      if (const auto loss = rtp::parse_picture_loss(*one); one->type == 206 && loss && loss->source == Ssrc(5))
        ++losses;
  };
  Session& session = call.right->session;
  for (std::uint32_t source = 1; source <= 100; ++source) session.receive_rtp(packet(source, 1, true, 1100), call.now);
  for (std::uint16_t number = 3; number < 1100; ++number) session.receive_rtp(packet(5, number, false, 1100), call.now);
  for (std::uint16_t number = 3; number < 1000; ++number)
    for (std::uint32_t source = 6; source <= 100; ++source)
      session.receive_rtp(packet(source, number, false, 1100), call.now);
  EXPECT_EQ(losses, 1U);
  const std::size_t before = call.right->frames.size();
  session.receive_rtp(packet(5, 1100, true, 1100), call.now);
  EXPECT_EQ(call.right->frames.size(), before + 1);
}

TEST(HostileMedia, OneDatagramDoesNotMakeUsSendEverythingAgainAndAgain) {
  Call call;
  call.left->session.configure(
      {sending(video_section(), {kEncoding, {.source = Ssrc(2000), .retransmission = Ssrc(2001), .rid = "l"}})});
  call.left->session.connect(call.now);
  std::size_t sent = 0;
  call.left->send = [&](End&, ByteView, bool rtcp) { sent += rtcp ? 0 : 1; };
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(vp8(i == 0, 4000, 1), i == 0), call.now));
    ASSERT_TRUE(call.left->session.send(kVideo, "l", frame_of(vp8(i == 0, 4000, 1), i == 0), call.now));
    call.run(33ms);
  }
  std::vector<std::uint16_t> all(65535);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  Bytes datagram;
  for (const Ssrc source : {Ssrc(1000), Ssrc(2000), Ssrc(1000), Ssrc(2000)})
    rtp::write(rtp::Nack{.sender = Ssrc(1), .source = source, .numbers = all}, datagram);
  sent = 0;
  call.left->session.receive_rtcp(datagram, call.now);
  call.run(10s);
  EXPECT_LE(sent, Session::kMostRepeats);
  // Key frames are asked for once, however many packets ask for them, and those far behind are not read.
  Bytes many;
  for (std::size_t i = 0; i < 1000; ++i) rtp::write(rtp::PictureLoss{.sender = Ssrc(1), .source = Ssrc(1000)}, many);
  const std::uint64_t before = call.left->session.statistics(call.now).outgoing[0].counters.plis;
  call.left->session.receive_rtcp(many, call.now);
  EXPECT_EQ(call.left->session.statistics(call.now).outgoing[0].counters.plis, before + Session::kMostFeedback);
}

/// Nobody can forge a repair, but somebody on the path can keep it until its number seems to be ahead of all.
TEST(HostileMedia, ARepairThatWasHeldBackDoesNotStopWhatComes) {
  Call call;
  call.right->session.configure({receiving(video_section())});
  call.right->session.connect(call.now);
  Session& session = call.right->session;
  constexpr std::uint16_t kHeldBack = 10;
  std::uint16_t number = 0;
  for (; number < kHeldBack + 0x8001; ++number) session.receive_rtp(packet(1, number, true, 10), call.now);
  Bytes repair = packet(2, 1, true, 10);
  rtp::write_header({.payload_type = PayloadType(97), .sequence_number = 1, .timestamp = 30000, .ssrc = Ssrc(2)}, {},
                    repair);
  repair.resize(12);
  for (const int byte : {0, int{kHeldBack}, 0x10, 0x10, 0, 0}) repair.push_back(static_cast<std::uint8_t>(byte));
  session.receive_rtp(repair, call.now);
  const std::size_t before = call.right->frames.size();
  for (int i = 0; i < 100; ++i) session.receive_rtp(packet(1, number++, true, 10), call.now);
  EXPECT_EQ(call.right->frames.size(), before + 100);
}

/// Reports that claim the shortest round trip let everything be asked for again and again.
TEST(HostileMedia, WhatIsAskedForDoesNotExceedThePath) {
  Call call;
  call.left->session.configure({sending(video_section(), {kEncoding})});
  call.left->session.connect(call.now);
  std::size_t sent = 0;
  std::uint16_t last = 0;
  call.left->send = [&](End&, ByteView bytes, bool rtcp) {
    if (rtcp) return;
    sent += bytes.size();
    if (const auto view = rtp::PacketView::parse(bytes); view->header().ssrc == kEncoding.source)
      last = view->header().sequence_number;
  };
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(vp8(i == 0, 4000, 1), i == 0), call.now));
    call.run(33ms);
  }
  std::vector<std::uint16_t> numbers(Session::kMostRepeats);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<std::uint16_t>(last - numbers.size() + 1 + i);
  Bytes datagram;
  rtp::write(rtp::Nack{.sender = Ssrc(1), .source = Ssrc(1000), .numbers = numbers}, datagram);
  sent = 0;
  for (int i = 0; i < 500; ++i) {
    call.left->session.receive_rtcp(datagram, call.now);
    call.run(10ms);
  }
  EXPECT_GT(sent, 100'000U);
  EXPECT_LT(sent, 1'500'000U) << "five seconds at about a megabit a second";
}

/// Whoever says goodbye for others, or for itself while it goes on, is told of and not more.
TEST(HostileMedia, GoodbyesThatAreNotTrueCostNothing) {
  Call call;
  for (End* end : {call.left.get(), call.right.get()})
    end->session.configure({receiving(sending(
        video_section(), {{.source = Ssrc(end == call.left.get() ? 1000 : 2000), .retransmission = {}, .rid = ""}}))});
  call.connect();
  const auto goodbye = [](std::vector<Ssrc> sources) {
    Bytes datagram;
    rtp::write(rtp::ReceiverReport{.sender = sources.front(), .blocks = {}}, datagram);
    for (int i = 0; i < 50; ++i) rtp::write_goodbye(sources, datagram);
    return datagram;
  };
  for (std::uint32_t i = 0; i < 100; ++i) {
    const Bytes data = vp8(i == 0, 3000, static_cast<std::uint8_t>(i));
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(data, i == 0), call.now));
    call.run(33ms);
    std::vector<Ssrc> others;
    for (std::uint32_t j = 0; j < 31; ++j) others.emplace_back(5000 + 31 * i + j);
    call.right->session.receive_rtcp(goodbye(others), call.now);
    call.right->session.receive_rtcp(goodbye({Ssrc(2000)}), call.now);  // its own
    if (i % 10 == 9) call.right->session.receive_rtcp(goodbye({Ssrc(1000)}), call.now);
  }
  EXPECT_THAT(call.right->frames, SizeIs(100));
  EXPECT_THAT(call.right->ended, SizeIs(10));
  EXPECT_THAT(call.right->begun, SizeIs(10));
  EXPECT_EQ(call.right->session.statistics(call.now).incoming.size(), 1U);
  EXPECT_EQ(call.left->session.statistics(call.now).outgoing.at(0).counters.plis, 0U) << "nothing has to begin anew";
}

}  // namespace
}  // namespace parley::media::test::hostile_test
