#include "rtp/packet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace parley::rtp {
namespace {

// clang-format off
/// As a browser sends the last packet of a VP8 frame: MID, abs-send-time, transport-wide number.
const Bytes kVideo{0x90, 0xE0, 0x30, 0x39, 0x11, 0x22, 0x33, 0x44, 0xCA, 0xFE, 0xBA, 0xBE,
                   0xBE, 0xDE, 0x00, 0x03, 0x40, 0x31, 0x22, 0x9A, 0xBC, 0xDE, 0x31, 0x12, 0x34, 0x00, 0x00, 0x00,
                   0x90, 0x80, 0x01};
/// Two contributing sources, four bytes of padding behind two of payload.
const Bytes kMixed{0xA2, 0x6F, 0xFF, 0xFF, 0x00, 0x00, 0x03, 0xC0, 0x00, 0x00, 0x00, 0x01,
                   0x00, 0x00, 0x00, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF,
                   0xAB, 0xCD, 0x00, 0x00, 0x00, 0x04};
// clang-format on

/// A packet whose extensions are this block, which is filled up to a whole word.
Bytes with_block(std::uint16_t profile, Bytes block) {
  while (block.size() % 4 != 0) block.push_back(0);
  Bytes packet{0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3};
  ByteWriter(packet)
      .number(profile)
      .number(static_cast<std::uint16_t>(block.size() / 4))
      .bytes(block)
      .number(std::uint8_t{0x77});
  return packet;
}

std::optional<Bytes> extension_of(const Bytes& packet, std::uint8_t id) {
  const auto view = PacketView::parse(packet);
  if (!view) return std::nullopt;
  EXPECT_EQ(view->payload().size(), 1U);
  const auto value = view->extension(id);
  return value ? std::optional(Bytes(value->begin(), value->end())) : std::nullopt;
}

Bytes copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

TEST(RtpPacket, ReadsWhatABrowserSends) {
  const auto view = PacketView::parse(kVideo);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header().payload_type, PayloadType(96));
  EXPECT_TRUE(view->header().marker);
  EXPECT_EQ(view->header().sequence_number, 12345);
  EXPECT_EQ(view->header().timestamp, 0x11223344U);
  EXPECT_EQ(view->header().ssrc, Ssrc(0xCAFEBABE));
  EXPECT_EQ(view->csrc_count(), 0U);
  EXPECT_EQ(view->header_size(), 28U);
  EXPECT_EQ(copy(view->payload()), (Bytes{0x90, 0x80, 0x01}));
  EXPECT_EQ(copy(view->extension(4).value()), (Bytes{'1'}));
  EXPECT_EQ(copy(view->extension(2).value()), (Bytes{0x9A, 0xBC, 0xDE}));
  EXPECT_EQ(copy(view->extension(3).value()), (Bytes{0x12, 0x34}));
  EXPECT_FALSE(view->extension(1));
  EXPECT_FALSE(view->extension(0));
}

TEST(RtpPacket, KeepsPaddingOutOfThePayload) {
  const auto view = PacketView::parse(kMixed);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header().payload_type, PayloadType(111));
  EXPECT_FALSE(view->header().marker);
  EXPECT_EQ(copy(view->payload()), (Bytes{0xAB, 0xCD}));
  EXPECT_EQ(view->padding_size(), 4U);
  ASSERT_EQ(view->csrc_count(), 2U);
  EXPECT_EQ(view->csrc(0), Ssrc(10));
  EXPECT_EQ(view->csrc(1), Ssrc(0xFFFFFFFF));
}

TEST(RtpPacket, OfNothingButPaddingHasAnEmptyPayload) {
  Bytes packet{0xA0, 97, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3};
  packet.resize(12 + 255, 0);
  packet.back() = 255;
  const auto view = PacketView::parse(packet);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->payload().empty());
  EXPECT_EQ(view->padding_size(), 255U);
}

