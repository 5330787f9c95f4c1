// Transceivers, tracks and streams over whole connections: webrtc-pc section 5.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <regex>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using namespace std::chrono_literals;
using enum RTCRtpTransceiverDirection;
using testing::ElementsAre;

TEST(MediaNegotiation, ATrackArrivesInItsStreams) {
  std::vector<RTCTrackEvent> events;
  Pair pair;
  const auto track = MediaStreamTrack::create("audio");
  const auto stream = MediaStream::create({track});
  const auto sender = pair.offerer.addTrack(track, stream);
  EXPECT_EQ(sender->track(), track);
  EXPECT_EQ(sender->transport(), nullptr);
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) { events.push_back(event); };
  Latch connected;
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].track->kind(), "audio");
  EXPECT_TRUE(events[0].track->muted());
  ASSERT_EQ(events[0].streams.size(), 1U);
  EXPECT_EQ(events[0].streams[0]->id(), stream->id());
  EXPECT_THAT(events[0].streams[0]->getTracks(), ElementsAre(events[0].track));
  EXPECT_EQ(events[0].transceiver->receiver(), events[0].receiver);
  EXPECT_EQ(events[0].receiver->track(), events[0].track);
  EXPECT_EQ(events[0].transceiver->direction(), RecvOnly);
  EXPECT_EQ(events[0].transceiver->currentDirection(), RecvOnly);
  const auto offered = pair.offerer.getTransceivers().at(0);
  EXPECT_EQ(offered->currentDirection(), SendOnly);
  EXPECT_EQ(offered->direction(), SendRecv);
  EXPECT_EQ(offered->mid(), events[0].transceiver->mid());
  EXPECT_TRUE(connected.wait());
  EXPECT_EQ(sender->transport()->state(), RTCDtlsTransportState::Connected);
}

TEST(MediaNegotiation, AudioVideoAndDataShareOneTransport) {
  Pair pair;
  (void)pair.offerer.addTransceiver("audio");
  (void)pair.offerer.addTransceiver("video");
  const auto channel = pair.offerer.createDataChannel("x");
  Latch open;
  channel->onopen = [&] { open.set(); };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  ASSERT_TRUE(open.wait());
  for (const RTCPeerConnection* pc : {&pair.offerer, &pair.answerer}) {
    const auto transceivers = pc->getTransceivers();
    ASSERT_EQ(transceivers.size(), 2U);
    EXPECT_EQ(transceivers[0]->sender()->transport(), pc->sctp()->transport());
    EXPECT_EQ(transceivers[1]->receiver()->transport(), pc->sctp()->transport());
    EXPECT_EQ(pc->iceGatheringState(), RTCIceGatheringState::Complete);
    EXPECT_EQ(pc->connectionState(), RTCPeerConnectionState::Connected);
  }
}

/// RFC 9429 section 5.1.2: who has a fingerprint and ICE speaks DTLS, whatever the profile's name.
TEST(MediaNegotiation, TakesTheOlderNamesOfItsProfile) {
  for (const std::string profile : {"RTP/SAVPF", "RTP/SAVP", "RTP/AVPF", "RTP/AVP"}) {
    Pair pair;
    const auto track = MediaStreamTrack::create("audio");
    pair.offerer.addTrack(track);
    std::shared_ptr<MediaStreamTrack> remote;
    Latch heard;
    pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
      remote = event.track;
      remote->onunmute = [&] { heard.set(); };
    };
    const auto renamed = [](const std::string& sdp, const std::string& from, const std::string& to) {
      return std::regex_replace(sdp, std::regex(" " + from + " "), " " + to + " ");
    };
    run([&]() -> Promise<void> {
      const std::string ours = "UDP/TLS/RTP/SAVPF";
      co_await pair.offerer.setLocalDescription();
      const RTCSessionDescriptionInit offer(RTCSdpType::Offer,
                                            renamed(pair.offerer.localDescription()->sdp(), ours, profile));
      co_await pair.answerer.setRemoteDescription(offer);
      co_await pair.answerer.setLocalDescription();
      const std::string sdp = pair.answerer.localDescription()->sdp();
      EXPECT_THAT(sdp, testing::HasSubstr("m=audio 9 " + profile + " "));
      const RTCSessionDescriptionInit answer(RTCSdpType::Answer, renamed(sdp, profile, ours));
      co_await pair.offerer.setRemoteDescription(answer);
      const RTCSessionDescriptionInit next = co_await pair.answerer.createOffer();
      EXPECT_THAT(next.sdp, testing::HasSubstr(" " + ours + " "));
    });
    for (std::uint32_t i = 0; i < 2000 && !heard.is_set(); ++i) {
      track->write(test::audio_frame(50, i));
      EventLoop::shared()->delay(10ms).get();
    }
    EXPECT_TRUE(heard.is_set()) << profile;
  }
}

