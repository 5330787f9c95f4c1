// Frames whose content means nothing to anybody, on the way through the payload formats.
#include "formats/cover.hpp"

#include <gmock/gmock.h>

#include "formats/annex_b.hpp"
#include "formats/av1_obu.hpp"
#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

/// What an encryption makes of bytes: anything, and here everything that a bitstream must not have.
Bytes scrambled(ByteView content) {
  Bytes result = bytes({0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x00});
  for (const std::uint8_t byte : content) result.push_back(static_cast<std::uint8_t>(byte ^ 0xFF));
  for (int i = 0; i < 9; ++i) result.push_back(0);  // a tag
  return result;
}
Bytes unscrambled(ByteView content) {
  Bytes result;
  for (const std::uint8_t byte : content.subspan(9, content.size() - 18))
    result.push_back(static_cast<std::uint8_t>(byte ^ 0xFF));
  return result;
}

Bytes covered(std::string_view codec, const Bytes& frame) {
  auto parts = divide(codec, frame);
  EXPECT_TRUE(parts);
  parts->content = scrambled(parts->content);
  return cover(codec, *parts);
}

List units_of(const Bytes& frame, std::uint8_t delimiter, std::uint8_t mask) {
  List units;
  for (const ByteView unit : nal_units(frame))
    if ((unit[0] & mask) != delimiter) units.emplace_back(unit.begin(), unit.end());
  return units;
}

List obus_of(const Bytes& frame) {
  List units;
  ByteReader reader(frame);
  while (reader.remaining() > 0) {
    const auto obu = read_obu(reader);
    if (!obu) return {};
    if (!obu->is(ObuType::TemporalDelimiter)) append_obu(units.emplace_back(), *obu);
  }
  return units;
}

/// What is the same before and after.
List meaning(const std::string& codec, const Bytes& frame) {
  if (codec == "h264") return units_of(frame, 9, 0x1F);
  if (codec == "h265") return units_of(frame, 35 << 1, 0x7E);
  if (codec == "av1") return obus_of(frame);
  return {frame};
}

class Covered : public testing::TestWithParam<const char*> {
 protected:
  const std::string codec_ = GetParam();
  std::unique_ptr<Packetizer> packetizer_ = make_packetizer(GetParam());
  std::unique_ptr<Depacketizer> depacketizer_ = make_depacketizer(GetParam());
};

TEST_P(Covered, FramesComeBack) {
  const List frames = recorded(codec_);
  ASSERT_EQ(frames.size(), 6U);
  for (const std::size_t room : {100U, 300U, 1200U})
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const bool key = i % 3 == 0;
      const Payloads payloads = packetized(*packetizer_, covered(codec_, frames[i]), room);
      ASSERT_FALSE(payloads.all.empty());
      EXPECT_EQ(depacketizer_->inspect(payloads.all[0])->key_frame, key) << i;
      const auto arrived = assembled(*depacketizer_, payloads.all);
      ASSERT_TRUE(arrived);
      EXPECT_EQ(arrived->info.key_frame, key) << i;
      EXPECT_EQ(arrived->info.width, key ? 66 : 0) << i;
      auto parts = uncover(codec_, arrived->data);
      ASSERT_TRUE(parts);
      EXPECT_EQ(parts->clear, divide(codec_, frames[i])->clear);
      parts->content = unscrambled(parts->content);
      EXPECT_EQ(meaning(codec_, restore(std::move(*parts))), meaning(codec_, frames[i])) << i;
    }
}

TEST_P(Covered, LittleStaysReadable) {
  for (const Bytes& frame : recorded(codec_)) {
    const auto parts = divide(codec_, frame);
    EXPECT_LE(parts->clear.size(), 110U);  // parameter sets, VPS of H.265 and all
    EXPECT_LE(parts->carrier.size(), 3U);
  }
}

