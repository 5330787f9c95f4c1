// Codecs of the program's own, and what else the program decides about formats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;

template <class F>
auto on_loop(F call) {
  return EventLoop::shared()->run(call).get(20s);
}

bool knows(std::string_view kind, std::string_view mime_type) {
  const auto known = RTCRtpReceiver::getCapabilities(kind);
  return std::ranges::any_of(known->codecs, [&](const RTCRtpCodec& codec) { return codec.mimeType == mime_type; });
}

/// A codec that nobody has heard of: frames of any size and content arrive as they were.
TEST(Codecs, AMadeUpVideoCodecIsNegotiatedAndCarried) {
  RTCPeerConnection earlier;
  register_codec({.mimeType = "video/x-made-up", .clockRate = 90000, .sdpFmtpLine = "shape=round"});
  EXPECT_TRUE(knows("video", "video/x-made-up"));
  Latch asked, done;
  const auto track = MediaStreamTrack::create("video");
  track->onkeyframerequest = [&] { asked.set(); };
  std::vector<RTCEncodedVideoFrame> sent(3), received;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    sent[i] = {.type = i == 0 ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta,
               .data = std::vector<std::uint8_t>(i == 1 ? 1 : 20'000, static_cast<std::uint8_t>(i)),
               .metadata = {.mimeType = "video/x-made-up"}};
  }
  Pair pair;
  pair.offerer.addTrack(track);
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    event.track->onvideoframe = [&](const RTCEncodedVideoFrame& frame) {
      received.push_back(frame);
      if (received.size() == sent.size()) done.set();
    };
  };
  const auto negotiated = [&]() -> Promise<void> { co_await pair.negotiate(); };
  on_loop(negotiated);
  EXPECT_THAT(pair.answerer.localDescription()->sdp(), testing::HasSubstr(" x-made-up/90000\r\n"));
  EXPECT_THAT(pair.answerer.localDescription()->sdp(), testing::HasSubstr(" shape=round\r\n"));
  ASSERT_TRUE(asked.wait());
  for (const auto& frame : sent) track->write(frame);
  ASSERT_TRUE(done.wait());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(received[i].data, sent[i].data);
    EXPECT_EQ(received[i].type, sent[i].type);
    EXPECT_EQ(received[i].metadata.mimeType, "video/x-made-up");
  }
  // A connection keeps what it began with.
  earlier.addTransceiver("video");
  const auto offer = on_loop([&] { return earlier.createOffer(); });
  EXPECT_THAT(offer.sdp, testing::Not(testing::HasSubstr("x-made-up")));
}

TEST(Codecs, RefusesWhatIsNone) {
  EXPECT_THROW(register_codec({.mimeType = "x-codec", .clockRate = 90000}), TypeError);
  EXPECT_THROW(register_codec({.mimeType = "video", .clockRate = 90000}), TypeError);
  EXPECT_THROW(register_codec({.mimeType = "text/x-codec", .clockRate = 90000}), TypeError);
  EXPECT_THROW(register_codec({.mimeType = "video/x-codec"}), TypeError);
  EXPECT_THROW(register_codec({.mimeType = "video/x-codec", .clockRate = 90000, .channels = 0}), TypeError);
  EXPECT_THROW(register_codec({.mimeType = "audio/x-codec", .clockRate = 8000, .channels = 0}), TypeError);
  EXPECT_THROW(register_codec({.mimeType = "video/rtx", .clockRate = 90000}), NotSupportedError);
  EXPECT_FALSE(knows("video", "video/x-codec"));
  register_codec({.mimeType = "audio/x-codec", .clockRate = 8000});
  EXPECT_TRUE(knows("audio", "audio/x-codec"));
}

TEST(Codecs, KeyFramesAreAskedForWithParameters) {
  Latch asked;
  const auto track = MediaStreamTrack::create("video");
  RTCPeerConnection connection;
  const auto sender = connection.addTrack(track);
  track->onkeyframerequest = [&] { asked.set(); };
  const auto set = [&](RTCSetParameterOptions options) {
    on_loop([&] { return sender->setParameters(sender->getParameters(), options); });
  };
  EXPECT_THROW(set({{{.keyFrame = true}, {.keyFrame = true}}}), InvalidModificationError);
  set({{{.keyFrame = false}}});
  set({});
  EXPECT_FALSE(asked.is_set());
  set({{{.keyFrame = true}}});
  EXPECT_TRUE(asked.wait());
}

