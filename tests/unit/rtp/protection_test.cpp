#include "rtp/protection.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "rtp/packet.hpp"

namespace parley::rtp {
namespace {

/// A packet of `size` bytes behind the header, all of the value `fill`.
Bytes packet(const Header& header, std::size_t size, std::uint8_t fill) {
  Bytes made(kFixedHeader + size, fill);
  write_header(header, {}, made);
  return made;
}

/// The protection of these packets, with room for the longest.
Protection protect(std::uint16_t base, const std::vector<Bytes>& packets) {
  Protection protection{.base = base};
  std::size_t longest = 0;
  for (const Bytes& one : packets) longest = std::max(longest, one.size() - kFixedHeader);
  protection.parity.content.resize(longest);
  for (const Bytes& one : packets) {
    protection.parity.fold(one);
    protection.mask.set(static_cast<std::uint16_t>((one[2] << 8 | one[3]) - base));
  }
  return protection;
}

/// RFC 5109 section 10.1: A to D, and the FEC of all of them.
std::vector<Bytes> example() {
  const auto one = [](std::uint8_t type, bool marker, std::uint16_t number, std::uint32_t timestamp, std::size_t size) {
    return packet({.payload_type = PayloadType(type),
                   .marker = marker,
                   .sequence_number = number,
                   .timestamp = timestamp,
                   .ssrc = Ssrc(2)},
                  size, static_cast<std::uint8_t>(number));
  };
  return {one(11, true, 8, 3, 200), one(18, false, 9, 5, 140), one(11, true, 10, 7, 100), one(18, false, 11, 9, 340)};
}

TEST(Ulpfec, IsWrittenAsTheExampleOfRfc5109) {
  Bytes written;
  write_ulpfec(protect(8, example()), written);
  ASSERT_EQ(written.size(), 14U + 340U);
  // No flags, type 0, base 8, timestamps 8, lengths 372, 340 bytes protected, four packets.
  const Bytes header{0, 0, 0, 8, 0, 0, 0, 8, 372 >> 8, 372 & 0xFF, 340 >> 8, 340 & 0xFF, 0xF0, 0};
  EXPECT_EQ(Bytes(written.begin(), written.begin() + 14), header);
  EXPECT_EQ(written[14], 8 ^ 9 ^ 10 ^ 11);
  EXPECT_EQ(written[14 + 100], 8 ^ 9 ^ 11);
  EXPECT_EQ(written[14 + 140], 8 ^ 11);
  EXPECT_EQ(written[14 + 339], 11);
}

TEST(Ulpfec, GivesAnyOfItsPacketsBack) {
  const auto packets = example();
  Bytes written;
  write_ulpfec(protect(8, packets), written);
  const auto read = parse_ulpfec(written);
  ASSERT_TRUE(read);
  for (std::size_t lost = 0; lost < packets.size(); ++lost) {
    Parity parity = read->parity;
    for (std::size_t i = 0; i < packets.size(); ++i)
      if (i != lost) parity.fold(packets[i]);
    EXPECT_EQ(parity.packet(Ssrc(2), static_cast<std::uint16_t>(8 + lost)), packets[lost]) << lost;
  }
}

TEST(Ulpfec, ReadsLongMasks) {
  Protection protection{.base = 0xFFF0};
  protection.mask.set(0).set(15).set(16).set(47);
  protection.parity.content = {1, 2, 3};
  Bytes written;
  write_ulpfec(protection, written);
  EXPECT_EQ(written.size(), kUlpfecHeader + 3);
  EXPECT_EQ(written[0], 0x40);
  EXPECT_EQ(*parse_ulpfec(written), protection);
  EXPECT_TRUE(protection.protects(0xFFF0));
  EXPECT_TRUE(protection.protects(0xFFF0 + 15));
  EXPECT_TRUE(protection.protects(31));
  EXPECT_FALSE(protection.protects(32));
  EXPECT_FALSE(protection.protects(0xFFEF));
}

TEST(Ulpfec, LeavesFurtherLevelsUnread) {
  Bytes written;
  write_ulpfec(protect(8, example()), written);
  const auto alone = *parse_ulpfec(written);
  written.insert(written.end(), {0, 100, 0x80, 0, 1, 2, 3});
  EXPECT_EQ(*parse_ulpfec(written), alone);
}

TEST(Ulpfec, RefusesWhatIsCutOffOrOfNoUse) {
  Protection protection{.base = 1};
  protection.mask.set(20);
  protection.parity.content = {1, 2, 3};
  Bytes whole;
  write_ulpfec(protection, whole);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_ulpfec(ByteView(whole).first(size))) << size;
  Bytes extended = whole;
  extended[0] |= 0x80;
  EXPECT_FALSE(parse_ulpfec(extended));
  protection.mask.reset();
  Bytes empty;
  write_ulpfec(protection, empty);
  EXPECT_FALSE(parse_ulpfec(empty));
}

TEST(Flexfec, IsWrittenAsTheDraftSays) {
  Protection protection{.source = Ssrc(0x01020304), .base = 0x0506};
  protection.parity = {.flags = {0x3F, 0xE0}, .length = 0x0708, .timestamp = 0x090A0B0C, .content = {0xAA}};
  const auto written = [&] {
    Bytes out;
    write_flexfec(protection, out);
    EXPECT_EQ(*parse_flexfec(out), protection);
    return out;
  };
  const Bytes head{0x3F, 0xE0, 7, 8, 9, 10, 11, 12, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6};
  const auto with = [&](std::initializer_list<std::uint8_t> mask) {
    Bytes expected = head;
    expected.insert(expected.end(), mask);
    expected.push_back(0xAA);
    return expected;
  };
  protection.mask.set(0).set(14);
  EXPECT_EQ(written(), with({0xC0, 0x01}));
  protection.mask.set(15).set(45);
  EXPECT_EQ(written(), with({0x40, 0x01, 0xC0, 0, 0, 0x01}));
  protection.mask.set(46).set(108);
  EXPECT_EQ(written(), with({0x40, 0x01, 0x40, 0, 0, 0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0x01}));
}

TEST(Flexfec, RefusesWhatIsCutOffOrOfNoUse) {
  Protection protection{.source = Ssrc(1), .base = 1};
  protection.mask.set(108);
  Bytes whole;
  write_flexfec(protection, whole);
  ASSERT_EQ(whole.size(), kFlexfecHeader);
  EXPECT_TRUE(parse_flexfec(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_flexfec(ByteView(whole).first(size))) << size;
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    Bytes copy = whole;
    copy[at] = value;
    return parse_flexfec(copy).has_value();
  };
  EXPECT_FALSE(changed(0, 0x80));  // a packet that is sent again
  EXPECT_FALSE(changed(0, 0x40));  // rows and columns
  EXPECT_FALSE(changed(8, 2));     // of two sources
  EXPECT_FALSE(changed(24, 0));    // a mask without an end
  EXPECT_FALSE(changed(31, 0));    // nothing is protected
}

TEST(Parity, GivesBackWhateverPacketsHadInTheirHeaders) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<Bytes> packets;
    for (std::uint16_t i = 0; i < 1 + random() % 40; ++i) {
      Bytes one(kFixedHeader + random() % 1400);
      for (std::uint8_t& byte : one) byte = static_cast<std::uint8_t>(random());
      one[0] = static_cast<std::uint8_t>(0x80 | (one[0] & 0x3F));
      one[2] = static_cast<std::uint8_t>((65530 + i) >> 8);
      one[3] = static_cast<std::uint8_t>(65530 + i);
      for (std::size_t at = 8; at < 12; ++at) one[at] = 7;
      packets.push_back(std::move(one));
    }
    Bytes written;
    const bool flexible = round % 2 == 0;
    const Protection made = protect(65530, packets);
    if (flexible) {
      write_flexfec(made, written);
    } else {
      write_ulpfec(made, written);
    }
    auto read = flexible ? parse_flexfec(written) : parse_ulpfec(written);
    ASSERT_TRUE(read);
    const std::size_t lost = random() % packets.size();
    for (std::size_t i = 0; i < packets.size(); ++i)
      if (i != lost) read->parity.fold(packets[i]);
    EXPECT_EQ(read->parity.packet(Ssrc(0x07070707), static_cast<std::uint16_t>(65530 + lost)), packets[lost]);
  }
}

TEST(Parity, RefusesAPacketThatIsLongerThanWhatIsProtected) {
  Parity parity{.length = 3, .content = {1, 2}};
  EXPECT_FALSE(parity.packet(Ssrc(1), 1));
  parity.length = 2;
  EXPECT_EQ(parity.packet(Ssrc(1), 1), (Bytes{0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2}));
}

}  // namespace
}  // namespace parley::rtp