TEST(RtpPacket, PaddingReachesNeitherIntoTheHeaderNorIsItNothing) {
  Bytes packet = kMixed;
  packet.back() = 7;  // one more than there is behind the header
  EXPECT_FALSE(PacketView::parse(packet));
  packet.back() = 6;
  EXPECT_TRUE(PacketView::parse(packet));
  packet.back() = 0;
  EXPECT_FALSE(PacketView::parse(packet));
}

TEST(RtpPacket, OfAnotherVersionIsNone) {
  for (const std::uint8_t first : Bytes{0x00, 0x40, 0xC0, 0x16}) {
    Bytes packet(20, 0);
    packet[0] = first;
    const auto view = PacketView::parse(packet);
    ASSERT_FALSE(view);
    EXPECT_EQ(view.error().kind, ErrorKind::DataError);
  }
}

/// Whatever part of a packet is missing, the rest is either refused or read within its bounds.
TEST(RtpPacket, CutOffAnywhereIsNotReadBeyondItsEnd) {
  for (const Bytes* whole : {&kVideo, &kMixed}) {
    const std::size_t header = PacketView::parse(*whole)->header_size();
    for (std::size_t size = 0; size < whole->size(); ++size) {
      const Bytes packet(whole->begin(), whole->begin() + static_cast<std::ptrdiff_t>(size));
      const auto view = PacketView::parse(packet);
      if (size < header) {
        EXPECT_FALSE(view) << size;
      } else if (view) {
        EXPECT_EQ(view->header_size() + view->payload().size() + view->padding_size(), size);
      }
    }
  }
}

TEST(RtpPacket, BytesOfZeroBetweenExtensionsArePadding) {
  const Bytes packet = with_block(0xBEDE, {0, 0, 0x50, 0xAA, 0, 0x61, 0xBB, 0xCC});
  EXPECT_EQ(extension_of(packet, 5), (Bytes{0xAA}));
  EXPECT_EQ(extension_of(packet, 6), (Bytes{0xBB, 0xCC}));
}

/// RFC 8285 section 4.2.
TEST(RtpPacket, IdFifteenEndsTheExtensions) {
  const Bytes packet = with_block(0xBEDE, {0x50, 0xAA, 0xF0, 0x00, 0x60, 0xBB});
  EXPECT_EQ(extension_of(packet, 5), (Bytes{0xAA}));
  EXPECT_EQ(extension_of(packet, 6), std::nullopt);
  EXPECT_EQ(extension_of(packet, 15), std::nullopt);
}

/// The same section: neither padding nor an extension.
TEST(RtpPacket, IdZeroWithALengthEndsTheExtensions) {
  const Bytes packet = with_block(0xBEDE, {0x50, 0xAA, 0x01, 0x00, 0x00, 0x60, 0xBB});
  EXPECT_EQ(extension_of(packet, 5), (Bytes{0xAA}));
  EXPECT_EQ(extension_of(packet, 6), std::nullopt);
}

TEST(RtpPacket, AnExtensionThatIsTooLongIsAsIfNotThere) {
  const Bytes packet = with_block(0xBEDE, {0x50, 0xAA, 0x6F, 0xBB});
  EXPECT_EQ(extension_of(packet, 5), (Bytes{0xAA}));
  EXPECT_EQ(extension_of(packet, 6), std::nullopt);
  const Bytes two_byte = with_block(0x1000, {5, 1, 0xAA, 6, 5, 1, 2, 3});
  EXPECT_EQ(extension_of(two_byte, 5), (Bytes{0xAA}));
  EXPECT_EQ(extension_of(two_byte, 6), std::nullopt);
  const Bytes without_length = with_block(0x1000, {5, 1, 0xAA, 6});
  EXPECT_EQ(extension_of(without_length, 6), std::nullopt);
}