TEST(Codecs, EncodingsHaveTheExtendedParameters) {
  RTCPeerConnection connection;
  const auto with = [](RTCRtpEncodingParameters encoding) {
    return RTCRtpTransceiverInit{.sendEncodings = {std::move(encoding)}};
  };
  const RTCResolutionRestriction most{.maxWidth = 640, .maxHeight = 360};
  const auto video = connection.addTransceiver("video", with({.scaleResolutionDownTo = most, .ptime = 20}));
  const auto shown = video->sender()->getParameters().encodings.at(0);
  EXPECT_EQ(shown.scaleResolutionDownTo, most);
  EXPECT_EQ(shown.ptime, std::nullopt);
  const auto audio = connection.addTransceiver("audio", with({.scaleResolutionDownTo = most, .ptime = 20}));
  EXPECT_EQ(audio->sender()->getParameters().encodings.at(0).scaleResolutionDownTo, std::nullopt);
  EXPECT_EQ(audio->sender()->getParameters().encodings.at(0).ptime, 20U);

  EXPECT_THROW(connection.addTransceiver("video", with({.scaleResolutionDownTo = RTCResolutionRestriction{0, 360}})),
               OperationError);
  EXPECT_THROW(connection.addTransceiver("audio", with({.ptime = 20, .adaptivePtime = true})),
               InvalidModificationError);
  RTCRtpTransceiverInit mixed{.sendEncodings = {{.rid = "a", .scaleResolutionDownTo = most}, {.rid = "b"}}};
  EXPECT_THROW(connection.addTransceiver("video", mixed), OperationError);
  mixed.sendEncodings[1].active = false;
  EXPECT_NO_THROW(connection.addTransceiver("video", mixed));
  EXPECT_THROW(on_loop([&] {
                 auto parameters = video->sender()->getParameters();
                 parameters.encodings[0].scaleResolutionDownTo->maxHeight = 0;
                 return video->sender()->setParameters(std::move(parameters));
               }),
               InvalidModificationError);
}

RTCRtpTransceiverDirection direction_of(const std::vector<RTCRtpHeaderExtensionCapability>& extensions,
                                        std::string_view part) {
  const auto found =
      std::ranges::find_if(extensions, [&](const auto& one) { return one.uri.find(part) != std::string::npos; });
  return found == extensions.end() ? RTCRtpTransceiverDirection::Inactive : found->direction;
}

TEST(Codecs, HeaderExtensionsAreTheProgramsChoice) {
  using enum RTCRtpTransceiverDirection;
  Pair pair;
  const auto transceiver = pair.offerer.addTransceiver("audio");
  EXPECT_TRUE(transceiver->getNegotiatedHeaderExtensions().empty());
  auto wanted = transceiver->getHeaderExtensionsToNegotiate();
  EXPECT_EQ(direction_of(wanted, "ssrc-audio-level"), SendRecv);
  EXPECT_EQ(direction_of(wanted, "abs-capture-time"), SendRecv);
  EXPECT_EQ(direction_of(wanted, "csrc-audio-level"), Stopped);
  EXPECT_EQ(wanted, RTCRtpSender::getCapabilities("audio")->headerExtensions);
  for (auto& extension : wanted) {
    if (extension.uri.find("ssrc-audio-level") != std::string::npos) extension.direction = Stopped;
    if (extension.uri.find("abs-send-time") != std::string::npos) extension.direction = SendOnly;
    if (extension.uri.find("csrc-audio-level") != std::string::npos) extension.direction = SendRecv;
  }
  transceiver->setHeaderExtensionsToNegotiate(wanted);
  EXPECT_EQ(transceiver->getHeaderExtensionsToNegotiate(), wanted);
  const auto negotiated = [&]() -> Promise<void> { co_await pair.negotiate(); };
  on_loop(negotiated);
  EXPECT_THAT(pair.offerer.localDescription()->sdp(), testing::Not(testing::HasSubstr("ssrc-audio-level")));
  const auto agreed = transceiver->getNegotiatedHeaderExtensions();
  EXPECT_EQ(direction_of(agreed, "ssrc-audio-level"), Stopped);
  EXPECT_EQ(direction_of(agreed, "abs-send-time"), SendOnly);
  EXPECT_EQ(direction_of(agreed, "csrc-audio-level"), SendRecv);
  EXPECT_EQ(direction_of(agreed, "sdes:mid"), SendRecv);
  // Whoever comes later follows.
  EXPECT_EQ(pair.offerer.addTransceiver("audio")->getHeaderExtensionsToNegotiate(), wanted);

  auto wrong = wanted;
  wrong.pop_back();
  EXPECT_THROW(transceiver->setHeaderExtensionsToNegotiate(wrong), InvalidModificationError);
  wrong = wanted;
  std::swap(wrong[0], wrong[1]);
  EXPECT_THROW(transceiver->setHeaderExtensionsToNegotiate(wrong), InvalidModificationError);
  wrong = wanted;
  for (auto& extension : wrong)
    if (extension.uri.find("sdes:mid") != std::string::npos) extension.direction = Stopped;
  EXPECT_THROW(transceiver->setHeaderExtensionsToNegotiate(wrong), InvalidModificationError);
}

