#include "formats/red.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

/// Type, offset and bytes of each block; nothing if the payload is refused.
struct Block {
  int type;
  int offset;
  Bytes data;
  bool operator==(const Block&) const = default;
};
std::vector<Block> read(const Bytes& payload) {
  std::vector<Block> blocks;
  const auto result = read_red(payload);
  if (!result) return blocks;
  for (const RedBlock& one : *result)
    blocks.push_back({one.payload_type, one.timestamp_offset, Bytes(one.data.begin(), one.data.end())});
  return blocks;
}

TEST(Red, ReadsWhatRfc2198Writes) {
  // Section 4: a block of type 7, offset 160, of 14 bytes, and the packet's own of type 5.
  EXPECT_EQ(read(joined({bytes({0x80 | 7, 0x02, 0x80, 14, 5}), noise(14, 1), noise(20, 2)})),
            (std::vector<Block>{{7, 160, noise(14, 1)}, {5, 0, noise(20, 2)}}));
}

TEST(Red, ReadsTheLargestNumbers) {
  EXPECT_EQ(read(joined({bytes({0xFF, 0xFF, 0xFF, 0xFF, 0x7F}), noise(1023, 1)})),
            (std::vector<Block>{{127, 16383, noise(1023, 1)}, {127, 0, {}}}));
}

TEST(Red, RefusesWhatIsCutOff) {
  const Bytes whole = bytes({0x80 | 7, 0x02, 0x80, 2, 0x80 | 8, 0x01, 0x40, 1, 5, 1, 2, 3, 4});
  EXPECT_EQ(read(whole), (std::vector<Block>{{7, 160, bytes({1, 2})}, {8, 80, bytes({3})}, {5, 0, bytes({4})}}));
  for (std::size_t size = 0; size < whole.size() - 1; ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(read_red(cut).has_value(), false) << size;
  }
}

TEST(Red, RefusesMoreRepetitionsThanAnybodySends) {
  const auto of = [](std::size_t blocks) {
    Bytes payload;
    for (std::size_t i = 1; i < blocks; ++i)
      for (const int byte : {0x80 | 7, 0x02, 0x80, 0}) payload.push_back(static_cast<std::uint8_t>(byte));
    payload.push_back(5);
    return payload;
  };
  EXPECT_EQ(read_red(of(32)).value().size(), 32U);
  EXPECT_EQ(read_red(of(33)).has_value(), false);
}

TEST(Red, RepeatsTheFramesBefore) {
  RedWriter writer(2);
  EXPECT_EQ(*writer.write(5, 1000, bytes({1}), 100), bytes({5, 1}));
  EXPECT_EQ(read(*writer.write(5, 1960, bytes({2}), 100)),
            (std::vector<Block>{{5, 960, bytes({1})}, {5, 0, bytes({2})}}));
  EXPECT_EQ(read(*writer.write(6, 2920, bytes({3}), 100)),
            (std::vector<Block>{{5, 1920, bytes({1})}, {5, 960, bytes({2})}, {6, 0, bytes({3})}}));
  EXPECT_EQ(read(*writer.write(6, 3880, bytes({4}), 100)),
            (std::vector<Block>{{5, 1920, bytes({2})}, {6, 960, bytes({3})}, {6, 0, bytes({4})}}));
}

TEST(Red, RepeatsNothingIfNotAsked) {
  RedWriter writer(0);
  EXPECT_EQ(*writer.write(5, 1000, bytes({1}), 100), bytes({5, 1}));
  EXPECT_EQ(*writer.write(5, 1960, bytes({2}), 100), bytes({5, 2}));
}

TEST(Red, RepeatsWhatThereIsRoomFor) {
  RedWriter writer(2);
  (void)writer.write(5, 0, noise(10, 1), 100);
  (void)writer.write(5, 960, noise(20, 2), 100);
  // Of 30 bytes and its header, with one of 20 and one of 10 before.
  const auto written = [&](std::size_t most) {
    RedWriter copy = writer;
    return copy.write(5, 1920, noise(30, 3), most);
  };
  EXPECT_EQ(written(69)->size(), 69U);
  EXPECT_EQ(written(68)->size(), 55U);
  EXPECT_EQ(written(55)->size(), 55U);
  EXPECT_EQ(written(54)->size(), 31U);
  EXPECT_EQ(written(31)->size(), 31U);
  EXPECT_FALSE(written(30));
}

TEST(Red, DoesNotRepeatWhatHeadersHaveNoRoomFor) {
  RedWriter old(2);
  (void)old.write(5, 0, bytes({1}), 2000);
  EXPECT_EQ(old.write(5, 16384, bytes({2}), 2000)->size(), 2U);
  EXPECT_EQ(old.write(5, 32767, bytes({3}), 2000)->size(), 7U);
  RedWriter large(2);
  (void)large.write(5, 0, noise(1023, 1), 2000);
  EXPECT_EQ(large.write(5, 960, noise(1024, 2), 3000)->size(), 1 + 1024 + 4 + 1023U);
  EXPECT_EQ(large.write(5, 1920, bytes({3}), 3000)->size(), 2U);
  RedWriter back(2);
  (void)back.write(5, 1000, bytes({1}), 100);
  EXPECT_EQ(back.write(5, 1000, bytes({2}), 100)->size(), 2U);
  EXPECT_EQ(back.write(5, 40, bytes({3}), 100)->size(), 2U);
}

TEST(Red, RepeatsAcrossTheTimestampsWrapping) {
  RedWriter writer(1);
  (void)writer.write(5, 0xFFFFFFFF, bytes({1}), 100);
  EXPECT_EQ(read(*writer.write(5, 959, bytes({2}), 100)),
            (std::vector<Block>{{5, 960, bytes({1})}, {5, 0, bytes({2})}}));
}

}  // namespace
}  // namespace parley::formats