TEST(RtpPacket, ReadsTheTwoByteFormWithWhateverTheApplicationPutsBesideIt) {
  for (const std::uint16_t profile : std::vector<std::uint16_t>{0x1000, 0x1001, 0x100F}) {
    const Bytes packet = with_block(profile, {15, 2, 1, 2, 0, 200, 0, 16, 1, 9});
    EXPECT_EQ(extension_of(packet, 15), (Bytes{1, 2}));
    EXPECT_EQ(extension_of(packet, 200), Bytes());
    EXPECT_EQ(extension_of(packet, 16), (Bytes{9}));
  }
}

TEST(RtpPacket, OtherHeaderExtensionsAreSkipped) {
  for (const std::uint16_t profile : std::vector<std::uint16_t>{0x0000, 0xBEDF, 0x1010, 0x0FFF}) {
    const Bytes packet = with_block(profile, {0x50, 0xAA, 5, 1});
    EXPECT_EQ(extension_of(packet, 5), std::nullopt);
    EXPECT_EQ(PacketView::parse(packet)->header_size(), 20U);
  }
}

TEST(RtpHeader, WithoutExtensionsHasTwelveBytes) {
  Bytes out(header_size({}));
  write_header({.payload_type = PayloadType(96),
                .marker = true,
                .sequence_number = 0x1234,
                .timestamp = 0xDEADBEEF,
                .ssrc = Ssrc(0x01020304)},
               {}, out);
  EXPECT_EQ(out, (Bytes{0x80, 0xE0, 0x12, 0x34, 0xDE, 0xAD, 0xBE, 0xEF, 1, 2, 3, 4}));
}

TEST(RtpHeader, IsWrittenAsABrowserWritesIt) {
  const Bytes mid{'1'}, time{0x9A, 0xBC, 0xDE}, number{0x12, 0x34};
  const Extension extensions[] = {{4, mid}, {2, time}, {3, number}};
  ASSERT_EQ(header_size(extensions), 28U);
  Bytes out(28, 0xFF);
  write_header(PacketView::parse(kVideo)->header(), extensions, out);
  EXPECT_EQ(out, copy(ByteView(kVideo).first(28)));
}

/// RFC 3550 section 5.1.
TEST(RtpHeader, NamesContributingSourcesBeforeItsExtensions) {
  const std::uint32_t sources[] = {0x01020304, 0xA0B0C0D0};
  const Bytes value{9, 8};
  const Extension extension{5, value};
  Bytes out(header_size({}, sources));
  write_header({.payload_type = PayloadType(96), .ssrc = Ssrc(7)}, {}, out, sources);
  EXPECT_EQ(out, (Bytes{0x82, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0}));
  out.resize(header_size({&extension, 1}, sources));
  write_header({.payload_type = PayloadType(96), .ssrc = Ssrc(7)}, {&extension, 1}, out, sources);
  EXPECT_EQ(Bytes(out.begin() + 20, out.end()), (Bytes{0xBE, 0xDE, 0, 1, 0x51, 9, 8, 0}));
  EXPECT_EQ(value_offset({&extension, 1}, 5, sources), 25U);
  out.push_back(0x55);
  const auto view = PacketView::parse(out);
  ASSERT_EQ(view->csrc_count(), 2U);
  EXPECT_EQ(view->csrc(1), Ssrc(0xA0B0C0D0));
  EXPECT_EQ(extension_of(out, 5), value);
}

/// One byte is enough for ids up to 14 and values of 1 to 16 bytes.
TEST(RtpHeader, ChoosesTheSmallestFormThatHoldsItsExtensions) {
  const Bytes empty, one(1, 1), sixteen(16, 2), seventeen(17, 3);
  const auto profile = [](const Extension& extension) {
    Bytes out(header_size({&extension, 1}));
    write_header({}, {&extension, 1}, out);
    return out[12] << 8 | out[13];
  };
  EXPECT_EQ(profile({14, one}), 0xBEDE);
  EXPECT_EQ(profile({1, sixteen}), 0xBEDE);
  EXPECT_EQ(profile({15, one}), 0x1000);
  EXPECT_EQ(profile({1, seventeen}), 0x1000);
  EXPECT_EQ(profile({1, empty}), 0x1000);
}

