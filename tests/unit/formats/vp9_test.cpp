#include "formats/vp9.hpp"

#include <gtest/gtest.h>

#include "formats/vp9_descriptor.hpp"
#include "payloads.hpp"
#include "vp9_frames.hpp"

namespace parley::formats::vp9_test {
namespace {

using namespace test;

TEST(Vp9, WritesKeyFramesWithoutReferences) {
  Vp9Packetizer packetizer(0x1234);
  EXPECT_EQ(packetized(packetizer, kKeyFrame, 100).all, List{joined({bytes({0x9C, 0x92, 0x34}), kKeyFrame})});
}

TEST(Vp9, WritesOtherFramesAfterTheOneBefore) {
  Vp9Packetizer packetizer(0x1234);
  EXPECT_EQ(packetized(packetizer, kDeltaFrame, 100).all, List{joined({bytes({0xDC, 0x92, 0x34, 0x02}), kDeltaFrame})});
}

TEST(Vp9, MarksBeginningAndEnd) {
  Vp9Packetizer packetizer;
  const Bytes frame = joined({kDeltaFrame, noise(250, 1)});
  const Payloads payloads = packetized(packetizer, frame, 100);
  ASSERT_EQ(payloads.all.size(), 3U);
  EXPECT_EQ(payloads.all[0][0], 0xD8);
  EXPECT_EQ(payloads.all[1][0], 0xD0);
  EXPECT_EQ(payloads.all[2][0], 0xD4);
  EXPECT_EQ(payloads.marked, 1U);
  EXPECT_TRUE(payloads.last_is_marked);
}

TEST(Vp9, CountsPicturesAndGoesOnFromAGivenId) {
  Vp9Packetizer packetizer(0x7FFF);
  Vp9Depacketizer depacketizer;
  const auto id_of = [&](const FrameInfo& info) {
    return assembled(depacketizer, packetized(packetizer, kDeltaFrame, 100, info).all)->info.picture_id;
  };
  EXPECT_EQ(id_of({}), 0x7FFF);
  EXPECT_EQ(id_of({}), 0);
  EXPECT_EQ(id_of({.picture_id = 500}), 500);
  EXPECT_EQ(id_of({}), 501);
}

TEST(Vp9, TellsKeyFramesAndTheirSize) {
  Vp9Packetizer packetizer;
  Vp9Depacketizer depacketizer;
  const Payloads key = packetized(packetizer, kKeyFrame, 100), delta = packetized(packetizer, kDeltaFrame, 100);
  const auto frame = assembled(depacketizer, key.all);
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.width, 640);
  EXPECT_EQ(frame->info.height, 480);
  EXPECT_TRUE(depacketizer.inspect(key.all[0])->key_frame);
  EXPECT_TRUE(depacketizer.inspect(key.all[0])->begins_frame);
  EXPECT_FALSE(assembled(depacketizer, delta.all)->info.key_frame);
  EXPECT_FALSE(depacketizer.inspect(delta.all[0])->key_frame);
  EXPECT_TRUE(depacketizer.inspect(delta.all[0])->begins_frame);
}

TEST(Vp9, ReadsTheSizeInEveryProfile) {
  Vp9Depacketizer depacketizer;
  const Bytes headers[] = {
      // Profile 1, 4:4:4 sampling in YUV: 10 1 0 0 0 1 0 | sync | 001 0 000 + sizes
      bytes({0xA2, 0x49, 0x83, 0x42, 0x20, 0x04, 0xFE, 0x03, 0xBE}),
      // Profile 1, RGB: 111 0 + sizes
      bytes({0xA2, 0x49, 0x83, 0x42, 0xE0, 0x27, 0xF0, 0x1D, 0xF0}),
      // Profile 2, 10 bits: 10 0 1 0 0 1 0 | sync | 0 001 0 + sizes
      bytes({0x92, 0x49, 0x83, 0x42, 0x10, 0x13, 0xF8, 0x0E, 0xF8}),
      // Profile 3 has a reserved bit: 10 1 1 0 0 0 1 0 | sync from the second bit on | 0 001 0 000 + sizes
      bytes({0xB1, 0x24, 0xC1, 0xA1, 0x08, 0x01, 0x3F, 0x80, 0xEF, 0x80}),
  };
  for (const Bytes& header : headers) {
    const auto frame = assembled(depacketizer, {joined({bytes({0x0C}), header})});
    EXPECT_TRUE(frame->info.key_frame) << static_cast<int>(header[0]);
    EXPECT_EQ(frame->info.width, 640) << static_cast<int>(header[0]);
    EXPECT_EQ(frame->info.height, 480) << static_cast<int>(header[0]);
  }
}

TEST(Vp9, ToleratesAKeyFrameThatIsCutOff) {
  Vp9Depacketizer depacketizer;
  for (std::size_t size = 1; size < 9; ++size) {
    const Bytes cut(kKeyFrame.begin(), kKeyFrame.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(assembled(depacketizer, {joined({bytes({0x0C}), cut})})->info.width, 0) << size;
  }
}

TEST(Vp9, ReadsEveryFormOfTheDescriptor) {
  Vp9Depacketizer depacketizer;
  struct Case {
    const char* what;
    Bytes descriptor;
    std::optional<std::uint16_t> picture_id;
    std::optional<std::uint8_t> temporal_index;
    std::uint8_t spatial_index;
  };
  const Case cases[] = {
      {"nothing", bytes({0x0C}), std::nullopt, std::nullopt, 0},
      {"7 bits of picture id", bytes({0x8C, 0x7F}), 0x7F, std::nullopt, 0},
      {"15 bits of picture id", bytes({0x8C, 0xFF, 0xFE}), 0x7FFE, std::nullopt, 0},
      {"layers without flexible mode", bytes({0x2C, 0x64, 0x99}), std::nullopt, 3, 2},
      {"layers in flexible mode", bytes({0x3C, 0x64}), std::nullopt, 3, 2},
      {"predicted without flexible mode", bytes({0xCC, 0x01}), 1, std::nullopt, 0},
      {"three references", bytes({0x5C, 0x03, 0x05, 0x08}), std::nullopt, std::nullopt, 0},
      {"a structure of nothing", bytes({0x0E, 0x00}), std::nullopt, std::nullopt, 0},
      {"a structure of two sizes", bytes({0x0E, 0x30, 1, 2, 3, 4, 5, 6, 7, 8}), std::nullopt, std::nullopt, 0},
      {"a structure of pictures", bytes({0x0E, 0x08, 2, 0x04, 1, 0x0C, 1, 2, 3}), std::nullopt, std::nullopt, 0},
      {"a structure of both", bytes({0x0E, 0x18, 1, 2, 3, 4, 1, 0x00}), std::nullopt, std::nullopt, 0},
      {"all", bytes({0xFE, 0x81, 0x02, 0x22, 0x02, 0x18, 1, 2, 3, 4, 1, 0x04, 9}), 0x0102, 1, 1},
  };
  for (const Case& one : cases) {
    const auto frame = assembled(depacketizer, {joined({one.descriptor, kDeltaFrame})});
    ASSERT_TRUE(frame) << one.what;
    EXPECT_EQ(frame->data, kDeltaFrame) << one.what;
    EXPECT_EQ(frame->info.picture_id, one.picture_id) << one.what;
    EXPECT_EQ(frame->info.temporal_index, one.temporal_index) << one.what;
    EXPECT_EQ(frame->info.spatial_index, one.spatial_index) << one.what;
  }
}

TEST(Vp9, RefusesEveryDescriptorThatIsCutOff) {
  Vp9Depacketizer depacketizer;
  for (const Bytes& whole :
       {bytes({0xFE, 0x81, 0x02, 0x22, 0x03, 0x02, 0x18, 1, 2, 3, 4, 1, 0x04, 9, 0x86}),
        bytes({0xAE, 0x81, 0x02, 0x22, 0x99, 0x38, 1, 2, 3, 4, 1, 2, 3, 4, 1, 0x0C, 9, 9, 9, 0x86})}) {
    ASSERT_TRUE(depacketizer.inspect(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(depacketizer.inspect(cut)) << size;
      EXPECT_FALSE(assembled(depacketizer, {cut})) << size;
    }
  }
}

TEST(Vp9, RefusesMoreThanThreeReferences) {
  EXPECT_FALSE(Vp9Depacketizer().inspect(bytes({0x5C, 0x03, 0x03, 0x03, 0x02, 0x86})));
}

/// What follows the descriptor may be encrypted, from the first byte on.
TEST(Vp9, TheDescriptorTellsKeyFrames) {
  Vp9Depacketizer depacketizer;
  const Bytes sizes = bytes({0x10, 640 >> 8, 640 & 255, 480 >> 8, 480 & 255});
  for (const Bytes& opaque : {bytes({0x00, 1, 2}), bytes({0x86, 1, 2}), bytes({0xC2, 1, 2})}) {
    const auto key = assembled(depacketizer, {joined({bytes({0x8E, 0x05}), sizes, opaque})});
    EXPECT_TRUE(key->info.key_frame);
    EXPECT_EQ(key->info.width, 640);
    EXPECT_EQ(key->info.height, 480);
    EXPECT_TRUE(depacketizer.inspect(joined({bytes({0x8C, 0x05}), opaque}))->key_frame);
  }
  EXPECT_FALSE(assembled(depacketizer, {joined({bytes({0xCC, 0x05}), kKeyFrame})})->info.key_frame);
}

/// FFmpeg's descriptors say B and E and nothing else, pion's have the flexible mode and an ID besides.
TEST(Vp9, ADescriptorThatTellsNothingTellsNoKeyFrames) {
  Vp9Depacketizer depacketizer;
  for (const Bytes& descriptor : {bytes({0x0C}), bytes({0x9C, 0x92, 0x34})}) {
    const Bytes key = joined({descriptor, kKeyFrame}), delta = joined({descriptor, kDeltaFrame});
    EXPECT_TRUE(depacketizer.inspect(key)->key_frame);
    EXPECT_TRUE(assembled(depacketizer, {key})->info.key_frame);
    EXPECT_TRUE(depacketizer.inspect(delta)->begins_frame);
    EXPECT_FALSE(depacketizer.inspect(delta)->key_frame);
    EXPECT_FALSE(assembled(depacketizer, {delta})->info.key_frame);
    // 10 0 0 1: a picture that was sent before is shown.
    EXPECT_FALSE(depacketizer.inspect(joined({descriptor, bytes({0x88})}))->key_frame);
    // All but the first byte of a key frame is encrypted.
    EXPECT_TRUE(depacketizer.inspect(joined({descriptor, bytes({0x82, 1, 2, 3})}))->key_frame);
  }
}

TEST(Vp9, AFrameHasABeginning) {
  Vp9Depacketizer depacketizer;
  EXPECT_FALSE(assembled(depacketizer, {bytes({0x04, 1})}));
  EXPECT_FALSE(assembled(depacketizer, {bytes({0x04, 1}), bytes({0x08, 0x86})}));
  EXPECT_FALSE(assembled(depacketizer, {}));
}

TEST(Vp9, RefusesToSendWhatIsNotVp9) {
  for (const Bytes& frame : {Bytes(), bytes({0x00}), bytes({0x40, 1}), bytes({0xC0}), bytes({0xB8, 0})}) {
    Payloads payloads;
    EXPECT_FALSE(Vp9Packetizer().packetize(frame, {}, 100, payloads));
    EXPECT_TRUE(payloads.all.empty());
  }
}

TEST(Vp9, FramesOfAnySizeComeBackFromEvenPayloads) {
  Vp9Packetizer packetizer;
  Vp9Depacketizer depacketizer;
  for (const std::size_t room : kRooms)
    for (const std::size_t size : kSizes) {
      Bytes frame = noise(size, static_cast<std::uint32_t>(size + room));
      frame[0] = kDeltaFrame[0];
      const Payloads payloads = packetized(packetizer, frame, room);
      EXPECT_LE(payloads.longest(), room);
      EXPECT_LE(payloads.longest() - payloads.shortest(), 1U);
      EXPECT_EQ(data_of(depacketizer, payloads.all), frame);
    }
}

}  // namespace
}  // namespace parley::formats::vp9_test
