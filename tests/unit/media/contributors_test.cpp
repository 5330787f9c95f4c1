// Whose media a mixer has put together: CSRCs (RFC 3550 section 5.1), and how loud they are (RFC 6465).
#include <gmock/gmock.h>

#include <array>
#include <numeric>
#include <vector>

#include "call.hpp"

namespace parley::media::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Encoding kSound{.source = Ssrc(1000), .retransmission = Ssrc(0), .rid = ""};
const Encoding kPictures{.source = Ssrc(2000), .retransmission = Ssrc(2001), .rid = ""};
constexpr std::array<std::uint32_t, 2> kTwo{21, 22};
constexpr std::array<std::uint8_t, 2> kLevels{30, 127};

Section with_levels(Section section) {
  section.send_extensions.set(7, rtp::ExtensionKind::ContributorLevels);
  section.receive_extensions.set(7, rtp::ExtensionKind::ContributorLevels);
  return section;
}

/// A mixer's packet: RFC 3550 section 5.1, with the levels of RFC 6465, whose first bit means nothing.
TEST(Contributors, ComeWithTheirLevels) {
  Call call;
  call.right->session.configure({receiving(with_levels(audio_section()))});
  call.right->session.connect(call.now);
  const auto packet = [](std::uint8_t number, Bytes levels) {
    Bytes bytes{0x92, 111, 0, number, 0, 0, 0, number, 0, 0, 0, 9, 0, 0, 0, 21, 0, 0, 0, 22, 0xBE, 0xDE, 0, 1};
    bytes.push_back(static_cast<std::uint8_t>(0x70 | (levels.size() - 1)));
    bytes.insert(bytes.end(), levels.begin(), levels.end());
    bytes.resize(28);
    bytes.push_back(0x55);
    return bytes;
  };
  call.right->session.receive_rtp(packet(1, {0x1E, 0xFF}), call.now);
  call.right->session.receive_rtp(packet(2, {0x1E}), call.now);
  ASSERT_THAT(call.right->frames, SizeIs(2));
  EXPECT_THAT(call.right->frames[0].contributing.sources, ElementsAre(21U, 22U));
  EXPECT_THAT(call.right->frames[0].contributing.levels, ElementsAre(30, 127));
  EXPECT_THAT(call.right->frames[1].contributing.sources, ElementsAre(21U, 22U));
  EXPECT_THAT(call.right->frames[1].contributing.levels, IsEmpty()) << "whose it is, nobody knows";
}

struct Mixed : Call {
  explicit Mixed(const Section& section) {
    left->session.configure({sending(section, {section.kind == Kind::Audio ? kSound : kPictures})});
    right->session.configure({receiving(section)});
    connect();
  }
};

TEST(Contributors, AreSentWithTheirLevels) {
  Mixed call(with_levels(audio_section()));
  const Bytes data(60, 5);
  ASSERT_TRUE(call.left->session.send(
      kAudio, "", {.data = data, .info = {}, .contributing = {.sources = kTwo, .levels = kLevels}}, call.now));
  call.run(20ms);
  ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = data, .info = {}}, call.now));
  call.run(100ms);
  ASSERT_THAT(call.right->frames, SizeIs(2));
  EXPECT_EQ(call.right->frames[0].arrived.frame.data, data);
  EXPECT_THAT(call.right->frames[0].contributing.sources, ElementsAre(21U, 22U));
  EXPECT_THAT(call.right->frames[0].contributing.levels, ElementsAre(30, 127));
  EXPECT_EQ(call.right->frames[1].arrived.frame.data, data);
  EXPECT_THAT(call.right->frames[1].contributing.sources, IsEmpty()) << "the mixer itself speaks";
}

TEST(Contributors, OfMoreThanAPacketCanNameAreTheFirst) {
  Mixed call(with_levels(audio_section()));
  std::vector<std::uint32_t> many(20);
  std::iota(many.begin(), many.end(), 100U);
  const Bytes levels(many.size(), 40), data(60, 5);
  ASSERT_TRUE(call.left->session.send(
      kAudio, "", {.data = data, .info = {}, .contributing = {.sources = many, .levels = levels}}, call.now));
  call.run(100ms);
  ASSERT_THAT(call.right->frames, SizeIs(1));
  EXPECT_EQ(call.right->frames[0].arrived.frame.data, data);
  EXPECT_THAT(call.right->frames[0].contributing.sources,
              testing::ElementsAreArray(std::span(many).first(rtp::kMostCsrcs)));
  EXPECT_THAT(call.right->frames[0].contributing.levels, testing::AllOf(SizeIs(rtp::kMostCsrcs), Each(40)));
}