TEST(RtpHeader, ReadsBackWhateverExtensionsItHas) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const bool small = round % 2 == 0;
    std::vector<Bytes> values(random() % 8);
    std::vector<Extension> extensions;
    for (Bytes& value : values) {
      value.resize(small ? 1 + random() % 16 : random() % 256);
      for (std::uint8_t& byte : value) byte = static_cast<std::uint8_t>(random());
      const auto id = static_cast<std::uint8_t>(extensions.size() + 1 + (small ? random() % 7 : random() % 240));
      if (std::ranges::find(extensions, id, &Extension::id) == extensions.end()) extensions.push_back({id, value});
    }
    const Header header{.payload_type = PayloadType(static_cast<std::uint8_t>(random() % 128)),
                        .marker = random() % 2 == 0,
                        .sequence_number = static_cast<std::uint16_t>(random()),
                        .timestamp = static_cast<std::uint32_t>(random()),
                        .ssrc = Ssrc(static_cast<std::uint32_t>(random()))};
    Bytes packet(header_size(extensions) + 3, 0x55);
    write_header(header, extensions, packet);
    const auto view = PacketView::parse(packet);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->header_size(), header_size(extensions));
    EXPECT_EQ(copy(view->payload()), Bytes(3, 0x55));
    EXPECT_EQ(view->header().payload_type, header.payload_type);
    EXPECT_EQ(view->header().marker, header.marker);
    EXPECT_EQ(view->header().sequence_number, header.sequence_number);
    EXPECT_EQ(view->header().timestamp, header.timestamp);
    EXPECT_EQ(view->header().ssrc, header.ssrc);
    for (const Extension& extension : extensions) {
      const auto value = view->extension(extension.id);
      ASSERT_TRUE(value);
      EXPECT_EQ(copy(*value), copy(extension.value));
    }
  }
}

TEST(RtpHeader, TellsWhereTheValueOfAnExtensionIs) {
  const Bytes one{1}, two{2, 2}, many(20, 3);
  const std::array small{Extension{4, one}, Extension{5, two}, Extension{6, one}};
  EXPECT_EQ(value_offset(small, 4), 17U);
  EXPECT_EQ(value_offset(small, 5), 19U);
  EXPECT_EQ(value_offset(small, 6), 22U);
  EXPECT_EQ(value_offset(small, 7), 0U);
  const std::array large{Extension{4, many}, Extension{5, two}};  // needs the longer form
  EXPECT_EQ(value_offset(large, 4), 18U);
  EXPECT_EQ(value_offset(large, 5), 40U);
  for (const auto& list : {std::span<const Extension>(small), std::span<const Extension>(large)}) {
    Bytes packet(header_size(list));
    write_header({}, list, packet);
    const auto view = PacketView::parse(packet);
    ASSERT_TRUE(view);
    for (const Extension& extension : list)
      EXPECT_EQ(view->extension(extension.id)->data(), packet.data() + value_offset(list, extension.id));
  }
}

/// RFC 5761 section 4: payload types 64 to 95 are not used for RTP, so that the marker does not make RTCP of them.
TEST(RtpPacket, IsToldFromRtcpByItsSecondByte) {
  for (unsigned second = 0; second < 256; ++second) {
    const Bytes packet{0x80, static_cast<std::uint8_t>(second), 0, 0};
    EXPECT_EQ(is_rtcp(packet), (second & 0x7F) >= 64 && (second & 0x7F) <= 95 && second >= 128) << second;
  }
  EXPECT_FALSE(is_rtcp(Bytes{0x80}));
  EXPECT_FALSE(is_rtcp(Bytes{}));
}

}  // namespace
}  // namespace parley::rtp
