#include "rtp/dependency_descriptor.hpp"

#include <gtest/gtest.h>

#include <random>

namespace parley::rtp {
namespace {

using enum DecodeTargetUse;

/// Two temporal layers, one chain: templates of a key frame, of the lower and of the upper layer.
DependencyStructure two_layers() {
  return {.first_template = 62,
          .decode_targets = 2,
          .chains = 1,
          .protected_by = {0, 0},
          .templates = {{.uses = {Switch, Switch}, .distances = {}, .chains = {0}},
                        {.uses = {Switch, Switch}, .distances = {2}, .chains = {2}},
                        {.temporal = 1, .uses = {NotPresent, Discardable}, .distances = {1}, .chains = {1}}},
          .sizes = {{640, 360}}};
}

DependencyDescriptor key_frame() {
  return {.first_packet = true,
          .last_packet = false,
          .template_id = 62,
          .frame_number = 300,
          .structure = two_layers(),
          .frame = two_layers().templates[0]};
}

DependencyDescriptor upper_frame() {
  return {.first_packet = true,
          .last_packet = true,
          .template_id = 0,  // 62 + 2, round
          .frame_number = 301,
          .frame = two_layers().templates[2]};
}

Bytes written(const DependencyDescriptor& descriptor, const DependencyStructure& structure = two_layers()) {
  Bytes out;
  EXPECT_TRUE(write(descriptor, structure, out));
  return out;
}

/// One decode target and two templates, as section A.8 lays them out: bit by bit by hand.
TEST(DependencyDescriptor, IsReadBitByBit) {
  DependencyReader reader;
  const auto key = reader.read(Bytes{0xC0, 0x00, 0x00, 0x80, 0x00, 0x3B, 0x41, 0x01, 0x00});
  ASSERT_TRUE(key && key->structure);
  EXPECT_TRUE(key->first_packet && key->last_packet);
  EXPECT_EQ(key->frame_number, 0);
  EXPECT_EQ(key->frame, (FrameDependencies{.uses = {Switch}, .distances = {}, .chains = {0}}));
  EXPECT_EQ(key->structure->chains, 1U);
  EXPECT_EQ(key->structure->templates.size(), 2U);
  const auto delta = reader.read(Bytes{0xC1, 0xFF, 0xFF});
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->frame_number, 0xFFFF);
  EXPECT_EQ(delta->frame, (FrameDependencies{.uses = {Required}, .distances = {1}, .chains = {1}}));
}

TEST(DependencyDescriptor, FramesReferToTheLastStructure) {
  DependencyReader reader;
  EXPECT_FALSE(reader.read(written(upper_frame()))) << "no structure has come";
  EXPECT_EQ(reader.read(written(key_frame())), key_frame());
  EXPECT_EQ(written(upper_frame()).size(), 3U);
  EXPECT_EQ(reader.read(written(upper_frame())), upper_frame());
  DependencyStructure other = two_layers();
  other.first_template = 3;
  DependencyDescriptor again = key_frame();
  again.structure = other;
  again.template_id = 3;
  EXPECT_TRUE(reader.read(written(again, other)));
  EXPECT_FALSE(reader.read(written(upper_frame()))) << "its template is not one of the new structure";
}

TEST(DependencyDescriptor, SaysWhatDiffersFromTheTemplate) {
  DependencyReader reader;
  ASSERT_TRUE(reader.read(written(key_frame())));
  DependencyDescriptor custom = upper_frame();
  custom.active_targets = 0b01;
  custom.frame.uses = {Required, Required};
  custom.frame.distances = {1, 16, 17, 256, 257, 4096};
  custom.frame.chains = {255};
  EXPECT_EQ(reader.read(written(custom)), custom);
  custom.frame.distances.clear();
  EXPECT_EQ(reader.read(written(custom)), custom);
}

TEST(DependencyDescriptor, KnowsSpatialLayersWithTheirSizesAndUnevenChains) {
  const DependencyStructure structure{
      .first_template = 0,
      .decode_targets = 5,
      .chains = 3,
      .protected_by = {0, 1, 2, 2, 1},
      .templates =
          {{.uses = {Switch, Switch, Switch, Switch, Switch}, .distances = {}, .chains = {0, 0, 0}},
           {.temporal = 1, .uses = {Required, Switch, Switch, Switch, Switch}, .distances = {16}, .chains = {1, 2, 3}},
           {.spatial = 1, .uses = {NotPresent, Switch, Switch, Switch, Switch}, .distances = {1}, .chains = {1, 15, 0}},
           {.spatial = 2,
            .uses = {NotPresent, NotPresent, Switch, Switch, Discardable},
            .distances = {1, 2},
            .chains = {4, 5, 6}}},
      .sizes = {{1, 1}, {640, 480}, {65536, 65536}}};
  DependencyDescriptor key{.first_packet = true, .structure = structure, .frame = structure.templates[0]};
  DependencyReader reader;
  EXPECT_EQ(reader.read(written(key, structure)), key);
}

TEST(DependencyDescriptor, DoesNotWriteWhatCannotBeSaid) {
  Bytes out;
  DependencyStructure wrong = two_layers();
  std::swap(wrong.templates[0], wrong.templates[2]);
  EXPECT_FALSE(write(upper_frame(), wrong, out));
  wrong = two_layers();
  wrong.templates[1].distances = {17};
  EXPECT_FALSE(write(upper_frame(), wrong, out));
  wrong = two_layers();
  wrong.protected_by = {0, 1};
  EXPECT_FALSE(write(upper_frame(), wrong, out));
  DependencyDescriptor frame = upper_frame();
  frame.frame.distances = {0};
  EXPECT_FALSE(write(frame, two_layers(), out));
  frame.frame.distances = {4097};
  EXPECT_FALSE(write(frame, two_layers(), out));
  frame = upper_frame();
  frame.template_id = 5;
  EXPECT_FALSE(write(frame, two_layers(), out));
  EXPECT_TRUE(out.empty());
}

TEST(DependencyDescriptor, CutOffAnywhereItIsNotRead) {
  const Bytes whole = written(key_frame());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    DependencyReader reader;
    EXPECT_FALSE(reader.read(ByteView(whole).first(size))) << size;
  }
}

TEST(DependencyDescriptor, ABrokenStructureLeavesTheOldOne) {
  DependencyReader reader;
  ASSERT_TRUE(reader.read(written(key_frame())));
  Bytes endless = written(key_frame());
  std::fill(endless.begin() + 4, endless.end(), std::uint8_t{0});  // layers without an end
  endless.resize(255);
  EXPECT_FALSE(reader.read(endless));
  EXPECT_EQ(reader.read(written(upper_frame())), upper_frame());
}

TEST(DependencyDescriptor, WhateverIsReadCanBeWritten) {
  std::mt19937 random(7);
  int read_ones = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes value = written(key_frame());
    for (int flips = 0; flips < 3; ++flips)
      value[random() % value.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
    DependencyReader reader;
    (void)reader.read(written(key_frame()));
    const auto told = reader.read(value);
    if (!told) continue;
    ++read_ones;
    Bytes out;
    ASSERT_TRUE(write(*told, told->structure.value_or(two_layers()), out));
    DependencyReader other;
    (void)other.read(written(key_frame()));
    EXPECT_EQ(other.read(out), told);
  }
  EXPECT_GT(read_ones, 1000);
}

}  // namespace
}  // namespace parley::rtp
