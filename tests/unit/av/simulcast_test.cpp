// One picture in several encodings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "parley/av/simulcast_encoder.hpp"
#include "parley/av/video_decoder.hpp"
#include "pictures.hpp"
#include "support/pair.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using parley::test::Latch;
using parley::test::Pair;
using test::picture;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kPlenty = 5e6;

std::vector<RTCRtpEncodingParameters> three() {
  return {{.rid = "l", .scaleResolutionDownBy = 4.0}, {.rid = "m", .scaleResolutionDownBy = 2.0}, {.rid = "h"}};
}

std::vector<std::string> rids(const std::vector<RTCEncodedVideoFrame>& frames) {
  std::vector<std::string> rids;
  rids.reserve(frames.size());
  for (const RTCEncodedVideoFrame& frame : frames) rids.push_back(frame.metadata.rid);
  return rids;
}

std::vector<std::string> key_frames(const std::vector<RTCEncodedVideoFrame>& frames) {
  std::vector<std::string> rids;
  for (const RTCEncodedVideoFrame& frame : frames)
    if (frame.type == RTCEncodedVideoFrameType::Key) rids.push_back(frame.metadata.rid);
  return rids;
}

class Simulcast : public testing::TestWithParam<const char*> {};

TEST_P(Simulcast, EachEncodingDecodesToThePictureInItsSize) {
  SimulcastEncoder encoder(three(), {.mimeType = GetParam(), .bits_per_second = kPlenty});
  std::map<std::string, VideoDecoder> decoders;
  for (const char* rid : {"l", "m", "h"}) decoders.try_emplace(rid, GetParam());
  std::map<std::string, int> shown;
  for (int i = 0; i < 20; ++i) {
    const Picture original = picture(320, 240, i);
    for (const RTCEncodedVideoFrame& frame : encoder.encode(original)) {
      EXPECT_EQ(frame.metadata.mimeType, GetParam());
      EXPECT_EQ(frame.timestamp, original.timestamp);
      const auto pictures = decoders.at(frame.metadata.rid).decode(frame);
      ASSERT_EQ(pictures.size(), 1U);
      const int by = 320 / pictures[0].width;
      EXPECT_EQ(by, (std::map<std::string, int>{{"l", 4}, {"m", 2}, {"h", 1}}.at(frame.metadata.rid)));
      EXPECT_EQ(pictures[0].height, 240 / by);
      EXPECT_EQ(frame.metadata.width, pictures[0].width);
      // Somewhere in the ramp, above the square that moves.
      const auto at = [](const Picture& from, int x, int y) {
        return int{from.data[static_cast<std::size_t>(y) * from.width + static_cast<std::size_t>(x)]};
      };
      for (const int x : {40, 160, 280}) EXPECT_NEAR(at(pictures[0], x / by, 40 / by), at(original, x, 40), 12);
      ++shown[frame.metadata.rid];
    }
  }
  for (const char* rid : {"l", "m", "h"}) EXPECT_GE(shown[rid], 18) << rid;
}

INSTANTIATE_TEST_SUITE_P(Codecs, Simulcast, testing::Values("video/VP8", "video/VP9", "video/AV1", "video/H264"),
                         [](const auto& info) { return std::string(info.param + 6); });

TEST(SimulcastEncoder, MakesKeyFramesOfTheEncodingThatIsAskedFor) {
  SimulcastEncoder encoder(three(), {.bits_per_second = kPlenty});
  EXPECT_THAT(key_frames(encoder.encode(picture(320, 240, 0))), ElementsAre("l", "m", "h"));
  EXPECT_THAT(key_frames(encoder.encode(picture(320, 240, 1))), IsEmpty());
  encoder.request_key_frame("m");
  encoder.request_key_frame("nobody");
  EXPECT_THAT(key_frames(encoder.encode(picture(320, 240, 2))), ElementsAre("m"));
  encoder.request_key_frame();
  EXPECT_THAT(key_frames(encoder.encode(picture(320, 240, 3))), ElementsAre("l", "m", "h"));
  EXPECT_THAT(key_frames(encoder.encode(picture(320, 240, 4))), IsEmpty());
}

