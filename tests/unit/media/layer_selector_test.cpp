#include <gmock/gmock.h>

#include <vector>

#include "forwarder.hpp"

namespace parley::media::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Eq;

struct Vp8Picture {
  bool key = false;
  int temporal = 0;
  bool sync = false;
};
/// Two packets of a picture of VP8, RFC 7741 section 4.2.
std::vector<Made> vp8(Stream& stream, Vp8Picture picture) {
  if (picture.temporal == 0) ++stream.base_index;
  stream.picture_id = (stream.picture_id + 1) & 0x7FFF;
  stream.timestamp += 3000;
  std::vector<Made> packets;
  for (const bool first : {true, false}) {
    Bytes payload{static_cast<std::uint8_t>(first ? 0x90 : 0x80),
                  0xE0,
                  static_cast<std::uint8_t>(0x80 | stream.picture_id >> 8),
                  static_cast<std::uint8_t>(stream.picture_id),
                  stream.base_index,
                  static_cast<std::uint8_t>(picture.temporal << 6 | (picture.sync ? 0x20 : 0)),
                  static_cast<std::uint8_t>(picture.key ? 0 : 1),
                  static_cast<std::uint8_t>(first)};
    packets.push_back(made(stream, "VP8", std::move(payload), !first, first && picture.key));
    ++stream.number;
  }
  return packets;
}

TEST(LayerSelector, ForwardsNothingBeforeSomethingIsSelected) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.give(vp8(stream, {.key = true}));
  EXPECT_TRUE(forwarder.out.empty());
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), std::nullopt);
}

TEST(LayerSelector, BeginsWithAKeyFrameThatItAsksFor) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(vp8(stream, {}));
  EXPECT_TRUE(forwarder.out.empty());
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "l");
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now + 499ms), std::nullopt) << "it has just asked";
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now + 500ms), "l");
  const auto key = vp8(stream, {.key = true});
  forwarder.give(key);
  forwarder.give(vp8(stream, {}));
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(forwarder.out[0].payload, *key[0].payload) << "the first encoding stays as it is";
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now + 10s), std::nullopt);
}

TEST(LayerSelector, APayloadThatDoesNotChangeStaysWhereItIs) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l"});
  const auto key = vp8(stream, {.key = true});
  const auto sent = forwarder.selector.forward(key[0].packet, forwarder.now);
  EXPECT_EQ(sent->owner, key[0].payload);
  EXPECT_EQ(sent->payload.data(), key[0].payload->data());
}

TEST(LayerSelector, ChangesToAnotherEncodingAtItsKeyFrame) {
  Forwarder forwarder;
  Stream slow = low(), fast = high();
  forwarder.selector.select(Layer{.rid = "l"});
  for (int i = 0; i < 3; ++i) {
    forwarder.give(vp8(slow, {.key = i == 0}));
    forwarder.give(vp8(fast, {.key = i == 0}));
    forwarder.now += 33ms;
  }
  forwarder.selector.select(Layer{.rid = "h"});
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "h");
  forwarder.give(vp8(slow, {}));
  forwarder.give(vp8(fast, {}));
  EXPECT_EQ(forwarder.selector.current()->rid, "l");
  forwarder.now += 33ms;
  forwarder.give(vp8(fast, {.key = true}));
  forwarder.give(vp8(slow, {}));
  forwarder.now += 33ms;
  forwarder.give(vp8(fast, {}));
  EXPECT_EQ(forwarder.selector.current()->rid, "h");
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  EXPECT_THAT(forwarder.picture_ids(), ElementsAre(0x101, 0x102, 0x103, 0x104, 0x105, 0x106));
  EXPECT_THAT(forwarder.base_indices(), ElementsAre(8, 9, 10, 11, 12, 13));
}

