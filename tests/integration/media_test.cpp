// Frames over whole connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley::media_test {
namespace {

using test::audio_frame;
using test::Latch;
using test::Pair;
using test::prefer;
using test::run;
using test::vp8_frame;
using namespace std::chrono_literals;
using enum RTCEncodedVideoFrameType;

Promise<void> negotiated(Pair& pair) { co_await pair.negotiate(); }

TEST(Media, VideoArrivesWholeAndInOrder) {
  constexpr std::uint32_t kFrames = 50;
  std::vector<RTCEncodedVideoFrame> received;
  std::vector<std::string> events;
  Latch all, asked;
  const auto track = MediaStreamTrack::create("video");
  std::uint32_t sent = 0;
  std::shared_ptr<MediaStreamTrack> remote;
  const auto send = [&] {
    for (; sent < kFrames; ++sent) {
      auto frame = vp8_frame(sent % 20 == 0 ? Key : Delta, 30 + 700 * sent, sent);
      frame.timestamp = sent * 33'333us;
      track->write(std::move(frame));
    }
  };
  Pair pair;
  track->onkeyframerequest = [&](const KeyFrameRequestEvent& event) {
    EXPECT_EQ(event.rid, "");
    send();
    asked.set();
  };
  (void)pair.offerer.addTrack(track);
  prefer(pair.offerer.getTransceivers().at(0), "video/VP8");
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onunmute = [&] { events.emplace_back("unmute"); };
    remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      if (received.empty()) events.emplace_back("frame");
      received.push_back(frame);
      if (received.size() == kFrames) all.set();
    };
  };
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(asked.wait());
  ASSERT_TRUE(all.wait());
  EXPECT_THAT(events, testing::ElementsAre("unmute", "frame"));
  EXPECT_FALSE(remote->muted());
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    const auto wanted = vp8_frame(i % 20 == 0 ? Key : Delta, 30 + 700 * i, i);
    ASSERT_EQ(received[i].data, wanted.data) << i;
    EXPECT_EQ(received[i].type, wanted.type);
    EXPECT_EQ(received[i].metadata.mimeType, "video/VP8");
    EXPECT_EQ(received[i].metadata.width, i % 20 == 0 ? 640 : 0);
    // In steps of 1/90000 s.
    EXPECT_NEAR(static_cast<double>(received[i].timestamp->count()), i * 33'333.0, 12);
  }
}

TEST(Media, FramesSayHowTheyAreTurnedAndWhatTheirColorsMean) {
  const RTCVideoColorSpace wanted{
      .primaries = 9,
      .transfer = 16,
      .matrix = 9,
      .fullRange = false,
      .hdr = RTCHdrMetadata{.luminanceMax = 1000, .luminanceMin = 0.005, .red = {0.708, 0.292}}};
  Latch asked, came;
  std::optional<RTCEncodedVideoFrameMetadata> seen;
  std::optional<RTCRtpPacket> heard;
  const auto track = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> remote;
  Pair pair;
  track->onkeyframerequest = [&] { asked.set(); };
  (void)pair.offerer.addTrack(track);
  const auto transceiver = pair.offerer.getTransceivers().at(0);
  prefer(transceiver, "video/VP8");
  auto extensions = transceiver->getHeaderExtensionsToNegotiate();
  for (auto& extension : extensions)
    if (extension.uri.ends_with("color-space")) extension.direction = RTCRtpTransceiverDirection::SendRecv;
  transceiver->setHeaderExtensionsToNegotiate(extensions);
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onrtp = [&](const RTCRtpPacket& packet) { heard = packet; };
    remote->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      seen = frame.metadata;
      came.set();
    };
  };
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(asked.wait());
  auto frame = vp8_frame(Key, 500, 1);
  frame.metadata.rotation = 270;
  frame.metadata.flip = true;
  frame.metadata.captureTime = 1.7e12;
  frame.metadata.playoutDelay = {.minimum = 20ms, .maximum = 400ms};
  frame.metadata.colorSpace = wanted;
  track->write(std::move(frame));
  ASSERT_TRUE(came.wait());
  EXPECT_EQ(seen->rotation, 270);
  EXPECT_TRUE(seen->flip);
  EXPECT_NEAR(seen->captureTime.value(), 1.7e12, 0.01);
  EXPECT_EQ(seen->senderCaptureTimeOffset, std::nullopt);
  ASSERT_TRUE(seen->playoutDelay);
  EXPECT_EQ(seen->playoutDelay->minimum, 20ms);
  EXPECT_EQ(seen->playoutDelay->maximum, 400ms);
  ASSERT_TRUE(seen->colorSpace && seen->colorSpace->hdr);
  EXPECT_EQ(seen->colorSpace->transfer, 16);
  EXPECT_EQ(seen->colorSpace->fullRange, false);
  EXPECT_EQ(seen->colorSpace->hdr->luminanceMax, 1000);
  EXPECT_NEAR(seen->colorSpace->hdr->luminanceMin, 0.005, 1e-9);
  EXPECT_NEAR(seen->colorSpace->hdr->red.x, 0.708, 1e-9);
  EXPECT_EQ(heard->rotation, 270);
  EXPECT_TRUE(heard->flip && heard->captureTime);
  EXPECT_FALSE(seen->frameId);
}