TEST(MediaNegotiation, TakesTheOlderNamesInABundleThatIsDescribedOnce) {
  RTCPeerConnection pc(test::on_loopback()), peer(test::on_loopback());
  pc.addTransceiver("audio");
  pc.addTransceiver("video");
  run([&]() -> Promise<void> {
    std::string sdp = (co_await pc.createOffer()).sdp;
    const std::size_t second = sdp.find("m=video");
    const std::regex lines("a=(ice-ufrag|ice-pwd|ice-options|fingerprint|setup|tls-id)[^\r]*\r\n");
    sdp = sdp.substr(0, second) + std::regex_replace(sdp.substr(second), lines, "");
    sdp = std::regex_replace(sdp, std::regex(" UDP/TLS/RTP/SAVPF "), " RTP/SAVPF ");
    co_await peer.setRemoteDescription(RTCSessionDescriptionInit(RTCSdpType::Offer, sdp));
    EXPECT_THAT((co_await peer.createAnswer()).sdp, testing::HasSubstr("m=video 9 RTP/SAVPF"));
  });
}

TEST(MediaNegotiation, ARenegotiationAddsChangesAndStops) {
  bool ended = false;
  Pair pair;
  Latch open;
  const auto channel = pair.offerer.createDataChannel("x");
  channel->onopen = [&] { open.set(); };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  ASSERT_TRUE(open.wait());

  const auto track = MediaStreamTrack::create("video");
  const auto sender = pair.offerer.addTrack(track);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  ASSERT_EQ(pair.answerer.getTransceivers().size(), 1U);
  const auto theirs = pair.answerer.getTransceivers()[0];
  EXPECT_EQ(theirs->currentDirection(), RecvOnly);
  EXPECT_EQ(channel->readyState(), RTCDataChannelState::Open);
  EXPECT_EQ(sender->transport(), pair.offerer.sctp()->transport());

  pair.offerer.removeTrack(sender);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_EQ(theirs->currentDirection(), Inactive);
  EXPECT_TRUE(theirs->receiver()->track()->muted());

  theirs->receiver()->track()->onended = [&] { ended = true; };
  const auto ours = pair.offerer.getTransceivers().at(0);
  ours->stop();
  EXPECT_EQ(ours->direction(), Stopped);
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_TRUE(ended);  // before the answer was set, which is a later task
  EXPECT_EQ(ours->receiver()->track()->readyState(), MediaStreamTrackState::Ended);
  for (const auto& transceiver : {ours, theirs}) EXPECT_EQ(transceiver->currentDirection(), Stopped);
  EXPECT_TRUE(pair.offerer.getTransceivers().empty());
  EXPECT_TRUE(pair.answerer.getTransceivers().empty());
  EXPECT_EQ(channel->readyState(), RTCDataChannelState::Open);
}

