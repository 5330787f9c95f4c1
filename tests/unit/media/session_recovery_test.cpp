// A session whose peer protects its packets: what is lost comes back without being asked for.
#include <gmock/gmock.h>

#include "call.hpp"
#include "rtp/feedback.hpp"
#include "rtp/protection.hpp"

namespace parley::media::test::session_recovery_test {
namespace {

using testing::Contains;
using testing::SizeIs;

const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};
constexpr Ssrc kFecSource{1002};
constexpr PayloadType kRed{98}, kUlpfec{99}, kFlexfec{100};

enum class Fec { Ulpfec, Flexfec };

Section protected_section() {
  Section section = video_section();
  section.receive_formats.push_back({.payload_type = kRed, .name = "red"});
  section.receive_protecting = {.ulpfec = kUlpfec, .flexfec = kFlexfec};
  section.announced = {{.source = kEncoding.source, .retransmission = kEncoding.retransmission}};
  return section;
}

/// Stands where the left end's packets leave and adds one of FEC to four of media, as browsers do.
class Protector {
 public:
  Protector(Call& call, Fec fec) : fec_(fec), send_(call.left->send) {
    call.left->send = [this](End& from, ByteView packet, bool rtcp) {
      const bool media = !rtcp && rtp::source_of(packet) == kEncoding.source;
      media ? protect(from, packet) : send_(from, packet, rtcp);
    };
  }
  std::size_t protecting = 0;

 private:
  void protect(End& from, ByteView bytes) {
    Bytes packet(bytes.begin(), bytes.end());
    if (fec_ == Fec::Ulpfec) renumber(packet, number_++);
    // What is written when a packet leaves is not protected.
    Bytes early = packet;
    const auto view = rtp::PacketView::parse(early);
    for (const std::uint8_t id : {std::uint8_t{2}, std::uint8_t{3}})
      if (const auto value = view->extension(id))
        std::fill_n(early.begin() + (value->data() - early.data()), value->size(), std::uint8_t{0});
    group_.push_back(early);
    if (fec_ == Fec::Ulpfec) {
      const auto at = packet.begin() + static_cast<std::ptrdiff_t>(view->header_size());
      packet.insert(at, view->header().payload_type.get());
      packet[1] = static_cast<std::uint8_t>((packet[1] & 0x80) | kRed.get());
    }
    send_(from, packet, false);
    if (group_.size() == 4) send_fec(from);
  }
  void send_fec(End& from) {
    const auto first = *rtp::PacketView::parse(group_.front());
    rtp::Protection made{.source = kEncoding.source, .base = first.header().sequence_number};
    made.mask = 0b1111;
    for (const Bytes& one : group_)
      made.parity.content.resize(std::max(made.parity.content.size(), one.size() - rtp::kFixedHeader));
    for (const Bytes& one : group_) made.parity.fold(one);
    group_.clear();
    const bool own = fec_ == Fec::Flexfec;
    const rtp::Header header{.payload_type = own ? kFlexfec : kRed,
                             .sequence_number = own ? fec_number_++ : number_++,
                             .timestamp = first.header().timestamp,
                             .ssrc = own ? kFecSource : kEncoding.source};
    Bytes packet(rtp::kFixedHeader);
    rtp::write_header(header, {}, packet);
    if (own) {
      write_flexfec(made, packet);
    } else {
      packet.push_back(kUlpfec.get());
      write_ulpfec(made, packet);
    }
    ++protecting;
    send_(from, packet, false);
  }
  static void renumber(Bytes& packet, std::uint16_t number) {
    packet[2] = static_cast<std::uint8_t>(number >> 8);
    packet[3] = static_cast<std::uint8_t>(number);
  }

  Fec fec_;
  std::function<void(End&, ByteView, bool)> send_;
  std::vector<Bytes> group_;
  std::uint16_t number_ = 65000, fec_number_ = 1;
};

/// Left sends frames of four packets to right, which loses what is said.
struct ProtectedCall : Call {
  explicit ProtectedCall(Fec fec, Section section = protected_section()) : protector(*this, fec) {
    left->session.configure({sending(video_section(), {kEncoding})});
    right->session.configure({receiving(std::move(section))});
    connect();
    filter = [this](ByteView packet, bool rtcp) {
      if (rtcp) {
        rtp::RtcpReader reader(packet);
        while (const auto one = reader.next())
          if (const auto nack = rtp::parse_nack(*one); one->type == 205 && one->count == 1 && nack) ++nacks;
        return false;
      }
      if (rtp::source_of(packet) != kEncoding.source) return false;
      return lost && packets++ % every == 2;
    };
  }
  void stream(int frames) {
    for (int i = 0; i < frames; ++i, ++written) {
      const bool key = written == 0;
      ASSERT_TRUE(
          left->session.send(kVideo, "", frame_of(vp8(key, 4400, static_cast<std::uint8_t>(written)), key), now));
      run(33ms);
    }
  }
  void expect_all_frames() {
    ASSERT_THAT(right->frames, SizeIs(written));
    for (std::size_t i = 0; i < written; ++i)
      EXPECT_EQ(right->frames[i].arrived.frame.data, vp8(i == 0, 4400, static_cast<std::uint8_t>(i))) << i;
  }
  IncomingStatistics incoming() {
    const auto all = right->session.statistics(now).incoming;
    EXPECT_THAT(all, SizeIs(1));
    return all.front();
  }

