#include "formats/layers.hpp"

#include <gtest/gtest.h>

#include "formats/vp8.hpp"
#include "formats/vp9.hpp"
#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

TEST(Layers, OfVp8AreThoseInTime) {
  const auto info = read_layer("vp8", bytes({0x90, 0xE0, 0x81, 0x02, 0x99, 0x60, 0x31}));
  EXPECT_EQ(info->temporal_index, 1);
  EXPECT_EQ(info->spatial_index, 0);
  EXPECT_EQ(info->switch_up, SwitchUp::ThisPicture);
  EXPECT_EQ(info->picture_id, 0x102);
  EXPECT_EQ(info->base_index, 0x99);
  EXPECT_EQ(read_layer("VP8", bytes({0x90, 0xE0, 0x81, 0x02, 0x99, 0x40, 0x31}))->switch_up, SwitchUp::No);
  EXPECT_FALSE(read_layer("VP8", bytes({0x90, 0xE0, 0x81})));
}

TEST(Layers, OfVp9AreThoseInSizeToo) {
  const auto info = read_layer("VP9", bytes({0xE4, 0x81, 0x02, 0x32, 0x99, 7}));
  EXPECT_EQ(info->temporal_index, 1);
  EXPECT_EQ(info->spatial_index, 1);
  EXPECT_TRUE(info->ends_layer);
  EXPECT_FALSE(info->intra);
  EXPECT_EQ(info->switch_up, SwitchUp::NextPicture);
  EXPECT_EQ(info->base_index, 0x99);
  EXPECT_TRUE(read_layer("VP9", bytes({0xA0, 0x81, 0x02, 0x00, 0x99, 7}))->intra);
  EXPECT_FALSE(read_layer("VP9", bytes({0xA0, 0x81, 0x02, 0x03, 0x99, 7}))->intra) << "predicted from the layer below";
  const auto flexible = read_layer("VP9", bytes({0xF0, 0x05, 0x20, 0x03, 0x04, 7}));
  EXPECT_EQ(flexible->references, (std::array<std::uint8_t, 3>{1, 2, 0}));
  EXPECT_FALSE(flexible->base_index);
  EXPECT_FALSE(read_layer("VP9", bytes({0xF0, 0x05})));
}

TEST(Layers, OfOtherFormatsAreNotTold) {
  const auto info = read_layer("H264", bytes({0x65, 1}));
  EXPECT_EQ(info->temporal_index, 0);
  EXPECT_FALSE(info->picture_id);
}

TEST(Layers, OtherIdsTakeThePlaceOfThoseThatAreThere) {
  struct Case {
    const char* codec;
    Bytes before, after;
  };
  const Case cases[] = {
      {"VP8", bytes({0x90, 0xC0, 0x81, 0x02, 0x99, 5}), bytes({0x90, 0xC0, 0xB4, 0x56, 0x78, 5})},
      {"VP8", bytes({0x90, 0x80, 0x01, 5}), bytes({0x90, 0x80, 0x56, 5})},
      {"VP8", bytes({0x90, 0x40, 0x01, 5}), bytes({0x90, 0x40, 0x78, 5})},
      {"VP8", bytes({0x10, 5}), bytes({0x10, 5})},
      {"VP9", bytes({0xA0, 0x81, 0x02, 0x00, 0x99, 7}), bytes({0xA0, 0xB4, 0x56, 0x00, 0x78, 7})},
      {"VP9", bytes({0xB0, 0x01, 0x00, 7}), bytes({0xB0, 0x56, 0x00, 7})},
      {"H264", bytes({0x65, 1}), bytes({0x65, 1})},
  };
  for (const Case& one : cases) {
    Bytes payload = one.before;
    replace_ids(payload, *read_layer(one.codec, payload), 0x3456, 0x78);
    EXPECT_EQ(payload, one.after) << one.codec;
  }
}

TEST(Layers, Vp8FramesThatTellTheirLayerHaveItInTheirPackets) {
  Vp8Packetizer packetizer(0x1234);
  const Bytes frame = bytes({0x31, 2, 3});
  const auto first_of = [&](std::uint8_t layer) {
    return packetized(packetizer, frame, 100, {.temporal_index = layer}).all.at(0);
  };
  EXPECT_EQ(first_of(0), joined({bytes({0x90, 0xE0, 0x92, 0x34, 1, 0x00}), frame}));
  EXPECT_EQ(first_of(2), joined({bytes({0x90, 0xE0, 0x92, 0x35, 1, 0x80}), frame}));
  EXPECT_EQ(first_of(1), joined({bytes({0x90, 0xE0, 0x92, 0x36, 1, 0x40}), frame}));
  EXPECT_EQ(first_of(0), joined({bytes({0x90, 0xE0, 0x92, 0x37, 2, 0x00}), frame}));
}

TEST(Layers, Vp9FramesThatTellTheirLayerReferToThoseBelow) {
  Vp9Packetizer packetizer(0x1234);
  const Bytes key = bytes({0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xF0, 0x1D, 0xF0, 7}), delta = bytes({0x86, 1, 2, 3});
  const auto head_of = [&](const Bytes& frame, std::uint8_t layer) {
    Bytes all = packetized(packetizer, frame, 100, {.temporal_index = layer}).all.at(0);
    all.resize(all.size() - frame.size());
    return all;
  };
  EXPECT_EQ(head_of(key, 0), bytes({0xBC, 0x92, 0x34, 0x00}));
  EXPECT_EQ(head_of(delta, 2), bytes({0xFC, 0x92, 0x35, 0x40, 1 << 1}));
  EXPECT_EQ(head_of(delta, 1), bytes({0xFC, 0x92, 0x36, 0x20, 2 << 1}));
  EXPECT_EQ(head_of(delta, 2), bytes({0xFC, 0x92, 0x37, 0x40, 3 << 1 | 1, 1 << 1 | 1, 2 << 1}));
  EXPECT_EQ(head_of(delta, 0), bytes({0xFC, 0x92, 0x38, 0x00, 4 << 1}));
  EXPECT_EQ(head_of(key, 0), bytes({0xBC, 0x92, 0x39, 0x00}));
  EXPECT_EQ(head_of(delta, 1), bytes({0xFC, 0x92, 0x3A, 0x20, 1 << 1})) << "nothing from before the key frame";
}

}  // namespace
}  // namespace parley::formats