TEST(MediaNegotiation, ARolledBackOfferTakesItsTransceiversAlong) {
  std::vector<std::string> events;  // outlives the pair, whose close() ends the tracks
  Pair pair;
  const auto stream = MediaStream::create();
  pair.offerer.addTrack(MediaStreamTrack::create("audio"), stream);
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    events.emplace_back("track");
    event.track->onended = [&] { events.emplace_back("ended"); };
    event.streams[0]->onremovetrack = [&] { events.emplace_back("removetrack"); };
  };
  run([&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    EXPECT_EQ(pair.answerer.getTransceivers().size(), 1U);
    EXPECT_EQ(pair.answerer.getTransceivers()[0]->receiver()->transport(), nullptr);  // before the answer
    co_await pair.answerer.setRemoteDescription(RTCSessionDescriptionInit(RTCSdpType::Rollback));
    EXPECT_TRUE(pair.answerer.getTransceivers().empty());
    co_await pair.offerer.setLocalDescription(RTCLocalSessionDescriptionInit(RTCSdpType::Rollback));
    EXPECT_EQ(pair.offerer.getTransceivers().at(0)->mid(), std::nullopt);
    co_await pair.negotiate();
  });
  EXPECT_EQ(events.at(0), "track");
  EXPECT_EQ(std::count(events.begin(), events.end(), "ended"), 1);
  EXPECT_EQ(std::count(events.begin(), events.end(), "removetrack"), 1);
  EXPECT_EQ(std::count(events.begin(), events.end(), "track"), 2);
}

TEST(MediaNegotiation, NegotiationIsNeededAsOftenAsSomethingChanges) {
  Pair pair;
  int needed = 0;
  Latch asked;
  pair.offerer.onnegotiationneeded = [&] {
    ++needed;
    asked.set();
  };
  const auto transceiver = pair.offerer.addTransceiver("audio");
  (void)pair.offerer.addTransceiver("video");
  ASSERT_TRUE(asked.wait());
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_EQ(needed, 1);
  run([&]() -> Promise<void> {
    transceiver->direction(RecvOnly);
    transceiver->direction(SendRecv);  // before the task that looks
    co_await transceiver->sender()->replaceTrack(MediaStreamTrack::create("audio"));
    co_await transceiver->sender()->replaceTrack(nullptr);
  });
  EXPECT_EQ(needed, 1);
  Latch again;
  pair.offerer.onnegotiationneeded = [&] { again.set(); };
  transceiver->direction(RecvOnly);
  EXPECT_TRUE(again.wait());
}

TEST(MediaNegotiation, WhatMustNotBeAskedForIsRefusedByType) {
  RTCPeerConnection pc(test::on_loopback());
  RTCPeerConnection other(test::on_loopback());
  const auto track = MediaStreamTrack::create("audio");
  const auto sender = pc.addTrack(track);
  EXPECT_THROW(pc.addTrack(track), InvalidAccessError);
  EXPECT_THROW(other.removeTrack(sender), InvalidAccessError);
  EXPECT_THROW(pc.addTransceiver("text"), TypeError);
  EXPECT_THROW(pc.addTransceiver("video", {.direction = Stopped}), TypeError);
  EXPECT_THROW(pc.addTransceiver("video", {.sendEncodings = {{.rid = "a"}, {.rid = "a"}}}), TypeError);
  EXPECT_THROW(pc.addTransceiver("video", {.sendEncodings = {{.rid = "a b"}}}), TypeError);
  EXPECT_THROW(pc.addTransceiver("video", {.sendEncodings = {{.rid = "a"}, {}}}), TypeError);
  EXPECT_THROW(pc.addTransceiver("video", {.sendEncodings = {{.scaleResolutionDownBy = 0.5}}}), RangeError);
  EXPECT_THROW(pc.addTransceiver("video", {.sendEncodings = {{.maxFramerate = -1.0}}}), RangeError);
  const RTCRtpCodec unknown{.mimeType = "video/none", .clockRate = 90000};
  EXPECT_THROW(pc.addTransceiver("video", {.sendEncodings = {{.codec = unknown}}}), OperationError);
  const auto transceiver = pc.getTransceivers().at(0);
  EXPECT_THROW(transceiver->direction(Stopped), TypeError);
  EXPECT_THROW(transceiver->setCodecPreferences({unknown}), InvalidModificationError);
  EXPECT_THROW(sender->replaceTrack(MediaStreamTrack::create("video")).get(10s), TypeError);
  transceiver->stop();
  EXPECT_THROW(transceiver->direction(SendOnly), InvalidStateError);
  EXPECT_THROW(sender->replaceTrack(nullptr).get(10s), InvalidStateError);
  pc.close();
  EXPECT_THROW(pc.addTrack(track), InvalidStateError);
  EXPECT_THROW(pc.addTransceiver("audio"), InvalidStateError);
  EXPECT_THROW(transceiver->stop(), InvalidStateError);
}