TEST(LayerSelector, TimesGoOnAsIfAllEncodingsHadOneClock) {
  Forwarder forwarder;
  Stream slow = low(), fast = high();
  forwarder.selector.select(Layer{.rid = "l"});
  for (int i = 0; i < 30; ++i) {
    // What comes late tells nothing of the clock.
    const Duration late = i % 3 == 0 ? 20ms : 0ms;
    forwarder.now += late;
    if (i == 10) forwarder.selector.select(Layer{.rid = "h"});
    forwarder.give(vp8(slow, {.key = i == 0}));
    forwarder.give(vp8(fast, {.key = i == 12}));
    forwarder.now += 33333us - late;
  }
  const auto times = forwarder.of_pictures(
      [&](const Out& one) { return static_cast<std::int32_t>(one.timestamp - forwarder.out[0].timestamp); });
  ASSERT_EQ(times.size(), 31U) << "one moment is there from both";
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (i == 13) {
      EXPECT_EQ(times[i] - times[i - 1], 1) << "the same moment, and later nevertheless";
    } else {
      EXPECT_NEAR(times[i] - times[i - 1], 3000, 2) << i;
    }
  }
}

TEST(LayerSelector, DoesNotBeginWithAKeyFrameThatWasOvertaken) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l"});
  const auto key = vp8(stream, {.key = true});
  forwarder.give(key[1]);
  forwarder.give(key[0]);
  EXPECT_TRUE(forwarder.out.empty());
  forwarder.give(vp8(stream, {.key = true}));
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1));
}

TEST(LayerSelector, WithoutTheUpperTemporalLayerPicturesAreCountedAnew) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  for (int i = 0; i < 6; ++i) forwarder.give(vp8(stream, {.key = i == 0, .temporal = i % 2}));
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(forwarder.picture_ids(), ElementsAre(0x101, 0x102, 0x103));
  EXPECT_THAT(forwarder.base_indices(), ElementsAre(8, 9, 10));
  EXPECT_THAT(forwarder.temporal(), Each(Eq(0)));
}

TEST(LayerSelector, GoesDownInTimeWithTheNextPictureAndUpWhereTheStreamAllowsIt) {
  Forwarder forwarder;
  Stream stream = low();
  const auto pictures = [&](std::initializer_list<Vp8Picture> some) {
    for (const Vp8Picture& one : some) forwarder.give(vp8(stream, one));
  };
  forwarder.selector.select(Layer{.rid = "l"});
  pictures({{.key = true}, {.temporal = 2}, {.temporal = 1}});
  const auto half = vp8(stream, {.temporal = 2});
  forwarder.give(half[0]);
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  forwarder.give(half[1]);  // what was begun is finished
  pictures({{}, {.temporal = 2}, {.temporal = 1}, {.temporal = 2}});
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 2});
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), std::nullopt);
  pictures({{}, {.temporal = 2, .sync = true}, {.temporal = 1}, {.temporal = 2}});
  EXPECT_THAT(forwarder.temporal(), ElementsAre(0, 2, 1, 2, 0, 0)) << "a layer in between is not left out";
  pictures({{}, {.temporal = 2}, {.temporal = 1, .sync = true}, {.temporal = 2}, {.temporal = 2, .sync = true}});
  EXPECT_THAT(forwarder.temporal(), ElementsAre(0, 2, 1, 2, 0, 0, 0, 1, 2));
  std::vector<int> ids(9);
  for (int i = 0; i < 9; ++i) ids[static_cast<std::size_t>(i)] = 0x101 + i;
  EXPECT_EQ(forwarder.picture_ids(), ids);
}

/// Their ids tell them apart.
TEST(LayerSelector, PicturesOfOneTimeAreDecidedOneByOne) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  for (int i = 0; i < 6; ++i) {
    stream.timestamp -= 3000;
    forwarder.give(vp8(stream, {.key = i == 0, .temporal = i % 2}));
  }
  ASSERT_EQ(forwarder.out.size(), 6U);
  std::vector<int> ids;
  for (const Out& one : forwarder.out) {
    EXPECT_EQ(one.info->temporal_index, 0);
    ids.push_back(one.info->picture_id.value());
  }
  EXPECT_THAT(ids, ElementsAre(0x101, 0x101, 0x102, 0x102, 0x103, 0x103));
}

