#include "formats/av1_obu.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

TEST(Obu, NumbersComeBack) {
  for (const std::uint32_t value : {0U, 1U, 127U, 128U, 16383U, 16384U, 0xFFFFFFFFU}) {
    Bytes written;
    append_leb128(written, value);
    ByteReader reader(written);
    EXPECT_EQ(read_leb128(reader), value);
    EXPECT_EQ(reader.remaining(), 0U);
  }
}

TEST(Obu, NumbersMayBeLongerThanNeeded) {
  const Bytes padded = bytes({0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00});
  ByteReader reader(padded);
  EXPECT_EQ(read_leb128(reader), 5U);
}

TEST(Obu, RefusesNumbersThatAreCutOffOrTooLarge) {
  for (const Bytes& wrong : {Bytes(), bytes({0x80}), bytes({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}),
                             bytes({0x80, 0x80, 0x80, 0x80, 0x10})}) {
    ByteReader reader(wrong);
    EXPECT_FALSE(read_leb128(reader));
  }
}

TEST(Obu, ReadsOneAfterTheOther) {
  const Bytes stream = bytes({0x12, 0x00, 0x36, 0x20, 0x02, 1, 2, 0x30, 3, 4});
  ByteReader reader(stream);
  const auto delimiter = read_obu(reader);
  EXPECT_TRUE(delimiter->is(ObuType::TemporalDelimiter));
  EXPECT_TRUE(delimiter->content.empty());
  const auto extended = read_obu(reader);
  EXPECT_EQ(extended->type(), 6);
  EXPECT_EQ(extended->header.size(), 2U);
  EXPECT_EQ(extended->content.size(), 2U);
  const auto open = read_obu(reader);
  EXPECT_EQ(open->header.size(), 1U);
  EXPECT_EQ(open->content.size(), 2U);
  EXPECT_FALSE(read_obu(reader));
}

FrameInfo size_of(const Bytes& sequence) {
  FrameInfo info;
  read_sequence_header(sequence, info);
  return info;
}

TEST(Obu, ReadsTheSizeOfASequenceHeader) {
  const FrameInfo info = size_of(bytes({0x00, 0x00, 0x00, 0x03, 0x2C, 0x1C, 0x4D, 0xAF, 0x90, 0x04}));
  EXPECT_EQ(info.width, 66);
  EXPECT_EQ(info.height, 50);
}

TEST(Obu, ReadsTheSizeOfAReducedSequenceHeader) {
  // 000 1 1 00000 | 9 bits of width, 8 of height: 320 x 240.
  // 0001 1000 | 00 1000 01|11 1001 11|111 1 1110|1111 ....
  const FrameInfo info = size_of(bytes({0x18, 0x21, 0xE7, 0xFD, 0xE0}));
  EXPECT_EQ(info.width, 320);
  EXPECT_EQ(info.height, 240);
}

TEST(Obu, ReadsTheSizeBehindTimingAndOperatingPoints) {
  std::string bits =
      "000"
      "0"
      "0"
      "1";  // profile, still, reduced, timing
  bits +=
      "00000000000000000000001111101000"  // 1000
      "00000000000000101011111100100000"  // 180000
      "1"
      "00100"
      "1";  // ticks, equal picture interval 3, model
  bits += "01001" + std::string(32, '0') +
          "11111"
          "11111";  // delays of 10 bits
  bits +=
      "1"
      "00001";  // display delay, two operating points
  bits +=
      "000000000001"
      "01000"
      "1"
      "1" +
      std::string(21, '1') +
      "1"
      "0101";  // level 8 has a tier
  bits +=
      "000000000011"
      "00111"
      "0"
      "0";
  bits +=
      "1000"
      "0111"
      "100111111"
      "11101111";
  Bytes header((bits.size() + 7) / 8);
  for (std::size_t i = 0; i < bits.size(); ++i)
    header[i / 8] = static_cast<std::uint8_t>(header[i / 8] | (bits[i] - '0') << (7 - i % 8));
  const FrameInfo info = size_of(header);
  EXPECT_EQ(info.width, 320);
  EXPECT_EQ(info.height, 240);
  EXPECT_EQ(info.frame_rate, 45) << "a picture is four ticks long";
  for (std::size_t size = 0; size + 1 < header.size(); ++size)
    EXPECT_EQ(size_of(Bytes(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(size))).width, 0) << size;
}

}  // namespace
}  // namespace parley::formats
