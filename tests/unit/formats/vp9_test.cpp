#include "formats/vp9.hpp"

#include <gtest/gtest.h>

#include "formats/vp9_descriptor.hpp"
#include "payloads.hpp"

namespace parley::formats::vp9_test {
namespace {

using namespace test;

/// VP9 bitstream specification section 6.2: profile 0, key frame, shown; sync code; BT.601, 4:2:0; 640 x 480.
/// 10 0 0 0 0 1 0 | 49 83 42 | 001 0 | 0000 0010 0111 1111 | 0000 0001 1101 1111 | rest
const Bytes kKeyFrame = bytes({0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xF0, 0x1D, 0xF0, 7});
/// 10 0 0 0 1 1 0: not a key frame.
const Bytes kDeltaFrame = bytes({0x86, 1, 2, 3});

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

TEST(Vp9, LayersOfAPictureAreOneFrame) {
  Vp9Depacketizer depacketizer;
  const Bytes base = joined({bytes({0x3C, 0x00}), kKeyFrame}), upper = joined({bytes({0x3C, 0x03}), kDeltaFrame});
  EXPECT_TRUE(depacketizer.inspect(base)->begins_frame);
  EXPECT_TRUE(depacketizer.inspect(base)->key_frame);
  // It is predicted from the layer below, which P does not speak of.
  EXPECT_FALSE(depacketizer.inspect(upper)->begins_frame);
  EXPECT_FALSE(depacketizer.inspect(upper)->key_frame);
  const auto frame = assembled(depacketizer, {base, upper});
  EXPECT_EQ(frame->data, joined({kKeyFrame, kDeltaFrame}));
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.spatial_index, 1);
}

/// RFC 9628 section 4.2: I, F, L, B, E, V; then the id, the layer with D, P_DIFF, SS.
TEST(Vp9, WritesTheSizesOfAPictureOneAfterTheOther) {
  Vp9Packetizer packetizer(0x1234);
  const auto layer = [](std::uint8_t index) { return FrameInfo{.spatial_index = index, .spatial_layers = 2}; };
  EXPECT_EQ(packetized(packetizer, kKeyFrame, 100, layer(0)).all,
            List{joined({bytes({0xBE, 0x92, 0x34, 0x00, 0x20}), kKeyFrame})})
      << "SS says that there are two";
  EXPECT_EQ(packetized(packetizer, kDeltaFrame, 100, layer(1)).all,
            List{joined({bytes({0xBC, 0x92, 0x34, 0x03}), kDeltaFrame})})
      << "made from the smaller one, not from a picture before";
  EXPECT_EQ(packetized(packetizer, kDeltaFrame, 100, layer(0)).all,
            List{joined({bytes({0xFC, 0x92, 0x35, 0x00, 0x02}), kDeltaFrame})});
  EXPECT_EQ(packetized(packetizer, kDeltaFrame, 100, layer(1)).all,
            List{joined({bytes({0xFC, 0x92, 0x35, 0x03, 0x02}), kDeltaFrame})});
}

/// Neither D nor P: sizes may be made each by itself (S2T1 of webrtc-svc).
TEST(Vp9, AKeyFrameRefersToNothingWhateverItsSize) {
  Vp9Packetizer packetizer(0x1234);
  const FrameInfo smaller{.spatial_index = 0, .spatial_layers = 2}, larger{.spatial_index = 1, .spatial_layers = 2};
  packetized(packetizer, kKeyFrame, 100, smaller);
  EXPECT_EQ(packetized(packetizer, kKeyFrame, 100, larger).all,
            List{joined({bytes({0xBC, 0x92, 0x34, 0x02}), kKeyFrame})});
  packetized(packetizer, kDeltaFrame, 100, smaller);
  EXPECT_EQ(packetized(packetizer, kKeyFrame, 100, larger).all,
            List{joined({bytes({0xBC, 0x92, 0x35, 0x02}), kKeyFrame})});
}

TEST(Vp9, EachSizeRefersToItsOwnPictures) {
  Vp9Packetizer packetizer;
  const auto references = [&](const Bytes& frame, std::uint8_t spatial, std::uint8_t temporal) {
    const Payloads made = packetized(
        packetizer, frame, 100, FrameInfo{.spatial_index = spatial, .spatial_layers = 2, .temporal_index = temporal});
    return read_vp9_descriptor(made.all.at(0))->references;
  };
  using References = std::array<std::uint8_t, 3>;
  EXPECT_EQ(references(kKeyFrame, 0, 0), References());
  EXPECT_EQ(references(kDeltaFrame, 1, 0), References());
  EXPECT_EQ(references(kDeltaFrame, 0, 1), (References{1}));
  EXPECT_EQ(references(kDeltaFrame, 0, 0), (References{2})) << "the larger one of the picture between was left out";
  EXPECT_EQ(references(kDeltaFrame, 1, 0), (References{2}));
  EXPECT_EQ(references(kDeltaFrame, 0, 1), (References{1, 2}));
  EXPECT_EQ(references(kDeltaFrame, 1, 1), (References{1}));
}

/// U, and with it P_DIFF: of layers 0, 2, 1, 2 each refers to the last one of those below.
TEST(Vp9, InRegularLayersReceiversOfFewerCanGoUpAnywhere) {
  Vp9Packetizer packetizer;
  const auto descriptor = [&](const Bytes& frame, std::uint8_t temporal, bool regular) {
    const Payloads made =
        packetized(packetizer, frame, 100, FrameInfo{.temporal_index = temporal, .regular_layers = regular});
    return *read_vp9_descriptor(made.all.at(0));
  };
  using References = std::array<std::uint8_t, 3>;
  EXPECT_TRUE(descriptor(kKeyFrame, 0, true).may_switch_up);
  std::vector<References> references;
  for (const std::uint8_t layer : std::initializer_list<std::uint8_t>{2, 1, 2, 0, 2, 1, 2}) {
    const Vp9Descriptor one = descriptor(kDeltaFrame, layer, true);
    EXPECT_TRUE(one.may_switch_up);
    EXPECT_EQ(one.temporal_index, layer);
    references.push_back(one.references);
  }
  EXPECT_EQ(references, (std::vector<References>{{1}, {2}, {1}, {4}, {1}, {2}, {1}}));
  const Vp9Descriptor unknown = descriptor(kDeltaFrame, 2, false);
  EXPECT_FALSE(unknown.may_switch_up);
  EXPECT_EQ(unknown.references, (References{4, 2, 1})) << "whatever it may refer to";
}

/// Whoever passes frames on does not know more than they tell.
TEST(Vp9, WhereReceiversOfFewerLayersCanGoUpGoesFromFrameToFrame) {
  for (const bool told : {true, false}) {
    Vp9Packetizer packetizer;
    Vp9Depacketizer depacketizer;
    const Payloads made = packetized(packetizer, kDeltaFrame, 100, FrameInfo{.temporal_index = 1, .switch_up = told});
    EXPECT_EQ(read_vp9_descriptor(made.all.at(0))->may_switch_up, told);
    EXPECT_EQ(assembled(depacketizer, made.all)->info.switch_up, told);
  }
}

/// SS with Y, section 4.2.1. The larger ones of a key picture say their size, since it is not that of the smaller one:
/// 10 0 0 0 1 1 0 | 00 | 0000 0001 | 0000 0010 0100 | 000 | 1279 | 719
TEST(Vp9, TellsTheSizesOfLayersWhenItKnowsAllOfThem) {
  const Bytes larger = bytes({0x86, 0x00, 0x40, 0x90, 0x02, 0x7F, 0x81, 0x67, 0x81});
  const Bytes sizes =
      bytes({0x30, 640 >> 8, 640 & 255, 480 >> 8, 480 & 255, 1280 >> 8, 1280 & 255, 720 >> 8, 720 & 255});
  Vp9Packetizer packetizer(0x1234);
  const auto picture = [&](const Bytes& key, const FrameInfo& upper) {
    const auto made = packetized(packetizer, key, 100, FrameInfo{.spatial_layers = 2});
    FrameInfo info = upper;
    info.spatial_index = 1;
    info.spatial_layers = 2;
    EXPECT_FALSE(packetized(packetizer, larger, 100, info).all.empty());
    const Bytes& first = made.all.at(0);
    return Bytes(first.begin() + 4, first.end());
  };
  EXPECT_EQ(picture(kKeyFrame, {}), joined({bytes({0x20}), kKeyFrame})) << "the larger one is yet to come";
  EXPECT_EQ(picture(kKeyFrame, {}), joined({sizes, kKeyFrame}));
  Bytes other_size = kKeyFrame;
  other_size[6] ^= 0x01;
  EXPECT_EQ(picture(other_size, {}), joined({bytes({0x20}), other_size})) << "the larger one may have changed as well";
  const auto again = picture(other_size, {});
  EXPECT_EQ(again[0], 0x30);
}

TEST(Vp9, TheStructureIsInTheFirstPayloadOnly) {
  Vp9Packetizer packetizer;
  const auto of = [](std::uint8_t index, std::uint16_t width, std::uint16_t height) {
    return FrameInfo{.width = width, .height = height, .spatial_index = index, .spatial_layers = 2};
  };
  const Bytes key = joined({kKeyFrame, noise(300, 1)});
  for (int i = 0; i < 2; ++i) {
    const Payloads made = packetized(packetizer, key, 100, of(0, 0, 0));
    EXPECT_LE(made.longest(), 100U);
    List payloads = made.all;
    for (std::size_t j = 0; j < payloads.size(); ++j) EXPECT_EQ((payloads[j][0] & 0x02) != 0, j == 0);
    if (i == 1) {
      EXPECT_EQ(payloads[0][4], 0x30) << "the program has told of the larger one";
    }
    const Payloads upper = packetized(packetizer, kDeltaFrame, 100, of(1, 1280, 720));
    payloads.insert(payloads.end(), upper.all.begin(), upper.all.end());
    Vp9Depacketizer depacketizer;
    EXPECT_EQ(data_of(depacketizer, payloads), joined({key, kDeltaFrame}));
  }
}

/// 10 0 0 0 1 1 0 | 00 | 0000 0001 | 0000 0010 0100 | 000 | 1279 | 719, made from a smaller one.
const Bytes kLarger = bytes({0x86, 0x00, 0x40, 0x90, 0x02, 0x7F, 0x81, 0x67, 0x81});

TEST(Vp9, APictureIsAsLargeAsItsLargestSize) {
  Vp9Depacketizer depacketizer;
  const Bytes sizes =
      bytes({0x30, 640 >> 8, 640 & 255, 480 >> 8, 480 & 255, 1280 >> 8, 1280 & 255, 720 >> 8, 720 & 255});
  const Bytes small = joined({bytes({0x3C, 0x00}), kKeyFrame}), large = joined({bytes({0x3C, 0x03}), kLarger});
  const Bytes structured = joined({bytes({0x3E, 0x00}), sizes, kKeyFrame});
  const Bytes encrypted = joined({bytes({0x3C, 0x03}), bytes({0x86, 0x00, 0x40, 0x90, 0xF2, 0x7F, 0x81, 0x67, 0x81})});
  const auto width = [&](const List& payloads) { return assembled(depacketizer, payloads)->info.width; };
  EXPECT_EQ(width({small, large}), 1280) << "by its header";
  EXPECT_EQ(width({structured, encrypted}), 1280) << "by the structure";
  EXPECT_EQ(width({structured}), 640) << "the larger one was left out";
  EXPECT_EQ(width({small, encrypted}), 640) << "nothing else is known";
  EXPECT_EQ(assembled(depacketizer, {structured, encrypted})->info.height, 720);
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

/// Some encoders leave the smaller sizes out, or make each by itself, and forwarders leave the others out.
TEST(Vp9, APictureMayBeginWithALargerSize) {
  Vp9Depacketizer depacketizer;
  const auto alone = depacketizer.inspect(joined({bytes({0xBC, 0x05, 0x04}), kKeyFrame}));
  EXPECT_TRUE(alone->begins_frame);
  EXPECT_TRUE(alone->key_frame);
  EXPECT_TRUE(alone->may_follow_others);
  EXPECT_FALSE(depacketizer.inspect(joined({bytes({0x3C, 0x00}), kKeyFrame}))->may_follow_others);
  EXPECT_TRUE(assembled(depacketizer, {joined({bytes({0xBC, 0x05, 0x04}), kKeyFrame})})->info.key_frame);
  EXPECT_FALSE(depacketizer.inspect(joined({bytes({0xFC, 0x05, 0x04, 0x02}), kDeltaFrame}))->begins_frame);
}

TEST(Vp9, SizesOfAPictureComeBackAsOneFrame) {
  Vp9Depacketizer depacketizer;
  for (const std::size_t room : kRooms) {
    Vp9Packetizer packetizer;
    for (int picture = 0; picture < 3; ++picture) {
      List payloads;
      Bytes whole;
      for (std::uint8_t i = 0; i < 3; ++i) {
        const Bytes frame = joined({picture == 0 && i == 0 ? kKeyFrame : kDeltaFrame, noise(i * 700U + 10, i)});
        whole.insert(whole.end(), frame.begin(), frame.end());
        const Payloads made = packetized(packetizer, frame, room,
                                         FrameInfo{.spatial_index = i, .spatial_layers = 3, .temporal_index = 0});
        EXPECT_LE(made.longest(), room);
        for (std::size_t j = 0; j < made.all.size(); ++j) {
          const auto descriptor = read_vp9_descriptor(made.all[j]);
          ASSERT_TRUE(descriptor);
          EXPECT_EQ(descriptor->spatial_index, i);
          EXPECT_EQ(descriptor->begins, j == 0);
          EXPECT_EQ(descriptor->ends, j + 1 == made.all.size());
          EXPECT_EQ(depacketizer.inspect(made.all[j])->begins_frame, i == 0 && j == 0);
        }
        payloads.insert(payloads.end(), made.all.begin(), made.all.end());
      }
      const auto frame = assembled(depacketizer, payloads);
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->data, whole);
      EXPECT_EQ(frame->info.key_frame, picture == 0);
      EXPECT_EQ(frame->info.spatial_index, 2);
      EXPECT_EQ(frame->info.picture_id, picture);
    }
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
