#include "formats/vp8.hpp"

#include <gtest/gtest.h>

#include "formats/vp8_descriptor.hpp"
#include "payloads.hpp"

namespace parley::formats::vp8_test {
namespace {

using namespace test;

/// RFC 6386 section 9.1: 640 x 480, with a scale in the highest two bits.
const Bytes kKeyFrame = bytes({0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x42, 0xE0, 0x41, 7, 7});
const Bytes kDeltaFrame = bytes({0x31, 0x02, 0x00, 5});

TEST(Vp8, WritesTheDescriptorOfRfc7741) {
  Vp8Packetizer packetizer(0x1234);
  EXPECT_EQ(packetized(packetizer, kDeltaFrame, 100).all, List{joined({bytes({0x90, 0x80, 0x92, 0x34}), kDeltaFrame})});
}

TEST(Vp8, MarksTheFirstPartAndTheLastPacket) {
  Vp8Packetizer packetizer;
  const Payloads payloads = packetized(packetizer, noise(250, 1), 100);
  ASSERT_EQ(payloads.all.size(), 3U);
  EXPECT_EQ(payloads.all[0][0], 0x90);
  EXPECT_EQ(payloads.all[1][0], 0x80);
  EXPECT_EQ(payloads.all[2][0], 0x80);
  EXPECT_EQ(payloads.marked, 1U);
  EXPECT_TRUE(payloads.last_is_marked);
}

TEST(Vp8, CountsPicturesAndGoesOnFromAGivenId) {
  Vp8Packetizer packetizer(0x7FFF);
  Vp8Depacketizer depacketizer;
  const auto id_of = [&](const FrameInfo& info) {
    return assembled(depacketizer, packetized(packetizer, kDeltaFrame, 100, info).all)->info.picture_id;
  };
  EXPECT_EQ(id_of({}), 0x7FFF);
  EXPECT_EQ(id_of({}), 0);
  EXPECT_EQ(id_of({.picture_id = 500}), 500);
  EXPECT_EQ(id_of({}), 501);
}

TEST(Vp8, TellsKeyFramesAndTheirSize) {
  Vp8Packetizer packetizer;
  Vp8Depacketizer depacketizer;
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

TEST(Vp8, DoesNotTakeTheMiddleOfAFrameForAKeyFrame) {
  const auto info = Vp8Depacketizer().inspect(bytes({0x00, 0x10}));
  EXPECT_FALSE(info->begins_frame);
  EXPECT_FALSE(info->key_frame);
}

TEST(Vp8, ReadsEveryFormOfTheDescriptor) {
  Vp8Depacketizer depacketizer;
  struct Case {
    Bytes descriptor;
    std::optional<std::uint16_t> picture_id;
    std::optional<std::uint8_t> temporal_index;
  };
  const Case cases[] = {
      {bytes({0x10}), std::nullopt, std::nullopt},
      {bytes({0x30}), std::nullopt, std::nullopt},               // N: not a reference
      {bytes({0x90, 0x00}), std::nullopt, std::nullopt},         // an extension that adds nothing
      {bytes({0x90, 0x80, 0x7F}), 0x7F, std::nullopt},           // 7 bits
      {bytes({0x90, 0x80, 0xFF, 0xFE}), 0x7FFE, std::nullopt},   // 15 bits
      {bytes({0x90, 0x40, 0x99}), std::nullopt, std::nullopt},   // TL0PICIDX
      {bytes({0x90, 0x20, 0x80}), std::nullopt, 2},              // TID
      {bytes({0x90, 0x10, 0x9F}), std::nullopt, std::nullopt},   // KEYIDX: the TID beside it means nothing
      {bytes({0x90, 0xF0, 0x81, 0x02, 0x99, 0x61}), 0x0102, 1},  // all of them
      {bytes({0x9F & 0xF8, 0xE0, 0x05, 0x99, 0xC0}), 5, 3},      // a reserved bit set
  };
  for (const Case& one : cases) {
    const auto frame = assembled(depacketizer, {joined({one.descriptor, kDeltaFrame})});
    ASSERT_TRUE(frame) << one.descriptor.size();
    EXPECT_EQ(frame->data, kDeltaFrame);
    EXPECT_EQ(frame->info.picture_id, one.picture_id);
    EXPECT_EQ(frame->info.temporal_index, one.temporal_index);
  }
}

/// Y, RFC 7741 section 4.2: of layers 0, 2, 1, 2 the last one is made from the one before it.
TEST(Vp8, TellsWhereReceiversOfFewerLayersCanBegin) {
  for (const bool regular : {true, false}) {
    Vp8Packetizer packetizer;
    std::vector<bool> sync;
    for (const std::uint8_t layer : std::initializer_list<std::uint8_t>{0, 2, 1, 2, 0, 1, 2, 2, 0}) {
      const auto made = packetized(packetizer, layer == 0 ? kKeyFrame : kDeltaFrame, 100,
                                   FrameInfo{.temporal_index = layer, .regular_layers = regular});
      const auto descriptor = read_vp8_descriptor(made.all.at(0));
      EXPECT_EQ(descriptor->temporal_index, layer);
      sync.push_back(descriptor->layer_sync);
    }
    if (!regular) {
      EXPECT_EQ(sync, std::vector<bool>(9)) << "what is not known is not claimed";
    } else {
      EXPECT_EQ(sync, (std::vector<bool>{false, true, true, false, false, true, false, false, false}));
    }
  }
}

/// Whoever passes frames on does not know more than they tell.
TEST(Vp8, WhereReceiversOfFewerLayersCanBeginGoesFromFrameToFrame) {
  for (const bool told : {true, false}) {
    Vp8Packetizer packetizer;
    Vp8Depacketizer depacketizer;
    const auto made = packetized(packetizer, kDeltaFrame, 100, FrameInfo{.temporal_index = 2, .switch_up = told});
    EXPECT_EQ(depacketizer.inspect(made.all.at(0))->place->switch_up, told ? SwitchUp::ThisPicture : SwitchUp::No);
    EXPECT_EQ(assembled(depacketizer, made.all)->info.switch_up, told);
  }
}

TEST(Vp8, RefusesEveryDescriptorThatIsCutOff) {
  Vp8Depacketizer depacketizer;
  const Bytes whole = bytes({0x90, 0xF0, 0x81, 0x02, 0x99, 0x61, 0x31});
  ASSERT_TRUE(depacketizer.inspect(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(depacketizer.inspect(cut)) << size;
    EXPECT_FALSE(assembled(depacketizer, {cut})) << size;
  }
}

TEST(Vp8, AFrameMayHaveSeveralPartitionsAndHasOneBeginning) {
  Vp8Depacketizer depacketizer;
  const Bytes first = bytes({0x10, 0x31}), second_partition = bytes({0x11, 0x42}), middle = bytes({0x01, 0x53});
  EXPECT_TRUE(depacketizer.inspect(first)->begins_frame);
  EXPECT_FALSE(depacketizer.inspect(second_partition)->begins_frame);
  EXPECT_EQ(data_of(depacketizer, {first, second_partition, middle}), bytes({0x31, 0x42, 0x53}));
  EXPECT_FALSE(assembled(depacketizer, {second_partition, middle}));
  EXPECT_FALSE(assembled(depacketizer, {middle, first}));
  EXPECT_FALSE(assembled(depacketizer, {first, first}));
  EXPECT_FALSE(assembled(depacketizer, {}));
}

TEST(Vp8, ToleratesAKeyFrameWithoutAHeader) {
  Vp8Depacketizer depacketizer;
  for (std::size_t size = 1; size < 10; ++size) {
    const Bytes cut(kKeyFrame.begin(), kKeyFrame.begin() + static_cast<std::ptrdiff_t>(size));
    const auto frame = assembled(depacketizer, {joined({bytes({0x10}), cut})});
    EXPECT_TRUE(frame->info.key_frame);
    EXPECT_EQ(frame->info.width, 0);
  }
  Bytes wrong = kKeyFrame;
  wrong[3] = 0;
  EXPECT_EQ(assembled(depacketizer, {joined({bytes({0x10}), wrong})})->info.width, 0);
}

TEST(Vp8, RefusesAnEmptyFrame) {
  Payloads payloads;
  EXPECT_FALSE(Vp8Packetizer().packetize({}, {}, 100, payloads));
  EXPECT_TRUE(payloads.all.empty());
}

TEST(Vp8, FramesOfAnySizeComeBackFromEvenPayloads) {
  Vp8Packetizer packetizer;
  Vp8Depacketizer depacketizer;
  for (const std::size_t room : kRooms)
    for (const std::size_t size : kSizes) {
      const Bytes frame = noise(size, static_cast<std::uint32_t>(size + room));
      const Payloads payloads = packetized(packetizer, frame, room);
      EXPECT_LE(payloads.longest(), room);
      EXPECT_LE(payloads.longest() - payloads.shortest(), 1U);
      EXPECT_EQ(payloads.all.size(), (size + room - 5) / (room - 4));
      EXPECT_EQ(data_of(depacketizer, payloads.all), frame);
    }
}

TEST(Vp8, HasFourTemporalLayersAtMost) {
  Vp8Packetizer packetizer;
  Vp8Depacketizer depacketizer;
  const Payloads payloads = packetized(packetizer, bytes({0x11, 1, 2}), 100, FrameInfo{.temporal_index = 4});
  EXPECT_EQ(assembled(depacketizer, payloads.all)->info.temporal_index, 3);
}

}  // namespace
}  // namespace parley::formats::vp8_test
