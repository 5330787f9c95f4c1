// VP9 in layers, by size and by rate.
#include <gtest/gtest.h>

#include "formats/vp9.hpp"
#include "formats/vp9_descriptor.hpp"
#include "payloads.hpp"
#include "vp9_frames.hpp"

namespace parley::formats::vp9_layers_test {
namespace {

using namespace test;

TEST(Vp9Layers, LayersOfAPictureAreOneFrame) {
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
TEST(Vp9Layers, WritesTheSizesOfAPictureOneAfterTheOther) {
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
TEST(Vp9Layers, AKeyFrameRefersToNothingWhateverItsSize) {
  Vp9Packetizer packetizer(0x1234);
  const FrameInfo smaller{.spatial_index = 0, .spatial_layers = 2}, larger{.spatial_index = 1, .spatial_layers = 2};
  packetized(packetizer, kKeyFrame, 100, smaller);
  EXPECT_EQ(packetized(packetizer, kKeyFrame, 100, larger).all,
            List{joined({bytes({0xBC, 0x92, 0x34, 0x02}), kKeyFrame})});
  packetized(packetizer, kDeltaFrame, 100, smaller);
  EXPECT_EQ(packetized(packetizer, kKeyFrame, 100, larger).all,
            List{joined({bytes({0xBC, 0x92, 0x35, 0x02}), kKeyFrame})});
}

TEST(Vp9Layers, EachSizeRefersToItsOwnPictures) {
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
TEST(Vp9Layers, InRegularLayersReceiversOfFewerCanGoUpAnywhere) {
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
TEST(Vp9Layers, WhereReceiversOfFewerLayersCanGoUpGoesFromFrameToFrame) {
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
TEST(Vp9Layers, TellsTheSizesOfLayersWhenItKnowsAllOfThem) {
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

TEST(Vp9Layers, TheStructureIsInTheFirstPayloadOnly) {
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

TEST(Vp9Layers, APictureIsAsLargeAsItsLargestSize) {
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

/// Some encoders leave the smaller sizes out, or make each by itself, and forwarders leave the others out.
TEST(Vp9Layers, APictureMayBeginWithALargerSize) {
  Vp9Depacketizer depacketizer;
  const auto alone = depacketizer.inspect(joined({bytes({0xBC, 0x05, 0x04}), kKeyFrame}));
  EXPECT_TRUE(alone->begins_frame);
  EXPECT_TRUE(alone->key_frame);
  EXPECT_TRUE(alone->may_follow_others);
  EXPECT_FALSE(depacketizer.inspect(joined({bytes({0x3C, 0x00}), kKeyFrame}))->may_follow_others);
  EXPECT_TRUE(assembled(depacketizer, {joined({bytes({0xBC, 0x05, 0x04}), kKeyFrame})})->info.key_frame);
  EXPECT_FALSE(depacketizer.inspect(joined({bytes({0xFC, 0x05, 0x04, 0x02}), kDeltaFrame}))->begins_frame);
}

TEST(Vp9Layers, SizesOfAPictureComeBackAsOneFrame) {
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

}  // namespace
}  // namespace parley::formats::vp9_layers_test
