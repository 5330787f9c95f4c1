// ULPFEC and FlexFEC between two of our sessions: sent when they help, and then they do.
#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::test::session_protection_test {
namespace {

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};
constexpr Ssrc kFecSource{1002};
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

/// FlexFEC as well, which is preferred.
Section flexible() {
  Section section = shielded();
  section.send_protecting.flexfec = section.receive_protecting.flexfec = PayloadType(101);
  return section;
}

struct ShieldedCall : Call {
  explicit ShieldedCall(const Section& section, std::uint32_t seed = 1) : Call(seed) {
    Encoding encoding = kEncoding;
    if (section.send_protecting.flexfec) encoding.protection = kFecSource;
    left->session.configure({sending(section, {encoding})});
    right->session.configure({receiving(section)});
    connect();
    // Also what is lost then.
    left->send = [this, send = left->send](End& from, ByteView packet, bool rtcp) {
      if (!rtcp) count(packet);
      send(from, packet, rtcp);
    };
  }
  void count(ByteView packet) {
    EXPECT_LE(packet.size(), SendStream::kMaxPacket);
    const Ssrc source = rtp::source_of(packet);
    if (source == kFecSource) fec_numbers.push_back(rtp::sequence_number_of(packet));
    if (source != kEncoding.retransmission) ++types[rtp::PacketView::parse(packet)->header().payload_type.get()];
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
  std::vector<std::uint16_t> fec_numbers;
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

/// Frames that come as late as if they had been asked for are fewer by a third.
void expect_help(const Section& section, const std::function<void(ShieldedCall&)>& look) {
  std::size_t with = 0, without = 0;
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    Section without_protection = section;
    without_protection.send_protecting = {};
    ShieldedCall protected_call(section, seed), bare(without_protection, seed);
    for (ShieldedCall* call : {&protected_call, &bare}) {
      call->to_right = {.loss = 0.05, .delay = 100ms};
      call->to_left.delay = 100ms;
      call->stream(400);
      call->to_right.loss = 0;
      call->stream(30);
      call->run(1s);
      // All of them come in the end.
      EXPECT_EQ(call->right->frames.size(), call->written);
    }
    const auto sent = protected_call.sent();
    EXPECT_GT(sent.protecting_packets, 50U);
    // Twice as much as is lost, about.
    EXPECT_LT(sent.protecting_packets, sent.packets / 5);
    look(protected_call);
    with += protected_call.delayed();
    without += bare.delayed();
  }
  EXPECT_LT(with * 3, without * 2);
}

TEST(SessionProtection, OnALongWayFecIsThereBeforeWhatIsAskedFor) {
  expect_help(shielded(), [](ShieldedCall& call) { EXPECT_GT(call.types[98], call.types[96]); });
}

/// A frame's dependency descriptor is its own packets' alone, each of which says whether it is the first or the last.
TEST(SessionProtection, FecInRedSaysNothingOfFrames) {
  Section section = shielded();
  for (auto* map : {&section.send_extensions, &section.receive_extensions})
    map->set(9, rtp::ExtensionKind::DependencyDescriptor);
  int protecting = 0, last = 0;
  ShieldedCall call(section);
  call.to_right = {.loss = 0.05, .delay = 100ms};
  call.to_left.delay = 100ms;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (rtcp || rtp::source_of(packet) != kEncoding.source) return false;
    const auto view = rtp::PacketView::parse(packet);
    const auto told = view->extension(9);
    const bool protects =
        view->header().payload_type == kRed.payload_type && view->payload()[0] == kProtecting.ulpfec->get();
    protecting += protects ? 1 : 0;
    EXPECT_EQ(told.has_value(), !protects);
    if (told) last += ((*told)[0] & 0x40) != 0 ? 1 : 0;
    return false;
  };
  call.left->requests.emplace_back(kVideo, "");  // begins with a key frame
  call.stream(200);
  EXPECT_GT(protecting, 20);
  EXPECT_GT(last, 150);
  EXPECT_LE(last, 200);
}

TEST(SessionProtection, SoIsFlexfecWhichIsPreferredAndLeavesPacketsAsTheyAre) {
  expect_help(flexible(), [](ShieldedCall& call) {
    const auto sent = call.sent();
    EXPECT_EQ(call.types[98], 0);
    EXPECT_EQ(call.types[96], static_cast<int>(sent.packets));
    EXPECT_EQ(call.types[101], static_cast<int>(sent.protecting_packets));
    EXPECT_EQ(sent.separate_packets, sent.protecting_packets);
    EXPECT_EQ(sent.separate_bytes, sent.protecting_bytes);
    const auto received = call.right->session.statistics(call.now).incoming.front();
    EXPECT_EQ(received.protection, kFecSource);
    // Of twenty, one is lost.
    EXPECT_GT(received.counters.protecting_packets, sent.protecting_packets * 8 / 10);
    EXPECT_LT(received.counters.useless_protection, received.counters.protecting_packets);
  });
}