TEST_P(Covered, WhatIsNoFrameIsRefused) {
  EXPECT_FALSE(divide(codec_, {}));
  EXPECT_FALSE(uncover(codec_, {}));
}

TEST_P(Covered, ACutFrameIsNoOtherFrame) {
  const Bytes whole = covered(codec_, recorded(codec_)[0]);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto parts = uncover(codec_, ByteView(whole).first(size));
    EXPECT_TRUE(!parts || parts->content.size() <= size);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Covered, testing::Values("vp8", "vp9", "h264", "h265", "av1"));

TEST(Cover, SoundAndUnknownCodecsAreCoveredWhole) {
  const Bytes frame = noise(50, 1);
  for (const char* codec : {"opus", "other", ""}) {
    const auto parts = divide(codec, frame);
    EXPECT_TRUE(parts->clear.empty());
    EXPECT_EQ(cover(codec, *parts), frame);
    EXPECT_EQ(uncover(codec, frame)->content, frame);
  }
}

TEST(Cover, WhatComesBetweenParameterSetsAndSliceIsNotReadable) {
  const Bytes sps = bytes({0x67, 0x42}), message = bytes({0x06, 0x11, 0x22}), slice = bytes({0x65, 0x88, 0x33, 0x44});
  Bytes frame;
  for (const Bytes& unit : {sps, message, slice}) append_nal_unit(frame, unit);
  const auto parts = divide("H264", frame);
  EXPECT_EQ(units_of(parts->clear, 9, 0x1F), List{sps});
  EXPECT_EQ(units_of(parts->content, 9, 0x1F), (List{message, slice}));
  EXPECT_EQ(parts->carrier, bytes({0x65, 0x80}));
  EXPECT_EQ(restore(CoveredFrame(*parts)), frame);
}

TEST(Cover, UnitsThatNobodyCoveredAreRefused) {
  const Bytes sps = bytes({0x67, 0x42}), slice = bytes({0x65, 0x80, 0x33, 0x80}),
              bare = bytes({0x65, 0x88, 0x33, 0x44});
  const auto stream = [](const List& units) {
    Bytes all;
    for (const Bytes& unit : units) append_nal_unit(all, unit);
    return all;
  };
  EXPECT_TRUE(uncover("H264", stream({sps, slice})));
  EXPECT_FALSE(uncover("H264", stream({sps, bare})));
  EXPECT_FALSE(uncover("H264", stream({sps})));
  EXPECT_FALSE(uncover("H264", stream({slice, slice})));
  EXPECT_FALSE(uncover("H264", stream({slice, sps})));
  EXPECT_FALSE(uncover("H264", stream({bytes({0x06, 1}), slice})));
}

TEST(Cover, AFrameWithoutASliceIsRefused) {
  Bytes frame;
  append_nal_unit(frame, bytes({0x67, 0x42}));
  EXPECT_FALSE(divide("H264", frame));
  EXPECT_FALSE(divide("AV1", bytes({0x12, 0x00})));        // a temporal delimiter
  EXPECT_FALSE(divide("VP8", bytes({0x10, 0, 0, 0x9D})));  // less than a key frame's header
  EXPECT_TRUE(divide("VP8", bytes({0x11, 0, 0})));
}

TEST(Cover, KnowsKeyFramesOfAllProfilesOfVp9) {
  const auto clear = [](std::uint8_t first) {
    Bytes frame = noise(50, 1);
    frame[0] = first;
    return divide("VP9", frame)->clear.size();
  };
  EXPECT_EQ(clear(0x82), 10U);  // profile 0: marker, profile, show_existing_frame, frame_type, show_frame
  EXPECT_EQ(clear(0x86), 1U);
  EXPECT_EQ(clear(0x88), 1U);   // shows an existing frame
  EXPECT_EQ(clear(0xB1), 10U);  // profile 3 has a bit more
  EXPECT_EQ(clear(0xB3), 1U);
}

}  // namespace
}  // namespace parley::formats
