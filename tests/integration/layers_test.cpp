// Layers of one stream over two connections, and between them a program that leaves some out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/pair.hpp"

namespace parley::layers_test {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;

Promise<void> negotiated(Pair& pair) { co_await pair.negotiate(); }

/// What looks like AV1: with a sequence header in front if it is a key frame, and a frame that holds a number.
RTCEncodedVideoFrame av1_frame(RTCEncodedVideoFrameType type, std::uint8_t number) {
  RTCEncodedVideoFrame frame;
  frame.type = type;
  if (type == Key) {
    frame.data = {0x0A, 0x03, 0, 0, 0, 0x32, 0x02, 0x10, number};
  } else {
    frame.data = {0x32, 0x02, 0x10, number};
  }
  return frame;
}

void want(const std::shared_ptr<RTCRtpTransceiver>& transceiver, std::initializer_list<std::string_view> names) {
  auto extensions = transceiver->getHeaderExtensionsToNegotiate();
  for (auto& extension : extensions)
    for (const std::string_view name : names)
      if (extension.uri.ends_with(name)) extension.direction = RTCRtpTransceiverDirection::SendRecv;
  transceiver->setHeaderExtensionsToNegotiate(extensions);
}

/// AV1, with dependency descriptors, in this scalability mode.
void add(RTCPeerConnection& connection, const std::shared_ptr<MediaStreamTrack>& track, const std::string& mode) {
  RTCRtpEncodingParameters encoding;
  encoding.scalabilityMode = mode;
  const auto transceiver = connection.addTransceiver(track, {.sendEncodings = {encoding}});
  std::vector<RTCRtpCodec> codecs;
  const auto known = RTCRtpSender::getCapabilities("video");
  for (const RTCRtpCodec& codec : known->codecs)
    if (codec.mimeType == "video/AV1") codecs.push_back(codec);
  transceiver->setCodecPreferences(codecs);
  want(transceiver, {"#dependency-descriptor-rtp-header-extension"});
}

/// A sender, a forwarder, and a receiver who tells each frame's last byte.
struct Relay {
  explicit Relay(const std::string& mode) {
    source->onkeyframerequest = [this] { asked.set(); };
    add(in.offerer, source, mode);
    add(out.offerer, passed_on, mode);
    in.answerer.ontrack = [this](const RTCTrackEvent& event) {
      middle = event.track;
      middle->onrtp = [this](const RTCRtpPacket& packet) { pass(packet); };
    };
    out.answerer.ontrack = [this](const RTCTrackEvent& event) {
      remote = event.track;
      remote->onvideoframe = [this](const RTCEncodedVideoFrame& frame) {
        seen.push_back(frame);
        if (frame.data.back() == kHalf) half.set();
        if (frame.data.back() == kLast) all.set();
      };
    };
    run([this] { return negotiated(out); });
    run([this] { return negotiated(in); });
  }
  void pass(const RTCRtpPacket& packet) {
    without_descriptor |= packet.dependencyDescriptor.empty();
    if (const auto forwarded = selector.forward(packet)) passed_on->write(*forwarded);
    if (selector.key_frame_request()) ++requests;
  }
  /// On the loop, as `pass` is.
  void select(std::optional<MediaLayer> layer) {
    EventLoop::shared()->run([&] { selector.select(std::move(layer)); });
  }
  /// As frames arrived, by the last bytes of their layers.
  [[nodiscard]] std::vector<int> contents() const {
    std::vector<int> all_of_them;
    for (const RTCEncodedVideoFrame& frame : seen) all_of_them.push_back(frame.data.back());
    return all_of_them;
  }

