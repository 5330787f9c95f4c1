// Layers by rate: what is left when the upper ones are left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <tuple>

#include "parley/av/simulcast_encoder.hpp"
#include "parley/av/video_decoder.hpp"
#include "parley/av/video_encoder.hpp"
#include "pictures.hpp"

namespace parley::av {
namespace {

using test::difference;
using test::picture;
using testing::ElementsAre;

std::string mode_of(int layers) { return "L1T" + std::to_string(layers); }

class TemporalLayers : public testing::TestWithParam<std::tuple<const char*, int>> {
 protected:
  std::string codec = std::get<0>(GetParam());
  int layers = std::get<1>(GetParam());
};

/// Each receiver decodes what it gets to the same pictures, bit by bit, as who gets everything.
TEST_P(TemporalLayers, WhatIsLeftWhenTheUpperOnesAreLeftOutIsDecoded) {
  VideoEncoder encoder({.mimeType = codec, .bits_per_second = 1e6, .scalabilityMode = mode_of(layers)});
  std::deque<VideoDecoder> decoders;
  for (int i = 0; i < layers; ++i) decoders.emplace_back(codec);
  std::vector<int> shown(static_cast<std::size_t>(layers));
  for (int i = 0; i < 120; ++i) {
    if (i == 50) encoder.request_key_frame();
    const Picture original = picture(320, 240, i, 20);
    const auto frame = encoder.encode(original);
    if (!frame) continue;
    ASSERT_TRUE(frame->metadata.temporalIndex);
    const int layer = *frame->metadata.temporalIndex;
    ASSERT_LT(layer, layers);
    if (frame->type == RTCEncodedVideoFrameType::Key) {
      EXPECT_EQ(layer, 0);
    }
    std::optional<Picture> whole;
    for (int up_to = layers - 1; up_to >= layer; --up_to) {
      const auto pictures = decoders[static_cast<std::size_t>(up_to)].decode(*frame);
      ASSERT_EQ(pictures.size(), 1U) << i << " of layer " << layer << " for " << up_to;
      if (!whole) whole = pictures[0];
      ASSERT_EQ(pictures[0].data, whole->data) << i << " of layer " << layer << " for " << up_to;
      ++shown[static_cast<std::size_t>(up_to)];
    }
    EXPECT_LT(difference(*whole, original), 12) << i;
  }
  EXPECT_GE(shown.back(), 100);
  for (int i = 0; i < layers; ++i)
    EXPECT_NEAR(shown[static_cast<std::size_t>(i)], shown.back() >> (layers - 1 - i), 2) << i;
}

TEST_P(TemporalLayers, EachHasItsShareOfTheRate) {
  VideoEncoder encoder({.mimeType = codec, .bits_per_second = 600'000, .scalabilityMode = mode_of(layers)});
  std::vector<double> bits(static_cast<std::size_t>(layers));
  for (int i = 0; i < 150; ++i) {
    const auto frame = encoder.encode(picture(320, 240, i, 60));
    if (!frame || i < 60) continue;
    for (auto at = std::size_t{*frame->metadata.temporalIndex}; at < bits.size(); ++at)
      bits[at] += 8.0 * static_cast<double>(frame->data.size()) / 3;
  }
  EXPECT_NEAR(bits.back(), 600'000, 200'000);
  EXPECT_LT(bits.front(), 0.8 * bits.back());
  EXPECT_GT(bits.front(), 0.25 * bits.back());
}

INSTANTIATE_TEST_SUITE_P(Codecs, TemporalLayers,
                         testing::Combine(testing::Values("video/VP8", "video/VP9", "video/AV1"),
                                          testing::Values(2, 3)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) + 6) + "L1T" +
                                  std::to_string(std::get<1>(info.param));
                         });

TEST(VideoEncoder, HasThePatternOfItsScalabilityMode) {
  const auto pattern = [](const char* mode, int key_at) {
    VideoEncoder encoder({.mimeType = "video/VP8", .scalabilityMode = mode});
    std::vector<int> layers;
    for (int i = 0; i < 9; ++i) {
      if (i == key_at) encoder.request_key_frame();
      if (const auto frame = encoder.encode(picture(160, 120, i)))
        layers.push_back(frame->metadata.temporalIndex ? int{*frame->metadata.temporalIndex} : -1);
    }
    return layers;
  };
  EXPECT_THAT(pattern("L1T1", 4), ElementsAre(-1, -1, -1, -1, -1, -1, -1, -1, -1));
  EXPECT_THAT(pattern("L1T2", 4), ElementsAre(0, 1, 0, 1, 0, 1, 0, 1, 0));
  EXPECT_THAT(pattern("L1T2", 5), ElementsAre(0, 1, 0, 1, 0, 0, 1, 0, 1));
  EXPECT_THAT(pattern("L1T3", 6), ElementsAre(0, 2, 1, 2, 0, 2, 0, 2, 1));
}

TEST(VideoEncoder, RefusesLayersThatItDoesNotMake) {
  for (const char* mode : {"", "L1T0", "L1T4", "L2T1", "S2T1", "L1T2h"})
    EXPECT_THROW(VideoEncoder({.mimeType = "video/VP9", .scalabilityMode = mode}), NotSupportedError) << mode;
  EXPECT_THROW(VideoEncoder({.mimeType = "video/H264", .scalabilityMode = "L1T2"}), NotSupportedError);
}

TEST(SimulcastEncoder, MakesTheLayersOfEachEncoding) {
  std::vector<RTCRtpEncodingParameters> encodings{{.rid = "l", .scaleResolutionDownBy = 2.0}, {.rid = "h"}};
  encodings[1].scalabilityMode = "L1T2";
  SimulcastEncoder encoder(encodings, {.bits_per_second = 5e6});
  std::vector<int> layers;
  for (int i = 0; i < 4; ++i)
    for (const auto& frame : encoder.encode(picture(320, 240, i))) {
      if (frame.metadata.rid == "h") {
        layers.push_back(frame.metadata.temporalIndex.value_or(9));
      } else {
        EXPECT_FALSE(frame.metadata.temporalIndex);
      }
    }
  EXPECT_THAT(layers, ElementsAre(0, 1, 0, 1));
  // Another mode is another encoder.
  encodings[1].scalabilityMode = "L1T3";
  encoder.use(encodings);
  const auto frames = encoder.encode(picture(320, 240, 4));
  EXPECT_EQ(frames.at(1).type, RTCEncodedVideoFrameType::Key);
  encodings[0].scalabilityMode = "L3T3_KEY";
  EXPECT_THROW(encoder.use(encodings), NotSupportedError);
}

}  // namespace
}  // namespace parley::av