  Protector protector;
  bool lost = false;
  std::size_t every = 5, packets = 0;
  std::uint64_t nacks = 0;
  std::size_t written = 0;
};

/// With every fifth packet lost nothing is asked for, and every frame arrives.
void expect_repair(Fec fec, Section section = protected_section()) {
  ProtectedCall call(fec, std::move(section));
  call.stream(10);
  call.lost = true;
  call.every = fec == Fec::Ulpfec ? 5 : 4;
  std::size_t heard = 0;
  call.right->forward = [&](const ReceivedPacket& packet) {
    EXPECT_EQ(packet.codec, "VP8");
    EXPECT_FALSE(packet.packet.payload.empty());
    ++heard;
  };
  call.stream(100);
  call.expect_all_frames();
  EXPECT_EQ(heard, 400U);
  EXPECT_EQ(call.nacks, 0U);
  const auto in = call.incoming();
  EXPECT_EQ(in.counters.protecting_packets, call.protector.protecting);
  // The first ten frames arrived whole, and before the first packet of FEC nothing was kept.
  EXPECT_EQ(in.counters.useless_protection, 9U);
  EXPECT_EQ(in.packets_lost, 100);
  EXPECT_EQ(in.counters.repaired_packets, 0U);
}

TEST(SessionRecovery, UlpfecRepairsWhatIsLost) { expect_repair(Fec::Ulpfec); }

TEST(SessionRecovery, FlexfecRepairsWhatIsLost) { expect_repair(Fec::Flexfec); }

TEST(SessionRecovery, RepairsWhereNothingCanBeAskedFor) {
  Section section = protected_section();
  for (Format& format : section.receive_formats) {
    format.nack = false;
    format.retransmission.reset();
  }
  expect_repair(Fec::Ulpfec, section);
  expect_repair(Fec::Flexfec, section);
}

TEST(SessionRecovery, RedIsUnderstoodAlsoIfTheAnswerHasLeftItOut) {
  Section section = protected_section();
  section.receive_formats.back().offered_only = true;
  expect_repair(Fec::Ulpfec, section);
}

TEST(SessionRecovery, FlexfecIsCountedWithTheSourceThatItProtects) {
  ProtectedCall call(Fec::Flexfec);
  call.stream(10);
  const auto in = call.incoming();
  EXPECT_EQ(in.source, kEncoding.source);
  EXPECT_EQ(in.protection, kFecSource);
  EXPECT_EQ(in.counters.packets, 40U);
  EXPECT_EQ(in.counters.separate_packets, 10U);
  EXPECT_EQ(in.counters.separate_bytes, in.counters.protecting_bytes);
}

TEST(SessionRecovery, WhatFecDoesNotRepairIsAskedFor) {
  ProtectedCall call(Fec::Flexfec);
  call.stream(2);
  call.lost = true;
  call.every = 3;  // two of some groups
  call.stream(30);
  call.lost = false;
  call.stream(1);
  call.run(500ms);
  call.expect_all_frames();
  EXPECT_GT(call.nacks, 0U);
  EXPECT_GT(call.incoming().counters.repaired_packets, 0U);
}

TEST(SessionRecovery, AProtectionOfAnotherSourceIsNoHarm) {
  ProtectedCall call(Fec::Flexfec);
  call.stream(1);
  Bytes packet(rtp::kFixedHeader);
  rtp::write_header({.payload_type = kFlexfec, .sequence_number = 1, .ssrc = kFecSource}, {}, packet);
  rtp::Protection protection{.source = Ssrc(4711), .base = 1};
  protection.mask.set(0);
  write_flexfec(protection, packet);
  call.right->session.receive_rtp(packet, call.now);
  call.right->session.receive_rtp(ByteView(packet).first(20), call.now);
  call.stream(1);
  EXPECT_THAT(call.right->frames, SizeIs(2));
  EXPECT_EQ(call.incoming().counters.separate_packets, 2U);
}

}  // namespace
}  // namespace parley::media::test::session_recovery_test