  static constexpr std::uint8_t kHalf = 8, kLast = 255;
  Latch asked, half, all;
  std::vector<RTCEncodedVideoFrame> seen;
  LayerSelector selector;
  bool without_descriptor = false;
  int requests = 0;
  std::shared_ptr<MediaStreamTrack> source = MediaStreamTrack::create("video"),
                                    passed_on = MediaStreamTrack::create("video"), middle, remote;
  Pair in, out;
};

/// Every frame that comes needs only what has come.
void expect_complete(const std::vector<RTCEncodedVideoFrame>& frames) {
  std::vector<std::uint64_t> ids;
  for (const RTCEncodedVideoFrame& frame : frames) {
    ASSERT_TRUE(frame.metadata.frameId);
    for (const std::uint64_t needed : frame.metadata.dependencies)
      EXPECT_TRUE(std::ranges::find(ids, needed) != ids.end()) << *frame.metadata.frameId << " needs " << needed;
    ids.push_back(*frame.metadata.frameId);
  }
}

TEST(Layers, RatesOfAv1AreLeftOutAndComeBackWhereTheStreamAllowsIt) {
  Relay relay("L1T3");
  ASSERT_TRUE(relay.asked.wait());
  relay.select(MediaLayer{.temporal_index = 0});
  const std::uint8_t pattern[] = {0, 2, 1, 2};
  for (std::uint8_t i = 0; i < 20; ++i) {
    if (i == 10) {
      ASSERT_TRUE(relay.half.wait());
      relay.select(MediaLayer{});
    }
    auto frame = av1_frame(i == 0 ? Key : Delta, i == 19 ? Relay::kLast : i);
    frame.metadata.temporalIndex = pattern[i % 4];
    frame.timestamp = i * 33'333us;
    relay.source->write(std::move(frame));
  }
  ASSERT_TRUE(relay.all.wait());
  EXPECT_FALSE(relay.without_descriptor);
  EXPECT_THAT(relay.contents(), testing::ElementsAre(0, 4, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 255))
      << "10 needs 8 only, and what comes later needs nothing older";
  expect_complete(relay.seen);
}

/// Two sizes of each picture, written one after the other; the receiver gets the smaller one, then both.
TEST(Layers, SizesOfAv1AreLeftOutUntilAKeyFrame) {
  Relay relay("L2T1");
  ASSERT_TRUE(relay.asked.wait());
  relay.select(MediaLayer{.spatial_index = 0});
  for (std::uint8_t picture = 0; picture < 10; ++picture) {
    if (picture == 5) {
      ASSERT_TRUE(relay.half.wait());
      relay.select(MediaLayer{});
    }
    for (std::uint8_t size = 0; size < 2; ++size) {
      const bool key = picture % 8 == 0, last = picture == 9 && size == 1;
      auto frame = av1_frame(key && size == 0 ? Key : Delta,
                             last ? Relay::kLast : static_cast<std::uint8_t>(2 * picture + size));
      if (key) frame.type = Key;
      frame.metadata.spatialIndex = size;
      frame.timestamp = picture * 33'333us;
      frame.metadata.spatial_layers = 2;
      relay.source->write(std::move(frame));
    }
  }
  ASSERT_TRUE(relay.all.wait());
  EXPECT_THAT(relay.contents(), testing::ElementsAre(0, 2, 4, 6, 8, 10, 12, 14, 17, 255));
  EXPECT_GT(relay.requests, 0);
  for (std::size_t i = 0; i < relay.seen.size(); ++i)
    EXPECT_EQ(relay.seen[i].metadata.spatialIndex, i < 8 ? 0 : 1) << i;
  expect_complete(relay.seen);
}

/// Nobody tells the forwarder's sender how its layers need each other, but the frames do: RFC 7741 section 4.2, Y.
TEST(Layers, FramesThatAreForwardedTellWhereHigherLayersBegin) {
  constexpr std::size_t kFrames = 9;
  Latch asked, came;
  std::vector<std::pair<int, bool>> seen;  // the layers, and whether they can be begun with
  const auto source = MediaStreamTrack::create("video"), passed_on = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> middle, remote;
  source->onkeyframerequest = [&] { asked.set(); };
  Pair in, out;
  RTCRtpEncodingParameters encoding;
  encoding.scalabilityMode = "L1T3";
  in.offerer.addTransceiver(source, {.sendEncodings = {encoding}});
  out.offerer.addTransceiver(passed_on);
  in.answerer.ontrack = [&](const RTCTrackEvent& event) {
    middle = event.track;
    middle->onvideoframe = [&](const RTCEncodedVideoFrame& frame) { passed_on->write(frame); };
  };
  out.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      seen.emplace_back(frame.metadata.temporalIndex.value_or(-1), frame.metadata.switch_up);
      if (seen.size() == kFrames) came.set();
    };
  };
  run([&] { return negotiated(out); });
  run([&] { return negotiated(in); });
  ASSERT_TRUE(asked.wait());
  for (std::size_t i = 0; i < kFrames; ++i) {
    constexpr std::uint8_t kPattern[] = {0, 2, 1, 2};
    RTCEncodedVideoFrame frame;
    frame.type = i == 0 ? Key : Delta;
    frame.data = {static_cast<std::uint8_t>(i == 0 ? 0x10 : 0x31), 0, 0};
    frame.metadata.mimeType = "video/VP8";
    frame.metadata.temporalIndex = kPattern[i % 4];
    frame.timestamp = i * 33'333us;
    source->write(std::move(frame));
  }
  ASSERT_TRUE(came.wait());
  using One = std::pair<int, bool>;
  EXPECT_THAT(seen, testing::ElementsAre(One(0, false), One(2, true), One(1, true), One(2, false), One(0, false),
                                         One(2, true), One(1, true), One(2, false), One(0, false)));
}

TEST(Layers, FramesTellTheirTimesAndWhatEachLayerGets) {
  Latch asked, came;
  std::optional<RTCEncodedVideoFrameMetadata> seen;
  const auto track = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> remote;
  track->onkeyframerequest = [&] { asked.set(); };
  Pair pair;
  want(pair.offerer.addTransceiver(track), {"/video-timing", "/video-layers-allocation00"});
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      seen = frame.metadata;
      came.set();
    };
  };
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(asked.wait());
  auto frame = av1_frame(Key, 1);
  frame.metadata.mimeType = "video/AV1";
  frame.metadata.timing = RTCVideoTiming{.largeFrame = true, .encodeBegin = 5ms, .encodeEnd = 100s, .network2 = 7ms};
  frame.metadata.layersAllocation = RTCVideoLayersAllocation{
      .encoding = 1,
      .encodings = 2,
      .layers = {{.encoding = 0, .bitrates = {200'000, 300'000}, .width = 320, .height = 180, .framerate = 30},
                 {.encoding = 1, .bitrates = {1'000'000}, .width = 1280, .height = 720, .framerate = 60}}};
  track->write(std::move(frame));
  ASSERT_TRUE(came.wait());
  ASSERT_TRUE(seen->timing);
  EXPECT_TRUE(seen->timing->largeFrame && !seen->timing->byTimer);
  EXPECT_EQ(seen->timing->encodeBegin, 5ms);
  EXPECT_EQ(seen->timing->encodeEnd, 65'535ms) << "no more can be said";
  EXPECT_EQ(seen->timing->network2, 7ms);
  ASSERT_TRUE(seen->layersAllocation);
  EXPECT_EQ(seen->layersAllocation->encoding, 1);
  ASSERT_EQ(seen->layersAllocation->layers.size(), 2U);
  EXPECT_THAT(seen->layersAllocation->layers[0].bitrates, testing::ElementsAre(200'000U, 300'000U));
  EXPECT_EQ(seen->layersAllocation->layers[1].width, 1280U);
  EXPECT_EQ(seen->layersAllocation->layers[1].framerate, 60);
}

}  // namespace
}  // namespace parley::layers_test