/// Says the same whatever happens, and counts.
class Constant final : public CongestionController {
 public:
  explicit Constant(std::atomic<int>& reports) : reports_(reports) {}
  void on_sent(const CongestionPacket&) noexcept override {}
  void on_report(const CongestionReport&) noexcept override { ++reports_; }
  [[nodiscard]] double target_rate() const noexcept override { return 123'456; }
  [[nodiscard]] double pacing_rate() const noexcept override { return 1e9; }

 private:
  std::atomic<int>& reports_;
};

TEST(Media, AProgramsOwnCongestionControlSaysWhatTheEncoderIsTold) {
  std::atomic<int> reports = 0, made = 0;
  auto configuration = test::on_loopback();
  configuration.network.congestion_controller = [&] {
    ++made;
    return std::make_unique<Constant>(reports);
  };
  const auto track = MediaStreamTrack::create("video");
  Latch asked, told;
  std::vector<double> rates;
  track->onkeyframerequest = [&] { asked.set(); };
  track->ontargetbitrate = [&](const TargetBitrateEvent& event) {
    rates.push_back(event.bits_per_second);
    told.set();
  };
  Pair pair(configuration);
  (void)pair.offerer.addTrack(track);
  prefer(pair.offerer.getTransceivers().at(0), "video/VP8");
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(asked.wait());
  track->write(vp8_frame(Key, 5000, 1));
  ASSERT_TRUE(told.wait());
  EXPECT_EQ(made, 1);
  EXPECT_GT(reports, 0);
  EXPECT_THAT(rates, testing::Each(123'456));
}

TEST(Media, AudioGoesBothWaysBesideData) {
  constexpr std::uint32_t kFrames = 30;
  std::array<std::vector<std::vector<std::uint8_t>>, 2> received;
  std::array<Latch, 2> done;
  Latch open;
  const std::array tracks{MediaStreamTrack::create("audio"), MediaStreamTrack::create("audio")};
  Pair pair;
  const auto channel = pair.offerer.createDataChannel("beside");
  const std::array<RTCPeerConnection*, 2> peers{&pair.offerer, &pair.answerer};
  for (std::size_t i = 0; i < 2; ++i) {
    (void)peers[i]->addTrack(tracks[i]);
    peers[i]->ontrack = [&, i](const RTCTrackEvent& event) {
      event.track->onaudioframe = [&, i](const RTCEncodedAudioFrame& frame) {
        EXPECT_EQ(frame.metadata.mimeType, "audio/opus");
        EXPECT_NEAR(frame.metadata.audioLevel.value(), 0.1, 1e-9);
        received[i].push_back(frame.data);
        if (received[i].size() == kFrames) done[i].set();
      };
    };
  }
  channel->onopen = [&] { open.set(); };
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(open.wait());
  for (std::uint32_t n = 0; n < kFrames; ++n)
    for (const auto& track : tracks) {
      auto frame = audio_frame(80, n);
      frame.metadata.audioLevel = 0.1;
      track->write(std::move(frame));
    }
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(done[i].wait()) << i;
    for (std::uint32_t n = 0; n < kFrames; ++n) EXPECT_EQ(received[i][n], audio_frame(80, n).data);
  }
}

TEST(Media, ARemoteTrackThatIsAddedIsForwarded) {
  Latch back;
  const auto track = MediaStreamTrack::create("video");
  const auto wanted = vp8_frame(Key, 5000, 7);
  Pair pair;
  // Whoever joins asks, all the way back to the source.
  track->onkeyframerequest = [&] { track->write(wanted); };
  const auto transceiver = pair.offerer.addTransceiver(track);
  prefer(transceiver, "video/VP8");
  transceiver->receiver()->track()->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
    if (frame.data == wanted.data) back.set();
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) { (void)pair.answerer.addTrack(event.track); };
  run([&] { return negotiated(pair); });
  EXPECT_TRUE(back.wait());
}

TEST(Media, ATrackIsReplacedAndEncodingsPauseWithoutNegotiation) {
  std::atomic<int> count = 0;
  const auto first = MediaStreamTrack::create("audio"), second = MediaStreamTrack::create("audio");
  Latch connected;
  Latch replaced, resumed;
  Pair pair;
  const auto sender = pair.offerer.addTrack(first);
  pair.answerer.onconnectionstatechange = [&] {
    if (pair.answerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    event.track->onaudioframe = [&](const RTCEncodedAudioFrame& frame) {
      ++count;
      if (frame.data == audio_frame(50, 2).data) replaced.set();
      if (frame.data == audio_frame(50, 4).data) resumed.set();
      EXPECT_NE(frame.data, audio_frame(50, 1).data);
      EXPECT_NE(frame.data, audio_frame(50, 3).data);
    };
  };
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(connected.wait());
  run([&]() -> Promise<void> {
    co_await sender->replaceTrack(second);
    first->write(audio_frame(50, 1));
    second->write(audio_frame(50, 2));
  });
  ASSERT_TRUE(replaced.wait());
  run([&]() -> Promise<void> {
    auto parameters = sender->getParameters();
    parameters.encodings.at(0).active = false;
    co_await sender->setParameters(parameters);
    second->write(audio_frame(50, 3));
    parameters = sender->getParameters();
    parameters.encodings.at(0).active = true;
    co_await sender->setParameters(parameters);
    second->enabled(false);
    second->write(audio_frame(50, 3));
    second->enabled(true);
    second->write(audio_frame(50, 4));
  });
  EXPECT_TRUE(resumed.wait());
}

TEST(Media, TheProgramAsksThePeerForAKeyFrame) {
  std::atomic<int> requests = 0;
  Latch again, arrived;
  const auto track = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> remote;
  Pair pair;
  track->onkeyframerequest = [&] {
    if (++requests == 2) again.set();
    track->write(vp8_frame(Key, 100, 1));
  };
  (void)pair.offerer.addTrack(track);
  prefer(pair.offerer.getTransceivers().at(0), "video/VP8");
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onvideoframe = [&] { arrived.set(); };
  };
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(arrived.wait());
  EXPECT_EQ(requests, 1);
  remote->request_key_frame();
  EXPECT_TRUE(again.wait());
}

TEST(Media, TheEncoderHearsHowMuchMayBeSent) {
  Latch more;
  const auto track = MediaStreamTrack::create("video");
  std::uint32_t number = 0;
  Pair pair;
  track->onkeyframerequest = [&] { track->write(vp8_frame(Key, 3000, number++)); };
  track->ontargetbitrate = [&](const TargetBitrateEvent& event) {
    if (event.bits_per_second > 1e6) more.set();
  };
  (void)pair.offerer.addTrack(track);
  prefer(pair.offerer.getTransceivers().at(0), "video/VP8");
  run([&] { return negotiated(pair); });
  // Loopback carries more than the beginning allows; the probes show it.
  EventLoop::shared()
      ->run([&]() -> Promise<void> {
        while (!more.is_set() && number < 1000) {
          track->write(vp8_frame(Delta, 3000, number++));
          PromiseResolver<void> later(EventLoop::shared().get());
          EventLoop::shared()->after(20ms, [later] { later.resolve(); });
          co_await later.promise();
        }
      })
      .get(30s);
  EXPECT_TRUE(more.is_set());
}

TEST(Media, GoodbyeMutesTheTrackOfThePeer) {
  Latch muted, arrived;
  std::shared_ptr<MediaStreamTrack> remote;
  const auto track = MediaStreamTrack::create("audio");
  Latch connected;
  Pair pair;
  (void)pair.offerer.addTrack(track);
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onmute = [&] { muted.set(); };
    remote->onaudioframe = [&] { arrived.set(); };
  };
  run([&] { return negotiated(pair); });
  ASSERT_TRUE(connected.wait());
  track->write(audio_frame(10, 1));
  ASSERT_TRUE(arrived.wait());
  pair.offerer.close();
  EXPECT_TRUE(muted.wait());
}

