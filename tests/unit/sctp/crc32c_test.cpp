#include "sctp/crc32c.hpp"

#include <gtest/gtest.h>

#include "sctp/packet.hpp"

namespace parley::sctp {
namespace {

void both(ByteView bytes, std::uint32_t expected) {
  EXPECT_EQ(crc32c(bytes), expected);
  EXPECT_EQ(crc32c_by_table(bytes), expected);
}

TEST(Crc32c, MatchesTheVectorsOfRfc3720AppendixB4) {
  Bytes counting(32), falling(32);
  for (std::uint8_t i = 0; i < 32; ++i) {
    counting[i] = i;
    falling[i] = static_cast<std::uint8_t>(31 - i);
  }
  both(Bytes(32, 0x00), 0x8A9136AA);
  both(Bytes(32, 0xFF), 0x62A8AB43);
  both(counting, 0x46DD794E);
  both(falling, 0x113FDB5C);
  const Bytes read_command = {0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                              0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
                              0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
                              0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
  both(read_command, 0xD9963A56);
}

TEST(Crc32c, MatchesTheCheckValueAndNothing) {
  both(as_bytes("123456789"), 0xE3069283);
  both({}, 0);
}

TEST(Crc32c, InstructionAndTableAgreeOnEveryLength) {
  Bytes bytes(64);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + 11);
  for (std::size_t n = 0; n <= bytes.size(); ++n)
    EXPECT_EQ(crc32c(ByteView(bytes).first(n)), crc32c_by_table(ByteView(bytes).first(n)));
}

TEST(Crc32c, AChecksumIsWrittenLeastSignificantByteFirst) {
  // A COOKIE ACK; the field is not part of what is summed.
  Bytes packet = {0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 0xAA, 0xBB, 0xCC, 0xDD, 0x0B, 0, 0, 4};
  write_checksum(packet);
  const std::uint32_t written = std::uint32_t{packet[8]} | std::uint32_t{packet[9]} << 8 |
                                std::uint32_t{packet[10]} << 16 | std::uint32_t{packet[11]} << 24;
  std::fill_n(packet.begin() + 8, 4, std::uint8_t{0});
  EXPECT_EQ(written, crc32c(packet));
}

}  // namespace
}  // namespace parley::sctp