TEST(MediaNegotiation, ParametersChangeInsideTheirTransaction) {
  RTCPeerConnection pc(test::on_loopback());
  const auto transceiver =
      pc.addTransceiver("video", {.sendEncodings = {{.rid = "q"}, {.rid = "h"}, {.rid = "f", .maxBitrate = 900000}}});
  const auto sender = transceiver->sender();
  run([&]() -> Promise<void> {
    auto parameters = sender->getParameters();
    EXPECT_EQ(parameters.encodings.size(), 3U);
    EXPECT_EQ(parameters.encodings.at(0).scaleResolutionDownBy, 4.0);
    EXPECT_EQ(parameters.encodings.at(2).maxBitrate, 900000U);
    EXPECT_EQ(sender->getParameters().transactionId, parameters.transactionId);
    parameters.encodings.at(1).active = false;
    co_await sender->setParameters(parameters);
    EXPECT_FALSE(sender->getParameters().encodings.at(1).active);
    int refused = 0;
    try {
      co_await sender->setParameters(parameters);
    } catch (const InvalidModificationError&) {
      ++refused;  // another transaction
    }
    auto reordered = sender->getParameters();
    std::swap(reordered.encodings.at(0), reordered.encodings.at(1));
    try {
      co_await sender->setParameters(reordered);
    } catch (const InvalidModificationError&) {
      ++refused;
    }
    EXPECT_EQ(refused, 2);
  });
  // The task after getParameters() ends the transaction.
  const auto parameters = sender->getParameters();
  EXPECT_THROW(sender->setParameters(parameters).get(10s), InvalidStateError);
}

TEST(MediaNegotiation, CodecPreferencesDecideWhatIsOffered) {
  RTCPeerConnection pc(test::on_loopback());
  const auto transceiver = pc.addTransceiver("video");
  const auto codecs = RTCRtpSender::getCapabilities("video")->codecs;
  std::vector<RTCRtpCodec> wanted;
  std::copy_if(codecs.begin(), codecs.end(), std::back_inserter(wanted),
               [](const RTCRtpCodec& codec) { return codec.mimeType == "video/AV1"; });
  transceiver->setCodecPreferences(wanted);
  const std::string sdp = pc.createOffer().get(10s).sdp;
  EXPECT_NE(sdp.find("AV1/90000"), std::string::npos);
  EXPECT_EQ(sdp.find("VP8/90000"), std::string::npos);
  EXPECT_FALSE(RTCRtpReceiver::getCapabilities("text"));
}

TEST(MediaNegotiation, ClosingEndsTheTracksBeforeItReturns) {
  bool ended = false;
  Pair pair;
  pair.offerer.addTrack(MediaStreamTrack::create("audio"));
  std::shared_ptr<MediaStreamTrack> track;
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) { track = event.track; };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  ASSERT_TRUE(track);
  track->onended = [&] { ended = true; };
  pair.answerer.close();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(pair.answerer.getReceivers().empty());
}

}  // namespace
}  // namespace parley