TEST(SimulcastEncoder, WhatIsNotActiveIsNotEncodedAndBeginsWithAKeyFrame) {
  auto encodings = three();
  SimulcastEncoder encoder(encodings, {.bits_per_second = kPlenty});
  (void)encoder.encode(picture(320, 240, 0));
  encodings[2].active = false;
  encoder.use(encodings);
  EXPECT_THAT(rids(encoder.encode(picture(320, 240, 1))), ElementsAre("l", "m"));
  encodings[2].active = true;
  encoder.use(encodings);
  const auto frames = encoder.encode(picture(320, 240, 2));
  EXPECT_THAT(rids(frames), ElementsAre("l", "m", "h"));
  EXPECT_THAT(key_frames(frames), ElementsAre("h"));
  for (auto& encoding : encodings) encoding.active = false;
  encoder.use(encodings);
  EXPECT_THAT(encoder.encode(picture(320, 240, 3)), IsEmpty());
}

TEST(SimulcastEncoder, AnEncodingChangesItsSizeAndCodecAlone) {
  auto encodings = three();
  SimulcastEncoder encoder(encodings, {.bits_per_second = kPlenty});
  (void)encoder.encode(picture(320, 240, 0));
  encodings[1].scaleResolutionDownBy = 1.6;
  encodings[2].codec = RTCRtpCodec{.mimeType = "video/VP9", .clockRate = 90'000};
  encoder.use(encodings);
  const auto frames = encoder.encode(picture(320, 240, 1));
  EXPECT_THAT(key_frames(frames), ElementsAre("m", "h"));
  EXPECT_EQ(frames.at(1).metadata.width, 200);
  EXPECT_EQ(frames.at(2).metadata.mimeType, "video/VP9");
}

TEST(SimulcastEncoder, KeepsToTheFrameRateOfEachEncoding) {
  auto encodings = three();
  encodings[0].maxFramerate = 10;
  encodings[1].maxFramerate = 15;
  SimulcastEncoder encoder(encodings, {.bits_per_second = kPlenty});
  std::map<std::string, int> count;
  for (int i = 0; i < 60; ++i)
    for (const auto& frame : encoder.encode(picture(320, 240, i))) ++count[frame.metadata.rid];
  EXPECT_NEAR(count["l"], 20, 2);
  EXPECT_NEAR(count["m"], 30, 2);
  EXPECT_GE(count["h"], 58);
}

TEST(SimulcastEncoder, KeepsToTheBitRateOfEachEncodingAndOfAll) {
  auto encodings = three();
  encodings[0].maxBitrate = 80'000;
  encodings[1].maxBitrate = 150'000;
  encodings[2].maxBitrate = 1'000'000;
  SimulcastEncoder encoder(encodings, {.bits_per_second = 700'000});
  std::map<std::string, double> bits;
  for (int i = 0; i < 120; ++i)
    for (const auto& frame : encoder.encode(picture(640, 480, i, 60)))
      if (i >= 60) bits[frame.metadata.rid] += 8.0 * static_cast<double>(frame.data.size()) / 2;
  EXPECT_NEAR(bits["l"], 80'000, 40'000);
  EXPECT_NEAR(bits["m"], 150'000, 60'000);
  EXPECT_NEAR(bits["h"], 470'000, 200'000);
  // Too little for the large one: the others go on.
  encoder.aim_at(200'000);
  EXPECT_THAT(rids(encoder.encode(picture(640, 480, 120, 60))), testing::Not(testing::Contains("h")));
}

TEST(SimulcastEncoder, RefusesWhatMakesNoSense) {
  EXPECT_THROW(SimulcastEncoder({}), TypeError);
  EXPECT_THROW(SimulcastEncoder(three(), {.mimeType = "video/MPV"}), NotSupportedError);
  const RTCRtpEncodingParameters larger{.scaleResolutionDownBy = 0.5}, negative{.maxFramerate = -1.0};
  for (const auto& encoding : {larger, negative})
    EXPECT_THROW(SimulcastEncoder(std::vector<RTCRtpEncodingParameters>{encoding}), TypeError);
  EXPECT_THROW(SimulcastEncoder(three(), {.bits_per_second = 0}), TypeError);
  EXPECT_THROW(SimulcastEncoder(three(), {.frame_rate = std::nan("")}), TypeError);
  SimulcastEncoder encoder(three());
  EXPECT_THROW(encoder.encode({}), TypeError);
  EXPECT_THROW(encoder.use({}), TypeError);
  EXPECT_THROW(encoder.follow(nullptr), TypeError);
  encoder.aim_at(std::nan(""));
  EXPECT_THAT(rids(encoder.encode(picture(1, 1, 0))), testing::Contains("l"));
}

/// Over a connection: the other side gets each encoding by its rid, asks for key frames of one, and a change of the
/// parameters is followed.
TEST(SimulcastEncoder, SendsWhatASenderIsSetTo) {
  std::atomic<int> frames[3]{}, keys[3]{}, wrong = 0;
  Latch all, asked, stopped;
  std::map<std::string, VideoDecoder> decoders;
  const std::vector<std::string> names{"l", "m", "h"};
  for (const std::string& name : names) decoders.try_emplace(name, "video/VP8");
  const auto track = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> remote;
  Pair pair;
  const auto transceiver =
      pair.offerer.addTransceiver(track, {.direction = RTCRtpTransceiverDirection::SendOnly, .sendEncodings = three()});
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      const auto which = static_cast<std::size_t>(std::ranges::find(names, frame.metadata.rid) - names.begin());
      ASSERT_LT(which, names.size());
      const auto pictures = decoders.at(frame.metadata.rid).decode(frame);
      if (pictures.size() != 1 || pictures[0].width != 160 << which) ++wrong;
      ++frames[which];
      if (frame.type == RTCEncodedVideoFrameType::Key) ++keys[which];
    };
  };
  const auto loop = EventLoop::shared();
  loop->run([&] { return pair.negotiate(); }).get(20s);
  const auto sender = transceiver->sender();
  SimulcastEncoder encoder(sender->getParameters().encodings, {.bits_per_second = kPlenty});
  encoder.follow(track);
  loop->run([&]() -> Promise<void> {
        int number = 0, keys_before = 0, last = 0;
        const auto send = [&](int pictures) -> Promise<void> {
          for (int i = 0; i < pictures; ++i) {
            encoder.aim_at(kPlenty);  // whatever the connection has found out by now
            for (auto& frame : encoder.encode(picture(640, 480, number++))) track->write(std::move(frame));
            co_await loop->delay(10ms);
          }
        };
        for (int i = 0; i < 200 && !all.is_set(); ++i) {
          co_await send(1);
          if (std::ranges::all_of(frames, [](int count) { return count >= 5; })) all.set();
        }
        keys_before = keys[1];
        remote->request_key_frame("m");
        for (int i = 0; i < 200 && !asked.is_set(); ++i) {
          co_await send(1);
          if (keys[1] > keys_before) asked.set();
        }
        auto parameters = sender->getParameters();
        parameters.encodings[2].active = false;
        co_await sender->setParameters(parameters);
        encoder.use(sender->getParameters().encodings);
        co_await send(20);
        last = frames[2];
        const int others = frames[0];
        co_await send(20);
        if (frames[2] == last && frames[0] > others) stopped.set();
      })
      .get(60s);
  EXPECT_TRUE(all.is_set());
  EXPECT_TRUE(asked.is_set());
  EXPECT_TRUE(stopped.is_set());
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace parley::av
