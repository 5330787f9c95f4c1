#include "rtp/packet.hpp"

#include <gmock/gmock.h>

#include <random>

#include "rtp/extension_map.hpp"
#include "rtp/sequence.hpp"

namespace parley::rtp {
namespace {

using testing::ElementsAre;

Bytes packet_of(const Header& header, std::span<const Extension> extensions, ByteView payload) {
  Bytes packet(header_size(extensions));
  write_header(header, extensions, packet);
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

const Header kHeader{.payload_type = PayloadType(96),
                     .marker = true,
                     .sequence_number = 0x1234,
                     .timestamp = 0x89ABCDEF,
                     .ssrc = Ssrc(0xDEADBEEF)};

TEST(RtpPacket, ReadsTheFixedHeader) {
  const Bytes bytes{0x80, 0xE0, 0x12, 0x34, 0x89, 0xAB, 0xCD, 0xEF, 0xDE, 0xAD, 0xBE, 0xEF, 1, 2, 3};
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->header().payload_type, PayloadType(96));
  EXPECT_TRUE(packet->header().marker);
  EXPECT_EQ(packet->header().sequence_number, 0x1234);
  EXPECT_EQ(packet->header().timestamp, 0x89ABCDEFU);
  EXPECT_EQ(packet->header().ssrc, Ssrc(0xDEADBEEF));
  EXPECT_THAT(packet->payload(), ElementsAre(1, 2, 3));
  EXPECT_EQ(packet_of(kHeader, {}, packet->payload()), bytes);
}

TEST(RtpPacket, KeepsPaddingAndSourcesOutOfThePayload) {
  const Bytes bytes{0xA2, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 8, 0xAA, 0, 0, 3};
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->csrc_count(), 2U);
  EXPECT_EQ(packet->csrc(1), Ssrc(8));
  EXPECT_THAT(packet->payload(), ElementsAre(0xAA));
  EXPECT_EQ(packet->padding_size(), 3U);
}

TEST(RtpPacket, ReadsOneByteExtensionsAsInRfc8285) {
  // Section 4.2: an element of one byte, padding, an element of three bytes.
  const Bytes bytes{0x90, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0, 2, 0x10, 0xAA, 0, 0x22, 1, 2, 3, 0, 9};
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_THAT(*packet->extension(1), ElementsAre(0xAA));
  EXPECT_THAT(*packet->extension(2), ElementsAre(1, 2, 3));
  EXPECT_EQ(packet->extension(3), std::nullopt);
  EXPECT_EQ(packet->extension(0), std::nullopt);
  EXPECT_THAT(packet->payload(), ElementsAre(9));
}

TEST(RtpPacket, NothingIsReadAfterTheReservedId) {
  const Bytes bytes{0x90, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0, 1, 0xF0, 1, 0x10, 2};
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->extension(15), std::nullopt);
  EXPECT_EQ(packet->extension(1), std::nullopt);
}

TEST(RtpPacket, BrokenElementsDoNotMakeThePacketUseless) {
  const Bytes bytes{0x90, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0, 1, 0x10, 7, 0x2F, 2, 5};
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_THAT(*packet->extension(1), ElementsAre(7));
  EXPECT_EQ(packet->extension(2), std::nullopt);
  EXPECT_THAT(packet->payload(), ElementsAre(5));
}

TEST(RtpPacket, AnUnknownProfileIsSkipped) {
  const Bytes bytes{0x90, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0x12, 0x34, 0, 1, 0x10, 7, 0x10, 2, 5};
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->extension(1), std::nullopt);
  EXPECT_THAT(packet->payload(), ElementsAre(5));
}

TEST(RtpPacket, ExtensionsOfEveryLengthComeBack) {
  std::minstd_rand random(7);
  for (std::size_t length = 1; length <= 255; ++length) {
    Bytes first(length), second(1 + random() % 16);
    for (std::uint8_t& byte : first) byte = static_cast<std::uint8_t>(random());
    for (std::uint8_t& byte : second) byte = static_cast<std::uint8_t>(random());
    const auto id = static_cast<std::uint8_t>(1 + random() % (length % 2 == 0 ? 14 : 255));
    const auto other = static_cast<std::uint8_t>(id == 1 ? 2 : 1);
    const Extension extensions[] = {{id, first}, {other, second}};
    const Bytes payload{1, 2, 3, 4, 5};
    const Bytes bytes = packet_of(kHeader, extensions, payload);
    const auto packet = PacketView::parse(bytes);
    ASSERT_TRUE(packet);
    EXPECT_EQ(Bytes(packet->extension(id)->begin(), packet->extension(id)->end()), first);
    EXPECT_EQ(Bytes(packet->extension(other)->begin(), packet->extension(other)->end()), second);
    EXPECT_EQ(packet->header_size() % 4, 0U);
    EXPECT_THAT(packet->payload(), ElementsAre(1, 2, 3, 4, 5));
    EXPECT_EQ(bytes[12], length <= 16 && id <= 14 ? 0xBE : 0x10);
  }
}

