#include "formats/red.hpp"

#include <gmock/gmock.h>

namespace parley::formats {
namespace {

using testing::ElementsAre;

TEST(Red, ASingleBlockIsOneByteMore) {
  const Bytes payload{96, 1, 2, 3};
  const auto blocks = read_red(payload);
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 1U);
  EXPECT_EQ((*blocks)[0].payload_type, PayloadType(96));
  EXPECT_THAT((*blocks)[0].data, ElementsAre(1, 2, 3));
}

TEST(Red, RepeatedBlocksComeFirst) {
  // 960 units earlier, two bytes: 960 << 10 | 2.
  const Bytes payload{0x80 | 111, 0x0F, 0x00, 0x02, 111, 7, 8, 9};
  const auto blocks = read_red(payload);
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 2U);
  EXPECT_EQ((*blocks)[0].timestamp_offset, 960);
  EXPECT_THAT((*blocks)[0].data, ElementsAre(7, 8));
  EXPECT_EQ((*blocks)[1].timestamp_offset, 0);
  EXPECT_THAT((*blocks)[1].data, ElementsAre(9));
}

TEST(Red, WhatIsCutOffIsRefused) {
  EXPECT_FALSE(read_red({}));
  EXPECT_FALSE(read_red(Bytes{0x80, 0, 0}));
  EXPECT_FALSE(read_red(Bytes{0x80, 0, 0, 1}));
  EXPECT_FALSE(read_red(Bytes{0x80, 0, 0, 5, 1, 2}));
  EXPECT_FALSE(read_red(Bytes(400, 0x80)));
}

}  // namespace
}  // namespace parley::formats
