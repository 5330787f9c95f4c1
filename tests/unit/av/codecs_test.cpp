// Pictures through encoders and decoders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parley/av/video_decoder.hpp"
#include "parley/av/video_encoder.hpp"
#include "pictures.hpp"
#include "support/pair.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using parley::test::Latch;
using parley::test::Pair;
using test::difference;
using test::picture;

class VideoCodec : public testing::TestWithParam<const char*> {};

TEST_P(VideoCodec, APictureComesBackAsItWas) {
  VideoEncoder encoder({.mimeType = GetParam()});
  VideoDecoder decoder(GetParam());
  int shown = 0;
  for (int i = 0; i < 30; ++i) {
    const Picture original = picture(160, 120, i);
    const auto frame = encoder.encode(original);
    if (!frame) continue;  // left out
    EXPECT_EQ(frame->type, i == 0 ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta);
    EXPECT_EQ(frame->metadata.mimeType, GetParam());
    EXPECT_EQ(frame->metadata.width, 160);
    EXPECT_EQ(frame->timestamp, original.timestamp);
    const auto pictures = decoder.decode(*frame);
    ASSERT_EQ(pictures.size(), 1U) << i;
    EXPECT_EQ(pictures[0].width, 160);
    EXPECT_EQ(pictures[0].height, 120);
    EXPECT_EQ(pictures[0].timestamp, original.timestamp);
    EXPECT_LT(difference(pictures[0], original), 3) << i;
    ++shown;
  }
  EXPECT_GE(shown, 28);
}

TEST_P(VideoCodec, MakesAKeyFrameWhenItIsAskedAndForAnotherSize) {
  VideoEncoder encoder({.mimeType = GetParam()});
  std::vector<int> keys;
  for (int i = 0; i < 20; ++i) {
    if (i == 7) encoder.request_key_frame();
    const auto frame = encoder.encode(i < 14 ? picture(160, 120, i) : picture(176, 144, i));
    if (frame && frame->type == RTCEncodedVideoFrameType::Key) keys.push_back(i);
  }
  EXPECT_THAT(keys, testing::ElementsAre(0, 7, 14));
  // A decoder begins with such a frame.
  VideoDecoder decoder(GetParam());
  encoder.request_key_frame();
  const auto pictures = decoder.decode(*encoder.encode(picture(176, 144, 20)));
  ASSERT_EQ(pictures.size(), 1U);
  EXPECT_EQ(pictures[0].width, 176);
}

