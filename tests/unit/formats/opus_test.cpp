#include "formats/opus.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using test::bytes;

unsigned samples(int configuration, int code, int count = 0) {
  const auto packet = read_opus_packet(bytes({configuration << 3 | code, count, 1, 2, 3}));
  return packet ? packet->samples : 0;
}

TEST(Opus, KnowsHowLongEveryConfigurationIs) {
  constexpr unsigned kExpected[32] = {480,  960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 1920,
                                      2880, 480, 960,  480,  960, 120, 240,  480,  960, 120, 240,
                                      480,  960, 120,  240,  480, 960, 120,  240,  480, 960};
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(samples(i, 0), kExpected[i]) << i;
    EXPECT_EQ(samples(i, 1), 2 * kExpected[i]) << i;
    EXPECT_EQ(samples(i, 2), 2 * kExpected[i]) << i;
    EXPECT_EQ(samples(i, 3, 0x80 | 0x40 | 1), kExpected[i]) << i;
  }
}

TEST(Opus, CountsFramesAsFarAsTheLongestPacket) {
  EXPECT_EQ(samples(31, 3, 6), 5760U);
  EXPECT_EQ(samples(31, 3, 7), 0U);
  EXPECT_EQ(samples(28, 3, 48), 5760U);
  EXPECT_EQ(samples(28, 3, 49), 0U);
  EXPECT_EQ(samples(3, 3, 2), 5760U);
  EXPECT_EQ(samples(3, 3, 3), 0U);
  EXPECT_EQ(read_opus_packet(bytes({31 << 3 | 3, 5, 1}))->frames, 5);
}

TEST(Opus, RefusesPacketsOfNothing) {
  EXPECT_FALSE(read_opus_packet({}));
  EXPECT_FALSE(read_opus_packet(bytes({31 << 3 | 3})));
  EXPECT_FALSE(read_opus_packet(bytes({31 << 3 | 3, 0x80, 1})));
}

TEST(Opus, KnowsStereo) {
  EXPECT_FALSE(read_opus_packet(bytes({0x78, 1}))->stereo);
  EXPECT_TRUE(read_opus_packet(bytes({0x7C, 1}))->stereo);
}

TEST(Opus, KnowsPausesFromSound) {
  EXPECT_TRUE(read_opus_packet(bytes({0x78}))->silent);
  EXPECT_FALSE(read_opus_packet(bytes({0x78, 1}))->silent);
  EXPECT_TRUE(read_opus_packet(bytes({0x7B, 2}))->silent);
  EXPECT_FALSE(read_opus_packet(bytes({0x7B, 2, 1}))->silent);
}

}  // namespace
}  // namespace parley::formats
