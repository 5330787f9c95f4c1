// What receivers ask an encoder for, through a track.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "parley/av/simulcast_encoder.hpp"
#include "parley/av/video_encoder.hpp"
#include "pictures.hpp"

namespace parley::av {
namespace {

using test::picture;
using testing::ElementsAre;

/// Asks, and waits until everybody has been told.
void ask(const std::shared_ptr<MediaStreamTrack>& track) {
  const auto told = std::make_shared<std::promise<void>>();
  auto listener = track->addEventListener<"keyframerequest">([told] { told->set_value(); });
  track->request_key_frame();
  told->get_future().get();
  listener.remove();
}

TEST(VideoEncoder, WhoAsksSoonAfterAKeyFrameGetsOneALittleLater) {
  const auto track = MediaStreamTrack::create("video");
  VideoEncoder encoder;
  encoder.follow(track);
  std::vector<int> keys;
  for (int i = 0; i < 40; ++i) {
    if (i == 2 || i == 5 || i == 25) ask(track);
    const auto frame = encoder.encode(picture(160, 120, i));
    if (frame && frame->type == RTCEncodedVideoFrameType::Key) keys.push_back(i);
  }
  EXPECT_THAT(keys, ElementsAre(0, 10, 25));  // the tenth is the first that is 300 ms behind
}

TEST(SimulcastEncoder, WhoAsksSoonAfterAKeyFrameGetsOneALittleLater) {
  const auto track = MediaStreamTrack::create("video");
  SimulcastEncoder encoder({{.rid = "l", .scaleResolutionDownBy = 2.0}, {.rid = "h"}}, {.bits_per_second = 5e6});
  encoder.follow(track);
  std::vector<int> keys;
  for (int i = 0; i < 20; ++i) {
    if (i == 2) ask(track);
    for (const auto& frame : encoder.encode(picture(160, 120, i)))
      if (frame.type == RTCEncodedVideoFrameType::Key && frame.metadata.rid == "h") keys.push_back(i);
  }
  EXPECT_THAT(keys, ElementsAre(0, 10));
}

}  // namespace
}  // namespace parley::av
