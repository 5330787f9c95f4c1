// What getStats() says of media, compared with what was sent, over a link that loses packets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <set>

#include "stats/members.hpp"
#include "support/candidate_rewrite.hpp"
#include "support/frames.hpp"
#include "support/link_emulator.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::audio_frame;
using test::Latch;
using test::LinkEmulator;
using test::LinkRules;
using test::vp8_frame;
using testing::Each;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;

/// The names of the members that are there.
template <class T>
std::set<std::string> members(const T& stats) {
  std::set<std::string> names;
  stats::each_member(stats, [&](const char* name, const auto& value) {
    if constexpr (requires { value.has_value(); }) {
      if (!value.has_value()) return;
    }
    names.insert(name);
  });
  return names;
}

/// One peer sends a picture and sound, the other one receives them.
class RtpStats : public testing::Test {
 protected:
  static constexpr auto kDelay = 10ms;

  RtpStats() : link(std::move(LinkEmulator::start({.a_to_b = rules(0), .b_to_a = rules(0)}).value())) {
    a.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) {
      return trickle(b, event.candidate, link->face_to_b(), [this](const auto& at) { link->set_a(at); });
    };
    b.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) {
      return trickle(a, event.candidate, link->face_to_a(), [this](const auto& at) { link->set_b(at); });
    };
    b.ontrack = [this](const RTCTrackEvent& event) {
      event.track->onvideoframe = [this](const RTCEncodedVideoFrame& frame) {
        ++pictures_received;
        bytes_received += frame.data.size();
      };
      event.track->onaudioframe = [this] { ++sounds_received; };
    };
    picture->onkeyframerequest = [this] {
      key_wanted = true;
      asked.set();
    };
  }
  ~RtpStats() override {
    a.close();
    b.close();
  }
  /// The link leads to one place.
  [[nodiscard]] RTCConfiguration over_one_transport() const {
    RTCConfiguration configuration = test::on_loopback(loop);
    configuration.bundlePolicy = RTCBundlePolicy::MaxBundle;
    return configuration;
  }
  static LinkRules rules(double loss) { return {.delay = kDelay, .loss = loss}; }

  template <class Tell>
  static Promise<void> trickle(RTCPeerConnection& to, std::optional<RTCIceCandidate> candidate,
                               const test::Endpoint& face, Tell tell) {
    if (!candidate || candidate->candidate().empty()) co_return;
    tell(*test::host_endpoint(candidate->candidate()));
    RTCIceCandidateInit moved = candidate->toJSON();
    moved.candidate = *test::move_candidate(moved.candidate, face);
    co_await to.addIceCandidate(moved);
  }
  Promise<void> negotiate() {
    co_await a.setLocalDescription();
    co_await b.setRemoteDescription(*a.localDescription());
    co_await b.setLocalDescription();
    co_await a.setRemoteDescription(*b.localDescription());
  }
  void connect() {
    video = a.addTransceiver(picture, {.direction = RTCRtpTransceiverDirection::SendOnly});
    audio = a.addTransceiver(sound, {.direction = RTCRtpTransceiverDirection::SendOnly});
    std::vector<RTCRtpCodec> codecs;
    const auto known = RTCRtpSender::getCapabilities("video");
    for (const RTCRtpCodec& codec : known->codecs)
      if (codec.mimeType == "video/VP8" || codec.mimeType == "video/rtx" || codec.mimeType == protection)
        codecs.push_back(codec);
    video->setCodecPreferences(codecs);
    loop->run([this] { return negotiate(); }).get(20s);
    ASSERT_TRUE(asked.wait());
  }
  /// Frames of both, at 100 a second.
  Promise<void> stream(int frames) {
    for (int i = 0; i < frames; ++i) {
      const bool key = key_wanted.exchange(false);
      auto frame =
          vp8_frame(key ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta, 3000, pictures_sent);
      ++pictures_sent;
      if (key) ++keys_sent;
      bytes_sent += frame.data.size();
      picture->write(std::move(frame));
      auto level = audio_frame(60, sounds_sent++);
      level.data[0] = 31 << 3;  // 20 ms of Opus
      level.metadata.audioLevel = 0.1;
      sound->write(std::move(level));
      co_await loop->delay(10ms);
    }
  }
  /// Each frame is three packets.
  [[nodiscard]] std::uint64_t packets_sent() const { return std::uint64_t{3} * pictures_sent; }
  /// Asks again until the answer is good.
  void until(const std::function<bool()>& good) {
    for (int i = 0; i < 2000; ++i) {
      sent = a.getStats().get(10s);
      received = b.getStats().get(10s);
      if (good()) return;
      loop->delay(5ms).get(10s);
    }
    ADD_FAILURE() << "it does not come";
  }
  template <class T>
  static T one(const RTCStatsReport& report, std::string_view kind) {
    for (const T* stats : report.all<T>())
      if (stats->kind == kind) return *stats;
    ADD_FAILURE() << "there is no such object of " << kind;
    return {};
  }

  std::shared_ptr<EventLoop> loop = EventLoop::create();
  std::unique_ptr<LinkEmulator> link;
  RTCPeerConnection a{over_one_transport()}, b{over_one_transport()};
  std::shared_ptr<MediaStreamTrack> picture = MediaStreamTrack::create("video"),
                                    sound = MediaStreamTrack::create("audio");
  std::shared_ptr<RTCRtpTransceiver> video, audio;
  std::string protection;  // what is negotiated beside VP8 and RTX
  Latch asked;
  std::atomic<bool> key_wanted = false;
  std::atomic<std::uint32_t> pictures_received = 0, sounds_received = 0;
  std::atomic<std::uint64_t> bytes_received = 0;
  std::uint32_t pictures_sent = 0, sounds_sent = 0, keys_sent = 0;
  std::uint64_t bytes_sent = 0;
  RTCStatsReport sent, received;
};