TEST(LayerSelector, WhatIsRepairedLaterComesIntoItsPlace) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l", .temporal_index = 0});
  forwarder.give(vp8(stream, {.key = true}));
  const auto lost = vp8(stream, {}), left_out = vp8(stream, {.temporal = 1});
  forwarder.give(vp8(stream, {}));
  EXPECT_TRUE(forwarder.give(lost[1]));
  EXPECT_TRUE(forwarder.give(lost[0]));
  EXPECT_FALSE(forwarder.give(lost[0])) << "twice";
  EXPECT_TRUE(forwarder.give(left_out[0])) << "its number cannot be left out any more";
  forwarder.give(left_out[1]);
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 6, 7, 3, 2, 4, 5));
  EXPECT_EQ(forwarder.out[4].info->picture_id, 0x102);
  EXPECT_TRUE(forwarder.out[6].payload.empty());
  EXPECT_TRUE(forwarder.out[7].payload.empty());
  EXPECT_FALSE(forwarder.out[7].marker);
}

TEST(LayerSelector, PausesAndGoesOnWithAKeyFrame) {
  Forwarder forwarder;
  Stream stream = low();
  forwarder.selector.select(Layer{.rid = "l"});
  const auto key = vp8(stream, {.key = true});
  forwarder.give(key[0]);
  forwarder.selector.select(std::nullopt);
  forwarder.give(key[1]);
  forwarder.give(vp8(stream, {}));
  EXPECT_EQ(forwarder.selector.current(), std::nullopt);
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), std::nullopt);
  forwarder.selector.select(Layer{.rid = "l"});
  forwarder.give(vp8(stream, {}));
  EXPECT_EQ(forwarder.selector.key_frame_request(forwarder.now), "l");
  forwarder.give(vp8(stream, {.key = true}));
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(forwarder.picture_ids(), ElementsAre(0x101, 0x102));
  EXPECT_EQ(forwarder.out[2].timestamp - forwarder.out[0].timestamp, 9000U) << "time has passed";
}

TEST(LayerSelector, OtherCodecsChangeAtKeyFramesToo) {
  Forwarder forwarder;
  Stream slow = low(), fast = high();
  const auto next = [&](Stream& stream, bool key) {
    ++stream.number;
    stream.timestamp += 3000;
    forwarder.give(made(stream, "H264", {0x65, 1}, true, key));
  };
  forwarder.selector.select(Layer{.rid = "l"});
  next(slow, true);
  next(fast, true);
  forwarder.selector.select(Layer{.rid = "h"});
  next(slow, false);
  next(fast, true);
  next(slow, false);
  EXPECT_THAT(forwarder.numbers(), ElementsAre(0, 1, 2));
}

TEST(LayerSelector, SurvivesManySourcesAndAnyNumbers) {
  Forwarder forwarder;
  forwarder.selector.select(Layer{.rid = ""});
  std::uint32_t seed = 1;
  const auto random = [&] { return seed = seed * 1664525 + 1013904223; };
  for (int i = 0; i < 20000; ++i) {
    Stream stream{.rid = "",
                  .source = Ssrc(random() >> 27),
                  .number = static_cast<std::uint16_t>(random() >> 16),
                  .timestamp = random()};
    Bytes payload(1 + random() % 12);
    for (std::uint8_t& byte : payload) byte = static_cast<std::uint8_t>(random() >> 24);
    forwarder.give(
        made(stream, i % 2 == 0 ? "VP8" : "VP9", payload, (random() & 0x100) != 0, (random() & 0x1000) != 0));
    forwarder.now += 1ms;
  }
  EXPECT_GT(forwarder.out.size(), 10U);
}

}  // namespace
}  // namespace parley::media::test
