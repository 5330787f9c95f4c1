// What a receiver gets of spatial layers, which VP9 has in one stream.
#include <gmock/gmock.h>

#include <vector>

#include "forwarder.hpp"

namespace parley::media::test {
namespace {

using testing::ElementsAre;

struct Vp9Picture {
  bool key = false;
  int temporal = 0;
  bool up = false;
  int layers = 3;
};
/// One packet for each spatial layer of a picture of VP9, RFC 9628 section 4.2, not in flexible mode.
std::vector<Made> vp9(Stream& stream, Vp9Picture picture) {
  if (picture.temporal == 0) ++stream.base_index;
  stream.picture_id = (stream.picture_id + 1) & 0x7FFF;
  stream.timestamp += 3000;
  std::vector<Made> packets;
  for (int i = 0; i < picture.layers; ++i) {
    const Bytes payload{
        static_cast<std::uint8_t>(picture.key ? 0xAC : 0xEC),
        static_cast<std::uint8_t>(0x80 | stream.picture_id >> 8),
        static_cast<std::uint8_t>(stream.picture_id),
        static_cast<std::uint8_t>(picture.temporal << 5 | (picture.up ? 0x10 : 0) | i << 1 | (i > 0 ? 1 : 0)),
        stream.base_index,
        7};
    packets.push_back(made(stream, "VP9", payload, i + 1 == picture.layers, i == 0 && picture.key));
    ++stream.number;
  }
  return packets;
}

TEST(LayerSelector, TheHighestSpatialLayerThatIsForwardedEndsThePicture) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 1});
  for (int i = 0; i < 2; ++i) forwarder.give(vp9(stream, {.key = i == 0}));
  forwarder.give(vp9(stream, {.layers = 1}));
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 2, 3, 4));
  std::vector<bool> markers;
  for (const Out& one : forwarder.out) markers.push_back(one.marker);
  EXPECT_THAT(markers, ElementsAre(false, true, false, true, true));
}

TEST(LayerSelector, GoesDownInSizeWithTheNextPictureAndUpWithAKeyFrame) {
  Forwarder forwarder;
  Stream stream = low();
  const auto sizes = [&] {
    std::vector<int> counts;
    for (std::size_t i = 0; i < forwarder.out.size(); ++i) {
      if (i == 0 || forwarder.out[i].timestamp != forwarder.out[i - 1].timestamp) counts.push_back(0);
      ++counts.back();
    }
    return counts;
  };
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(vp9(stream, {.key = true}));
  const auto begun = vp9(stream, {});
  forwarder.give(begun[0]);
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 0});
  forwarder.give(begun[1]);
  forwarder.give(begun[2]);
  forwarder.give(vp9(stream, {}));
  forwarder.selector.select(Layer{.rid = "l", .spatial_index = 2});
  forwarder.give(vp9(stream, {}));
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "l");
  forwarder.give(vp9(stream, {.key = true}));
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now + 1s), std::nullopt);
  forwarder.give(vp9(stream, {}));
  EXPECT_THAT(sizes(), ElementsAre(3, 3, 1, 1, 3, 3));
}

/// References are distances of picture ids, so those that are left out leave gaps.
TEST(LayerSelector, PictureIdsOfVp9StayAsTheyAre) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  for (int i = 0; i < 4; ++i) forwarder.give(vp9(stream, {.key = i == 0, .temporal = i % 2, .layers = 1}));
  EXPECT_THAT(forwarder.picture_ids(), ElementsAre(0x101, 0x103));
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1));
}

TEST(LayerSelector, AfterASwitchingPointOfVp9AllTemporalLayersCanFollow) {
  Forwarder forwarder;
  Stream stream = low();
  const auto pictures = [&](std::initializer_list<Vp9Picture> some) {
    for (Vp9Picture one : some) {
      one.layers = 1;
      forwarder.give(vp9(stream, one));
    }
  };
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  pictures({{.key = true}, {.temporal = 2}, {.temporal = 1}});
  forwarder.selector.select(Layer{.rid = "l"});
  pictures({{}, {.temporal = 2, .up = true}, {.temporal = 1}, {.up = true}, {.temporal = 2}, {.temporal = 1}});
  EXPECT_THAT(forwarder.temporal(), ElementsAre(0, 0, 0, 2, 1));
}

/// Flexible mode tells what a picture refers to.
TEST(LayerSelector, APictureOfVp9ThatRefersToWhatIsThereMayBeASwitchingPoint) {
  Forwarder forwarder;
  Stream stream = low();
  const auto flexible = [&](int temporal, int distance) {
    ++stream.picture_id;
    stream.timestamp += 3000;
    const Bytes payload{static_cast<std::uint8_t>(distance == 0 ? 0xBC : 0xFC),
                        static_cast<std::uint8_t>(0x80 | stream.picture_id >> 8),
                        static_cast<std::uint8_t>(stream.picture_id),
                        static_cast<std::uint8_t>(temporal << 5 | (temporal > 0 ? 0x10 : 0)),
                        static_cast<std::uint8_t>(distance << 1),
                        7};
    const bool taken = forwarder.give(made(stream, "VP9", payload, true, distance == 0));
    ++stream.number;
    return taken;
  };
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  EXPECT_TRUE(flexible(0, 0));
  EXPECT_FALSE(flexible(1, 1));
  forwarder.selector.select(Layer{.rid = "l"});
  EXPECT_FALSE(flexible(1, 1)) << "it refers to what was left out";
  EXPECT_TRUE(flexible(0, 3));
  EXPECT_TRUE(flexible(1, 1));
}

}  // namespace
}  // namespace parley::media::test