TEST_F(RtpStats, TellOfFlexfecWhereTheWayIsLongAndLoses) {
  protection = "video/flexfec-03";
  connect();
  EXPECT_THAT(a.localDescription()->sdp(), testing::HasSubstr("a=ssrc-group:FEC-FR "));
  EXPECT_EQ(one<RTCOutboundRtpStreamStats>(a.getStats().get(10s), "video").fecPacketsSent, 0U);
  link->set_rules({.delay = 60ms, .loss = 0.1}, {.delay = 60ms});
  const auto fec_received = [&] {
    std::uint64_t count = 0;
    const RTCStatsReport report = b.getStats().get(10s);
    for (const auto* stats : report.all<RTCInboundRtpStreamStats>()) count += stats->fecPacketsReceived.value_or(0);
    return count;
  };
  for (int i = 0; i < 40 && fec_received() < 10; ++i) stream(50).get(30s);
  link->set_rules(rules(0), rules(0));
  stream(20).get(30s);
  until([&] { return pictures_received >= pictures_sent - 5; });
  const auto out = one<RTCOutboundRtpStreamStats>(sent, "video");
  const auto in = one<RTCInboundRtpStreamStats>(received, "video");
  EXPECT_GE(in.fecPacketsReceived, 10U);
  EXPECT_GE(out.fecPacketsSent, in.fecPacketsReceived);
  EXPECT_GE(out.fecBytesSent, in.fecBytesReceived);
  EXPECT_GT(*out.fecBytesSent, 500 * *out.fecPacketsSent);
  ASSERT_TRUE(out.fecSsrc);
  EXPECT_EQ(out.fecSsrc, in.fecSsrc);
  EXPECT_GE(*out.packetsSent, packets_sent() + *out.fecPacketsSent + *out.retransmittedPacketsSent);
  EXPECT_GE(*in.packetsReceived, *in.fecPacketsReceived);
}