TEST(Media, FramesOfTheWrongKindAndForRemoteTracksAreRefused) {
  Pair pair;
  const auto transceiver = pair.offerer.addTransceiver("audio");
  EXPECT_THROW(transceiver->receiver()->track()->write(audio_frame(1, 1)), InvalidStateError);
  EXPECT_THROW(MediaStreamTrack::create("audio")->write(vp8_frame(Key, 20, 1)), TypeError);
  EXPECT_NO_THROW(MediaStreamTrack::create("video")->write(vp8_frame(Key, 20, 1)));  // nobody takes it
}

TEST(Media, AHandlerOfFramesMayCloseTheConnection) {
  Latch closed;
  const auto track = MediaStreamTrack::create("video");
  std::shared_ptr<MediaStreamTrack> remote;
  Pair pair;
  track->onkeyframerequest = [&] {
    for (std::uint32_t i = 0; i < 5; ++i) track->write(vp8_frame(Key, 100, i));
  };
  (void)pair.offerer.addTrack(track);
  prefer(pair.offerer.getTransceivers().at(0), "video/VP8");
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    remote = event.track;
    remote->onvideoframe = [&] {
      pair.answerer.close();
      closed.set();
    };
  };
  run([&] { return negotiated(pair); });
  EXPECT_TRUE(closed.wait());
}

}  // namespace
}  // namespace parley::media_test