TEST(SessionProtection, FlexfecThatIsLostIsNotWaitedForOrAskedFor) {
  ShieldedCall call(flexible());
  call.to_right.delay = call.to_left.delay = 100ms;
  std::size_t packets = 0, lost = 0;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (rtcp) return false;
    if (rtp::source_of(packet) == kFecSource) return true;
    if (rtp::source_of(packet) != kEncoding.source || ++packets % 20 != 0 || packets > 800) return false;
    ++lost;
    return true;
  };
  call.stream(220);
  call.run(1s);
  EXPECT_GT(call.fec_numbers.size(), 20U);
  EXPECT_EQ(call.right->frames.size(), call.written);
  EXPECT_LT(call.sent().repeated_packets, lost + call.fec_numbers.size() / 2);
}

TEST(SessionProtection, FlexfecNeedsASourceThatThePeerHasBeenToldOf) {
  Call call;
  std::map<std::uint8_t, int> types;
  call.left->session.configure({sending(flexible(), {kEncoding})});
  call.right->session.configure({receiving(flexible())});
  call.connect();
  call.to_right = {.loss = 0.1, .delay = 100ms};
  call.to_left.delay = 100ms;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (!rtcp) ++types[rtp::PacketView::parse(packet)->header().payload_type.get()];
    return false;
  };
  for (int i = 0; i < 200; ++i) {
    const Bytes data = vp8(i == 0, 4000, static_cast<std::uint8_t>(i));
    ASSERT_TRUE(call.left->session.send(kVideo, "", frame_of(data, i == 0), call.now));
    call.run(33ms);
  }
  EXPECT_EQ(types[101], 0);
  EXPECT_GT(types[98], 0);
}

TEST(SessionProtection, ItsNumbersGoOnWhateverIsNegotiatedAnew) {
  ShieldedCall call(flexible());
  call.to_right = {.loss = 0.1, .delay = 100ms};
  call.to_left.delay = 100ms;
  call.stream(100);
  Section without = flexible();
  without.send_protecting = {};
  Encoding encoding = kEncoding;
  encoding.protection = kFecSource;
  for (const Section& section : {without, flexible()}) call.left->session.configure({sending(section, {encoding})});
  call.stream(100);
  const auto& numbers = call.fec_numbers;
  ASSERT_GT(numbers.size(), 10U);
  for (std::size_t i = 1; i < numbers.size(); ++i)
    EXPECT_EQ(numbers[i], static_cast<std::uint16_t>(numbers[i - 1] + 1));
}

/// Somebody else's packets keep their numbers, between which there is no room for ULPFEC.
TEST(SessionProtection, PacketsOfAForwarderAreProtectedByFlexfecAlone) {
  for (const bool flexfec : {true, false}) {
    ShieldedCall call(flexfec ? flexible() : shielded());
    call.to_right = {.loss = 0.05, .delay = 100ms};
    call.to_left.delay = 100ms;
    const auto payload = std::make_shared<Bytes>(1000, std::uint8_t{0x42});
    (*payload)[0] = 0x10;  // a descriptor of VP8: a frame begins
    (*payload)[1] = 0x00;
    for (std::uint16_t i = 0; i < 1000; ++i) {
      ASSERT_TRUE(call.left->session.send(kVideo, "",
                                          OutgoingPacket{.payload = *payload,
                                                         .owner = i % 2 == 0 ? payload : nullptr,
                                                         .source = Ssrc(7),
                                                         .number = static_cast<std::uint16_t>(65000 + i),
                                                         .timestamp = 3000U * i,
                                                         .marker = true},
                                          call.now));
      call.run(11ms);
    }
    EXPECT_EQ(call.types[98], 0);
    EXPECT_EQ(call.types[101] > 30, flexfec);
    const auto received = call.right->session.statistics(call.now).incoming.front();
    EXPECT_EQ(received.counters.protecting_packets > 30, flexfec);
    EXPECT_LT(received.counters.useless_protection, received.counters.protecting_packets + 1);
  }
}

TEST(SessionProtection, WhatProtectsIsTakenFromTheEncodersPart) {
  for (const Section& section : {shielded(), flexible()}) {
    ShieldedCall call(section);
    call.to_right = {.loss = 0.05, .delay = 100ms};
    call.to_left.delay = 100ms;
    call.stream(300, 6000);
    const double told = call.left->rates.back(), total = call.left->session.controller().target_rate();
    EXPECT_LT(told, total);
  }
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
}  // namespace parley::media::test::session_protection_test