TEST(Codecs, AReceiverTellsItsSources) {
  Latch heard;
  const auto track = MediaStreamTrack::create("audio");
  std::shared_ptr<RTCRtpReceiver> receiver;
  Latch connected;
  std::optional<RTCEncodedAudioFrameMetadata> metadata;
  Pair pair;
  pair.offerer.addTrack(track);
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    receiver = event.receiver;
    event.track->onaudioframe = [&](const RTCEncodedAudioFrame& frame) {
      metadata = frame.getMetadata();
      heard.set();
    };
  };
  const auto negotiated = [&]() -> Promise<void> { co_await pair.negotiate(); };
  on_loop(negotiated);
  ASSERT_TRUE(connected.wait());
  EXPECT_TRUE(receiver->getSynchronizationSources().empty());
  auto frame = test::audio_frame(60, 1);
  frame.metadata.audioLevel = 0.1;
  frame.metadata.captureTime = 1.7e12 + 0.5;
  frame.metadata.senderCaptureTimeOffset = -12.25;
  track->write(std::move(frame));
  ASSERT_TRUE(heard.wait());
  const auto sources = receiver->getSynchronizationSources();
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].source, metadata->synchronizationSource);
  EXPECT_EQ(sources[0].rtpTimestamp, metadata->rtpTimestamp);
  EXPECT_NEAR(sources[0].audioLevel.value(), 0.1, 1e-9);
  EXPECT_NEAR(sources[0].timestamp, metadata->receiveTime.value(), 5000);
  EXPECT_TRUE(metadata->sequenceNumber);
  EXPECT_NEAR(metadata->captureTime.value(), 1.7e12 + 0.5, 0.01);
  EXPECT_NEAR(metadata->senderCaptureTimeOffset.value(), -12.25, 1e-6);
  EXPECT_EQ(sources[0].captureTimestamp, metadata->captureTime);
  EXPECT_EQ(sources[0].senderCaptureTimeOffset, metadata->senderCaptureTimeOffset);
  EXPECT_TRUE(receiver->getContributingSources().empty());
}

TEST(Codecs, DataChannelsAreNegotiatedWithoutOne) {
  auto configuration = test::on_loopback();
  configuration.alwaysNegotiateDataChannels = true;
  Latch open;
  Pair pair(configuration);
  bool needed = false;
  pair.offerer.onnegotiationneeded = [&] { needed = true; };
  pair.offerer.addTransceiver("audio");
  const auto negotiated = [&]() -> Promise<void> { co_await pair.negotiate(); };
  on_loop(negotiated);
  const std::string sdp = pair.offerer.localDescription()->sdp();
  EXPECT_LT(sdp.find("m=application"), sdp.find("m=audio"));
  EXPECT_THAT(sdp, testing::HasSubstr("a=group:BUNDLE 0 1"));
  ASSERT_NE(pair.offerer.sctp(), nullptr);
  EventLoop::shared()->run([] {});
  needed = false;
  const auto channel = pair.offerer.createDataChannel("at once");
  channel->onopen = [&] { open.set(); };
  EXPECT_TRUE(open.wait());
  EXPECT_FALSE(needed);  // there is a section for it
}

}  // namespace
}  // namespace parley