TEST_P(VideoCodec, FollowsTheRateWithoutKeyFrames) {
  VideoEncoder encoder({.mimeType = GetParam(), .bits_per_second = 800'000});
  std::size_t bytes[2]{};
  for (int i = 0; i < 180; ++i) {
    if (i == 90) encoder.aim_at(200'000);
    const auto frame = encoder.encode(picture(320, 240, i, 60));
    if (!frame) continue;
    if (i > 0) {
      EXPECT_EQ(frame->type, RTCEncodedVideoFrameType::Delta) << i;
    }
    // Once the encoder has come to rest: the last two of three seconds.
    if (i % 90 >= 30) bytes[i / 90] += frame->data.size();
  }
  EXPECT_NEAR(static_cast<double>(bytes[0]) * 8 / 2, 800'000, 250'000);
  EXPECT_NEAR(static_cast<double>(bytes[1]) * 8 / 2, 200'000, 80'000);
}

TEST_P(VideoCodec, NonsenseIsRefusedAndAKeyFrameMendsIt) {
  VideoEncoder encoder({.mimeType = GetParam()});
  VideoDecoder decoder(GetParam());
  std::uint32_t random = 5;
  for (int i = 0; i < 200; ++i) {
    auto frame = encoder.encode(picture(160, 120, i));
    if (!frame) continue;
    for (int k = 0; k < 1 + i % 5; ++k) {
      random = random * 1664525 + 1013904223;
      frame->data[(random >> 8) % frame->data.size()] = static_cast<std::uint8_t>(random >> 24);
    }
    if (i % 3 == 0) frame->data.resize(frame->data.size() / 2 + 1);
    try {
      for (const Picture& shown : decoder.decode(*frame))
        EXPECT_EQ(shown.data.size(), picture_size(shown.width, shown.height));
    } catch (const EncodingError&) {
    }
  }
  EXPECT_THROW(decoder.decode({}), EncodingError);
  encoder.request_key_frame();
  std::vector<Picture> pictures;
  for (int i = 200; i < 205 && pictures.empty(); ++i)
    if (const auto frame = encoder.encode(picture(160, 120, i))) pictures = decoder.decode(*frame);
  ASSERT_FALSE(pictures.empty());
  EXPECT_EQ(pictures.back().width, 160);
}

INSTANTIATE_TEST_SUITE_P(Codecs, VideoCodec, testing::Values("video/VP8", "video/VP9", "video/AV1", "video/H264"),
                         [](const auto& info) { return std::string(info.param + 6); });

TEST(VideoEncoder, TakesOddSizesWhereTheCodecDoes) {
  for (const char* codec : {"video/VP8", "video/VP9", "video/AV1"}) {
    VideoEncoder encoder({.mimeType = codec});
    VideoDecoder decoder(codec);
    const Picture original = picture(161, 121, 0);
    const auto pictures = decoder.decode(*encoder.encode(original));
    ASSERT_EQ(pictures.size(), 1U);
    EXPECT_LT(difference(pictures[0], original), 3);
  }
  VideoEncoder h264({.mimeType = "video/H264"});
  EXPECT_THROW(h264.encode(picture(161, 120, 0)), NotSupportedError);
  EXPECT_TRUE(h264.encode(picture(160, 120, 1)));
}

TEST(VideoEncoder, RefusesWhatMakesNoSense) {
  EXPECT_THROW(VideoEncoder({.mimeType = "video/MPV"}), NotSupportedError);
  EXPECT_THROW(VideoEncoder({.mimeType = "audio/opus"}), NotSupportedError);
  EXPECT_THROW(VideoEncoder({.bits_per_second = -1}), TypeError);
  EXPECT_THROW(VideoEncoder({.frame_rate = std::nan("")}), TypeError);
  EXPECT_THROW(VideoDecoder("video/MPV"), NotSupportedError);
  EXPECT_THROW(VideoDecoder("audio/opus"), NotSupportedError);
  VideoEncoder encoder;
  EXPECT_THROW(encoder.encode({}), TypeError);
  auto cut = picture(160, 120, 0);
  cut.data.pop_back();
  EXPECT_THROW(encoder.encode(cut), TypeError);
  // Nobody is hurt by these.
  encoder.aim_at(std::nan(""));
  encoder.aim_at(-5);
  EXPECT_TRUE(encoder.encode(picture(160, 120, 0)));
  EXPECT_TRUE(encoder.encode(picture(1, 1, 1)));
}

TEST(VideoEncoder, TimeThatStandsStillOrGoesBackIsNoObstacle) {
  for (const char* codec : {"video/VP8", "video/VP9", "video/AV1", "video/H264"}) {
    VideoEncoder encoder({.mimeType = codec});
    int frames = 0;
    for (const int number : {5, 5, 3, 6, 0})
      if (encoder.encode(picture(160, 120, number))) ++frames;
    EXPECT_GE(frames, 3) << codec;
  }
}

TEST(VideoEncoder, DoesWhatATrackSays) {
  Latch arrived, key_again;
  std::atomic<int> keys = 0;
  std::shared_ptr<MediaStreamTrack> remote;
  const auto track = MediaStreamTrack::create("video");
  VideoEncoder encoder;
  encoder.follow(track);
  Pair pair;
  (void)pair.offerer.addTrack(track);
  VideoDecoder decoder("video/VP8");
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      if (decoder.decode(frame).size() == 1) arrived.set();
      if (frame.type == RTCEncodedVideoFrameType::Key && ++keys == 2) key_again.set();
    };
  };
  const auto loop = EventLoop::shared();
  loop->run([&] { return pair.negotiate(); }).get(20s);
  loop->run([&]() -> Promise<void> {
        bool asked = false;
        for (int i = 0; i < 500 && !key_again.is_set(); ++i) {
          if (auto frame = encoder.encode(picture(160, 120, i))) track->write(std::move(*frame));
          if (arrived.is_set() && !asked) {
            asked = true;
            remote->request_key_frame();
          }
          co_await loop->delay(10ms);
        }
      })
      .get(20s);
  EXPECT_TRUE(arrived.is_set());
  EXPECT_TRUE(key_again.is_set());
}

}  // namespace
}  // namespace parley::av