TEST(Contributors, WhoseLevelsDoNotFitThemHaveNone) {
  Mixed call(with_levels(audio_section()));
  const Bytes data(60, 5);
  ASSERT_TRUE(call.left->session.send(
      kAudio, "", {.data = data, .info = {}, .contributing = {.sources = kTwo, .levels = std::span(kLevels).first(1)}},
      call.now));
  call.run(100ms);
  ASSERT_THAT(call.right->frames, SizeIs(1));
  EXPECT_THAT(call.right->frames[0].contributing.sources, ElementsAre(21U, 22U));
  EXPECT_THAT(call.right->frames[0].contributing.levels, IsEmpty());
}

/// All of them, repeated ones too (RFC 4588 section 4), and no packet becomes larger than it may be.
TEST(Contributors, AreInEveryPacketOfAPicture) {
  Mixed call(video_section());
  std::vector<Bytes> repeated;
  int media = 0;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (rtcp) return false;
    EXPECT_LE(packet.size(), SendStream::kMaxPacket);
    const auto view = rtp::PacketView::parse(packet);
    if (rtp::source_of(packet) == kPictures.retransmission) {
      if (view->payload().size() > 2) repeated.emplace_back(packet.begin(), packet.end());
      return false;
    }
    EXPECT_EQ(view->csrc_count(), 2U);
    return ++media == 2;
  };
  const Bytes key = vp8(true, 4000, 1), delta = vp8(false, 4000, 2);
  for (const Bytes* data : {&key, &delta}) {
    ASSERT_TRUE(call.left->session.send(
        kVideo, "",
        {.data = *data, .info = {.key_frame = data == &key}, .contributing = {.sources = kTwo, .levels = {}}},
        call.now));
    call.run(200ms);
  }
  ASSERT_THAT(repeated, SizeIs(1));
  const auto again = rtp::PacketView::parse(repeated[0]);
  ASSERT_EQ(again->csrc_count(), 2U);
  EXPECT_EQ(again->csrc(1), Ssrc(22));
  ASSERT_THAT(call.right->frames, SizeIs(2));
  EXPECT_EQ(call.right->frames[0].arrived.frame.data, key);
  EXPECT_EQ(call.right->frames[1].arrived.frame.data, delta);
  EXPECT_THAT(call.right->frames[1].contributing.sources, ElementsAre(21U, 22U));
}

TEST(Contributors, ComeOutOfProtectionAgain) {
  Section section = video_section();
  section.send_formats[0].transport_cc = false;  // no pacing
  const Format red{.payload_type = PayloadType(98), .name = "red", .retransmission = PayloadType(99)};
  section.receive_formats.push_back(red);
  section.send_formats.push_back(red);
  section.receive_protecting = section.send_protecting = {.ulpfec = PayloadType(100)};
  Mixed call(section);
  call.to_right.loss = 0.05;
  call.to_right.delay = call.to_left.delay = 150ms;
  for (int i = 0; i < 200; ++i) {
    const bool key = i == 0 || !call.left->requests.empty();
    call.left->requests.clear();
    const Bytes data = vp8(key, 3000, static_cast<std::uint8_t>(i));
    ASSERT_TRUE(call.left->session.send(
        kVideo, "", {.data = data, .info = {.key_frame = key}, .contributing = {.sources = kTwo, .levels = {}}},
        call.now));
    call.run(33ms);
  }
  EXPECT_GT(call.left->session.statistics(call.now).outgoing.at(0).counters.protecting_packets, 20U);
  EXPECT_GT(call.right->frames.size(), 150U);
  for (const ReceivedFrame& frame : call.right->frames) {
    EXPECT_THAT(frame.contributing.sources, ElementsAre(21U, 22U));
    EXPECT_THAT(std::span(frame.arrived.frame.data).subspan(1), Each(frame.arrived.frame.data.back()));
  }
}

TEST(Contributors, OfPacketsArePassedOn) {
  Mixed in(with_levels(audio_section())), out(with_levels(audio_section()));
  in.right->forward = [&](const ReceivedPacket& packet) {
    ASSERT_TRUE(out.left->session.send(
        kAudio, "",
        OutgoingPacket{.payload = packet.packet.payload,
                       .source = packet.source,
                       .number = packet.packet.sequence_number,
                       .timestamp = packet.packet.timestamp,
                       .contributing = {.sources = packet.contributing.sources, .levels = packet.contributing.levels}},
        out.now));
  };
  const Bytes data(60, 5);
  ASSERT_TRUE(in.left->session.send(
      kAudio, "", {.data = data, .info = {}, .contributing = {.sources = kTwo, .levels = kLevels}}, in.now));
  in.run(100ms);
  out.run(100ms);
  ASSERT_THAT(out.right->frames, SizeIs(1));
  EXPECT_THAT(out.right->frames[0].contributing.sources, ElementsAre(21U, 22U));
  EXPECT_THAT(out.right->frames[0].contributing.levels, ElementsAre(30, 127));
}

}  // namespace
}  // namespace parley::media::test