TEST(RtpPacket, AValueIsWrittenOverInPlace) {
  const Bytes value{0, 0};
  const Extension extensions[] = {{3, value}};
  Bytes bytes = packet_of(kHeader, extensions, Bytes{9});
  const auto place = extension_in(bytes, 3);
  ASSERT_TRUE(place);
  (*place)[1] = 42;
  EXPECT_THAT(*PacketView::parse(bytes)->extension(3), ElementsAre(0, 42));
  EXPECT_FALSE(extension_in(bytes, 4));
}

TEST(RtpPacket, EveryTruncationIsRefusedOrRead) {
  const Bytes value(20, 5);
  const Extension extensions[] = {{3, value}, {200, value}};
  Bytes bytes = packet_of(kHeader, extensions, Bytes(10, 1));
  bytes[0] |= 0x20 | 3;  // padding and sources, whatever that makes of it
  for (std::size_t size = 0; size < bytes.size(); ++size)
    if (const auto packet = PacketView::parse(ByteView(bytes).first(size))) {
      EXPECT_LE(packet->header_size() + packet->payload().size() + packet->padding_size(), size);
    }
}

TEST(RtpPacket, RefusesWhatIsNotRtp) {
  EXPECT_FALSE(PacketView::parse({}));
  EXPECT_FALSE(PacketView::parse(Bytes(11, 0x80)));
  EXPECT_FALSE(PacketView::parse(Bytes(12, 0x40)));
  Bytes padding(13, 0);
  padding[0] = 0xA0;
  EXPECT_FALSE(PacketView::parse(padding));  // no bytes of padding are none
  padding[12] = 2;
  EXPECT_FALSE(PacketView::parse(padding));  // more than there is
}

TEST(RtpPacket, RtcpIsToldByItsType) {
  EXPECT_TRUE(is_rtcp(Bytes{0x80, 200}));
  EXPECT_TRUE(is_rtcp(Bytes{0x80, 206}));
  EXPECT_FALSE(is_rtcp(Bytes{0x80, 96}));
  EXPECT_FALSE(is_rtcp(Bytes{0x80, 224}));  // payload type 96 with the marker
  EXPECT_FALSE(is_rtcp(Bytes{0x80}));
}

TEST(RtpSequence, LaterIsLessThanHalfTheCircleAway) {
  EXPECT_TRUE(is_later<std::uint16_t>(1, 0));
  EXPECT_TRUE(is_later<std::uint16_t>(0, 65535));
  EXPECT_FALSE(is_later<std::uint16_t>(65535, 0));
  EXPECT_FALSE(is_later<std::uint16_t>(5, 5));
  EXPECT_TRUE(is_later<std::uint16_t>(32767, 0));
  EXPECT_FALSE(is_later<std::uint16_t>(32768, 0));
}

TEST(RtpSequence, UnwrapsForwardsAndBackwards) {
  SequenceUnwrapper unwrapper;
  const std::int64_t start = unwrapper.unwrap(65534);
  EXPECT_EQ(unwrapper.unwrap(1), start + 3);
  EXPECT_EQ(unwrapper.unwrap(65535), start + 1);
  EXPECT_EQ(unwrapper.unwrap(10), start + 12);
}

TEST(RtpSequence, NeverGoesBelowZero) {
  SequenceUnwrapper unwrapper;
  std::minstd_rand random(3);
  unwrapper.unwrap(0);
  for (std::uint32_t i = 0; i < 100'000; ++i) EXPECT_GE(unwrapper.unwrap(static_cast<std::uint16_t>(i * 40'000)), 0);
}

TEST(RtpExtensionMap, FindsTheIdOfAKind) {
  ExtensionMap map;
  map.set(5, *kind_of("urn:ietf:params:rtp-hdrext:sdes:mid"));
  EXPECT_EQ(map.id(ExtensionKind::Mid), 5);
  EXPECT_EQ(map.id(ExtensionKind::Rid), 0);
  EXPECT_EQ(kind_of("urn:something:else"), std::nullopt);
}

}  // namespace
}  // namespace parley::rtp
