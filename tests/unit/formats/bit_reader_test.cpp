#include "formats/bit_reader.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using test::bytes;

TEST(BitReader, BeginsWithTheHighestBit) {
  const Bytes data = bytes({0b10100101, 0xFF, 0x00});
  BitReader reader(data);
  EXPECT_TRUE(reader.flag());
  EXPECT_EQ(reader.bits(3), 0b010U);
  EXPECT_EQ(reader.bits(8), 0b01011111U);
  reader.skip(4);
  EXPECT_EQ(reader.bits(8), 0U);
  EXPECT_FALSE(reader.failed());
}

TEST(BitReader, ReadsThirtyTwoBits) {
  const Bytes data = bytes({0xDE, 0xAD, 0xBE, 0xEF});
  EXPECT_EQ(BitReader(data).bits(32), 0xDEADBEEFU);
}

TEST(BitReader, IsZeroAfterTheEndAndSaysSo) {
  const Bytes data = bytes({0xFF});
  BitReader reader(data);
  EXPECT_EQ(reader.bits(12), 0xFF0U);
  EXPECT_TRUE(reader.failed());
  EXPECT_FALSE(reader.flag());
}

TEST(BitReader, ReadsExpGolombCodesOfTheSpecification) {
  // Table 9-2 of ITU-T H.264: 1, 010, 011, 00100, 00101, then 0 0001 0000 (15).
  const Bytes data = bytes({0b10100110, 0b01000010, 0b10000100, 0b00000000});
  BitReader reader(data);
  for (const std::uint32_t expected : {0U, 1U, 2U, 3U, 4U, 15U}) EXPECT_EQ(reader.unsigned_golomb(), expected);
  EXPECT_FALSE(reader.failed());
}

TEST(BitReader, ReadsSignedExpGolombCodesOfTheSpecification) {
  const Bytes data = bytes({0b10100110, 0b01000010, 0b10000000});
  BitReader reader(data);
  for (const std::int32_t expected : {0, 1, -1, 2, -2}) EXPECT_EQ(reader.signed_golomb(), expected);
}

TEST(BitReader, ReadsTheLongestExpGolombCodeAndNoLonger) {
  const Bytes longest = bytes({0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFE});
  BitReader reader(longest);
  EXPECT_EQ(reader.unsigned_golomb(), 0xFFFFFFFEU);
  EXPECT_FALSE(reader.failed());
  BitReader signed_reader(longest);
  EXPECT_EQ(signed_reader.signed_golomb(), -0x7FFFFFFF);
  const Bytes longer = bytes({0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF});
  BitReader refused(longer);
  EXPECT_EQ(refused.unsigned_golomb(), 0U);
  EXPECT_TRUE(refused.failed());
}

TEST(BitReader, RefusesAnExpGolombCodeThatIsCutOff) {
  const Bytes data = bytes({0b00001000});
  BitReader reader(data);
  reader.unsigned_golomb();
  EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace parley::formats