TEST_F(RtpStats, AreThoseOfWhatWasSentAlsoWithLosses) {
  connect();
  stream(50).get(30s);
  link->set_rules(rules(0.05), rules(0));
  stream(200).get(60s);
  link->set_rules(rules(0), rules(0));
  stream(20).get(30s);
  // Until everything has been repaired and both sides have reported on all of it.
  until([&] {
    const auto out = one<RTCOutboundRtpStreamStats>(sent, "video");
    const auto in = one<RTCInboundRtpStreamStats>(received, "video");
    const auto* reported = sent.get<RTCRemoteInboundRtpStreamStats>(out.remoteId);
    const auto* told = received.get<RTCRemoteOutboundRtpStreamStats>(in.remoteId);
    return reported != nullptr && told != nullptr && pictures_received >= pictures_sent - 5 &&
           told->packetsSent == packets_sent() &&
           reported->packetsReceived == packets_sent() - static_cast<std::uint64_t>(*reported->packetsLost) &&
           told->roundTripTime && one<RTCInboundRtpStreamStats>(received, "audio").remoteId;
  });

  const auto out = one<RTCOutboundRtpStreamStats>(sent, "video");
  const auto in = one<RTCInboundRtpStreamStats>(received, "video");
  // The sender's.
  EXPECT_EQ(out.framesSent, pictures_sent);
  EXPECT_EQ(out.framesEncoded, pictures_sent);
  EXPECT_EQ(out.keyFramesEncoded, keys_sent);
  EXPECT_EQ(out.frameWidth, 640U);  // which only the bitstream tells
  EXPECT_EQ(out.frameHeight, 480U);
  EXPECT_GT(*out.retransmittedPacketsSent, 10U);
  EXPECT_GT(*out.bytesSent - *out.retransmittedBytesSent, bytes_sent);  // payload descriptors
  EXPECT_LT(*out.bytesSent - *out.retransmittedBytesSent, bytes_sent + 8 * *out.packetsSent);
  EXPECT_GT(*out.headerBytesSent, 12 * *out.packetsSent);
  // What is neither of frames nor sent again has probed the bandwidth, and is padding.
  const std::uint64_t probes = *out.packetsSent - *out.retransmittedPacketsSent - packets_sent();
  EXPECT_LT(*out.headerBytesSent, 60 * *out.packetsSent + 256 * probes);
  EXPECT_GT(out.nackCount, 5U);
  EXPECT_EQ(out.mid, video->mid());
  EXPECT_EQ(out.encodingIndex, 0U);
  EXPECT_EQ(out.active, true);
  EXPECT_EQ(out.rid, std::nullopt);
  EXPECT_NE(out.rtxSsrc, out.ssrc);
  EXPECT_EQ(out.qpSum, std::nullopt);
  // The receiver's: nothing but what was lost is missing.
  EXPECT_EQ(in.ssrc, out.ssrc);
  EXPECT_EQ(in.mid, out.mid);
  EXPECT_EQ(in.framesReceived, pictures_received);
  EXPECT_EQ(in.framesDecoded, pictures_received);
  EXPECT_EQ(in.keyFramesDecoded, keys_sent);
  EXPECT_EQ(in.frameWidth, 640U);
  EXPECT_GT(*in.packetsLost, 10);
  const std::uint64_t lost = *out.packetsSent - *in.packetsReceived;
  EXPECT_GE(lost, static_cast<std::uint64_t>(*in.packetsLost));
  EXPECT_LE(static_cast<std::uint64_t>(*in.packetsLost), link->counters().a_to_b.lost);
  EXPECT_LE(*in.retransmittedPacketsReceived, *out.retransmittedPacketsSent);
  EXPECT_GE(*in.retransmittedPacketsReceived, static_cast<std::uint64_t>(*in.packetsLost));
  EXPECT_GT(*in.bytesReceived, bytes_received);
  EXPECT_GE(in.nackCount, out.nackCount);
  EXPECT_EQ(in.framesAssembledFromMultiplePackets, pictures_received);
  EXPECT_GT(in.totalAssemblyTime, 0.0);
  EXPECT_GE(*in.jitterBufferDelay, *in.totalAssemblyTime);
  EXPECT_EQ(in.jitterBufferEmittedCount, pictures_received);
  EXPECT_GT(*in.totalInterFrameDelay, 2.0);
  EXPECT_LE(*in.lastPacketReceivedTimestamp, in.timestamp);
  EXPECT_GT(*in.lastPacketReceivedTimestamp, in.timestamp - 20'000);
  // In the sender's time since 1900, and what was sent 10 ms ago is played.
  EXPECT_NEAR(*in.estimatedPlayoutTimestamp - 2'208'988'800'000.0, in.timestamp, 5'000);
  EXPECT_EQ(in.trackIdentifier, b.getTransceivers().at(0)->receiver()->track()->id());

  // What each knows of the other.
  const auto reported = *sent.get<RTCRemoteInboundRtpStreamStats>(out.remoteId);
  EXPECT_EQ(reported.localId, out.id);
  EXPECT_EQ(reported.ssrc, out.ssrc);
  EXPECT_EQ(reported.packetsLost, in.packetsLost);
  EXPECT_EQ(*reported.packetsReceived + static_cast<std::uint64_t>(*in.packetsLost), packets_sent());
  EXPECT_GE(*reported.jitter, 0);
  EXPECT_LT(*reported.jitter, 0.1);
  EXPECT_GT(*reported.roundTripTime, 0.019);  // twice the delay of the link
  EXPECT_LT(*reported.roundTripTime, 1);
  EXPECT_GE(*reported.totalRoundTripTime, 0.019 * static_cast<double>(*reported.roundTripTimeMeasurements));
  EXPECT_GE(reported.roundTripTimeMeasurements, 2U);
  const auto told = *received.get<RTCRemoteOutboundRtpStreamStats>(in.remoteId);
  EXPECT_EQ(told.localId, in.id);
  EXPECT_EQ(told.bytesSent, *out.bytesSent - *out.retransmittedBytesSent);
  EXPECT_GE(told.reportsSent, 2U);
  EXPECT_GT(*told.roundTripTime, 0.019);  // by an answer to the receiver's time
  EXPECT_LT(*told.roundTripTime, 1);
  EXPECT_GE(told.roundTripTimeMeasurements, 1U);
  EXPECT_NEAR(*told.remoteTimestamp, told.timestamp, 1'000);  // the clock is the same
  EXPECT_LE(told.timestamp, received.first<RTCTransportStats>()->timestamp);

  // What they refer to.
  for (const auto& [report, id] : {std::pair(&sent, out.codecId), {&received, in.codecId}}) {
    const auto* codec = report->get<RTCCodecStats>(id);
    ASSERT_NE(codec, nullptr);
    EXPECT_EQ(codec->mimeType, "video/VP8");
    EXPECT_EQ(codec->clockRate, 90000U);
    EXPECT_EQ(codec->channels, std::nullopt);
    EXPECT_EQ(codec->transportId, report->first<RTCTransportStats>()->id);
    EXPECT_NE(a.localDescription()->sdp().find("a=rtpmap:" + std::to_string(codec->payloadType) + " VP8/90000"),
              std::string::npos);
  }
  const auto* source = sent.get<RTCVideoSourceStats>(out.mediaSourceId);
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->trackIdentifier, picture->id());
  EXPECT_EQ(source->kind, "video");
  EXPECT_EQ(source->frames, pictures_sent);
  EXPECT_EQ(source->width, 640U);
  EXPECT_EQ(source->height, 480U);
  const auto* transport = sent.first<RTCTransportStats>();
  EXPECT_EQ(out.transportId, transport->id);
  const auto* pair = sent.get<RTCIceCandidatePairStats>(transport->selectedCandidatePairId);
  ASSERT_NE(pair, nullptr);
  EXPECT_GT(pair->availableOutgoingBitrate, 10'000.0);
  EXPECT_GT(transport->bytesSent, *out.bytesSent + *out.headerBytesSent);

  // Sound, by its frames' own levels: 20 is a tenth.
  const auto speaks = one<RTCOutboundRtpStreamStats>(sent, "audio");
  const auto hears = one<RTCInboundRtpStreamStats>(received, "audio");
  EXPECT_EQ(sent.get<RTCCodecStats>(speaks.codecId)->mimeType, "audio/opus");
  EXPECT_EQ(sent.get<RTCCodecStats>(speaks.codecId)->channels, 2U);
  EXPECT_EQ(*speaks.packetsSent - *speaks.retransmittedPacketsSent, sounds_sent);
  EXPECT_EQ(hears.totalSamplesReceived, std::uint64_t{960} * sounds_received);
  EXPECT_NEAR(*hears.totalSamplesDuration, 0.02 * sounds_received, 1e-6);
  EXPECT_NEAR(*hears.audioLevel, 0.1, 1e-9);
  EXPECT_NEAR(*hears.totalAudioEnergy, 0.01 * 0.02 * sounds_received, 1e-6);
  EXPECT_EQ(hears.jitterBufferEmittedCount, std::uint64_t{960} * sounds_received);
  const auto* microphone = sent.get<RTCAudioSourceStats>(speaks.mediaSourceId);
  ASSERT_NE(microphone, nullptr);
  EXPECT_NEAR(*microphone->totalSamplesDuration, 0.02 * sounds_sent, 1e-6);
  EXPECT_NEAR(*microphone->totalAudioEnergy, 0.01 * 0.02 * sounds_sent, 1e-6);
  EXPECT_NEAR(*microphone->audioLevel, 0.1, 1e-9);

  // What can be known is there, and what cannot is not.
  EXPECT_THAT(members(in), IsSupersetOf({"ssrc",
                                         "kind",
                                         "transportId",
                                         "codecId",
                                         "packetsReceived",
                                         "packetsLost",
                                         "jitter",
                                         "trackIdentifier",
                                         "remoteId",
                                         "framesDecoded",
                                         "framesDropped",
                                         "nackCount",
                                         "framesReceived",
                                         "bytesReceived",
                                         "packetsDiscarded",
                                         "mid",
                                         "framesPerSecond",
                                         "totalSquaredInterFrameDelay",
                                         "freezeCount",
                                         "totalFreezesDuration",
                                         "pauseCount",
                                         "totalPausesDuration",
                                         "headerBytesReceived",
                                         "firCount",
                                         "pliCount",
                                         "jitterBufferTargetDelay",
                                         "jitterBufferMinimumDelay",
                                         "rtxSsrc"}));
  EXPECT_THAT(members(in), Not(testing::Contains(testing::AnyOf("qpSum", "totalDecodeTime", "framesRendered",
                                                                "decoderImplementation", "audioLevel",
                                                                "totalSamplesReceived", "concealedSamples"))));
  EXPECT_THAT(members(out),
              IsSupersetOf({"ssrc", "kind", "transportId", "codecId", "packetsSent", "bytesSent", "remoteId",
                            "framesEncoded", "nackCount", "framesSent", "targetBitrate", "hugeFramesSent",
                            "framesPerSecond", "qualityLimitationReason", "qualityLimitationDurations", "pliCount",
                            "firCount", "totalPacketSendDelay"}));
  EXPECT_THAT(members(out), Not(testing::Contains(testing::AnyOf("qpSum", "totalEncodeTime", "totalEncodedBytesTarget",
                                                                 "encoderImplementation", "scalabilityMode",
                                                                 "qualityLimitationResolutionChanges"))));
  EXPECT_THAT(members(hears), Not(testing::Contains(testing::AnyOf("framesReceived", "frameWidth", "freezeCount",
                                                                   "pliCount", "framesDropped"))));
  EXPECT_THAT(members(speaks), Not(testing::Contains(testing::AnyOf("framesSent", "frameWidth", "pliCount",
                                                                    "targetBitrate", "qualityLimitationReason"))));
}

TEST_F(RtpStats, ASelectorGivesItsStreamsAndWhatTheyReferTo) {
  connect();
  stream(20).get(30s);
  until([&] { return one<RTCOutboundRtpStreamStats>(sent, "video").remoteId && pictures_received > 0; });
  const RTCStatsReport by_sender = video->sender()->getStats().get(10s);
  const RTCStatsReport by_track = a.getStats(picture).get(10s);
  for (const RTCStatsReport* report : {&by_sender, &by_track}) {
    ASSERT_THAT(report->all<RTCOutboundRtpStreamStats>(), SizeIs(1));
    EXPECT_EQ(report->first<RTCOutboundRtpStreamStats>()->kind, "video");
    for (const auto* stream : report->all<RTCRtpStreamStats>()) EXPECT_EQ(stream->kind, "video");
    EXPECT_THAT(report->all<RTCRemoteInboundRtpStreamStats>(), SizeIs(1));
    EXPECT_THAT(report->all<RTCVideoSourceStats>(), SizeIs(1));
    EXPECT_THAT(report->all<RTCAudioSourceStats>(), IsEmpty());
    EXPECT_THAT(report->all<RTCCodecStats>(), SizeIs(1));
    EXPECT_THAT(report->all<RTCTransportStats>(), SizeIs(1));
    EXPECT_THAT(report->all<RTCIceCandidatePairStats>(), SizeIs(1));
  }
  const auto receiver = b.getTransceivers().at(1)->receiver();
  const RTCStatsReport by_receiver = receiver->getStats().get(10s);
  EXPECT_THAT(by_receiver.all<RTCInboundRtpStreamStats>(), SizeIs(1));
  EXPECT_EQ(by_receiver.first<RTCInboundRtpStreamStats>()->trackIdentifier, receiver->track()->id());
  EXPECT_EQ(by_receiver.size(), b.getStats(receiver->track()).get(10s).size());
  // The other halves have nothing.
  EXPECT_EQ(video->receiver()->getStats().get(10s).size(), 0U);
  EXPECT_EQ(b.getTransceivers().at(0)->sender()->getStats().get(10s).size(), 0U);
}

TEST_F(RtpStats, IdsStayAndATrackThatIsReplacedIsAnotherSource) {
  connect();
  stream(20).get(30s);
  until([&] { return one<RTCOutboundRtpStreamStats>(sent, "video").remoteId && pictures_received > 0; });
  const RTCStatsReport first = sent, heard = received;
  const auto other = MediaStreamTrack::create("video");
  video->sender()->replaceTrack(other).get(10s);
  loop->run([this] { return negotiate(); }).get(20s);
  until([&] { return true; });
  const auto before = one<RTCOutboundRtpStreamStats>(first, "video"),
             after = one<RTCOutboundRtpStreamStats>(sent, "video");
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.codecId, before.codecId);
  EXPECT_EQ(after.remoteId, before.remoteId);
  EXPECT_GE(*after.packetsSent, *before.packetsSent);
  EXPECT_NE(after.mediaSourceId, before.mediaSourceId);
  EXPECT_EQ(sent.get<RTCVideoSourceStats>(after.mediaSourceId)->trackIdentifier, other->id());
  EXPECT_EQ(sent.get<RTCVideoSourceStats>(after.mediaSourceId)->frames, 0U);
  EXPECT_EQ(one<RTCInboundRtpStreamStats>(received, "video").id, one<RTCInboundRtpStreamStats>(heard, "video").id);
  // What is not sent any more still tells what it has been.
  auto parameters = video->sender()->getParameters();
  loop->run([&]() -> Promise<void> {
        parameters = video->sender()->getParameters();
        parameters.encodings.at(0).active = false;
        co_await video->sender()->setParameters(parameters);
      })
      .get(20s);
  until([&] { return true; });
  EXPECT_EQ(one<RTCOutboundRtpStreamStats>(sent, "video").active, false);
  EXPECT_EQ(one<RTCOutboundRtpStreamStats>(sent, "video").framesSent, pictures_sent);
  video->sender()->replaceTrack(nullptr).get(10s);
  until([&] { return true; });
  EXPECT_EQ(one<RTCOutboundRtpStreamStats>(sent, "video").mediaSourceId, std::nullopt);
  EXPECT_THAT(sent.all<RTCVideoSourceStats>(), IsEmpty());
}

/// The sender of a closed connection has nothing to tell, but no error either.
TEST_F(RtpStats, EndWithTheConnection) {
  connect();
  stream(5).get(30s);
  a.close();
  EXPECT_THAT(a.getStats().get(10s).all<RTCRtpStreamStats>(), IsEmpty());
  EXPECT_EQ(video->sender()->getStats().get(10s).size(), 0U);
}

}  // namespace
}  // namespace parley
