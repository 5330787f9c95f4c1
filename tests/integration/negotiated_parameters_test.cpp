// What negotiation makes of encodings and codecs. webrtc-pc sections 4.4.1.5, 5.2 and 5.4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "support/frames.hpp"
#include "support/parameters.hpp"

namespace parley {
namespace {

using test::codec_named;
using test::encodings_of;
using test::Latch;
using test::Pair;
using test::rids_of;
using test::run;
using test::scales_of;
using test::verdict;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(NegotiatedParameters, AreThoseOfTheAnswerAndEndTheTransaction) {
  Pair pair;
  const auto sender = pair.offerer.addTransceiver("video")->sender();
  EXPECT_THAT(sender->getParameters().codecs, IsEmpty());
  EXPECT_THAT(sender->getParameters().headerExtensions, IsEmpty());
  const std::string cname = sender->getParameters().rtcp.cname.value();
  EXPECT_FALSE(cname.empty());
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  RTCRtpSendParameters negotiated = sender->getParameters();
  EXPECT_FALSE(negotiated.codecs.empty());
  EXPECT_FALSE(negotiated.headerExtensions.empty());
  EXPECT_EQ(negotiated.rtcp.cname, cname);
  EXPECT_EQ(negotiated.rtcp.reducedSize, true);
  const auto ids = [](const auto& codecs) {
    std::vector<std::uint8_t> all;
    for (const RTCRtpCodecParameters& codec : codecs) all.push_back(codec.payloadType);
    std::sort(all.begin(), all.end());
    return all;
  };
  const auto receiver = pair.answerer.getTransceivers().at(0)->receiver();
  EXPECT_EQ(ids(negotiated.codecs), ids(receiver->getParameters().codecs));
  EXPECT_THAT(pair.offerer.getTransceivers().at(0)->receiver()->getParameters().codecs, IsEmpty())
      << "nothing is received";
}

TEST(NegotiatedParameters, ChooseAmongTheNegotiatedCodecsAndForgetWhatIsNegotiatedAway) {
  Pair pair;
  const auto transceiver = pair.offerer.addTransceiver("video");
  const RTCRtpCodec vp8 = codec_named("video/VP8"), vp9 = codec_named("video/VP9"), av1 = codec_named("video/AV1");
  transceiver->setCodecPreferences({vp8, vp9});
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  const auto choose = [](const RTCRtpCodec& codec) {
    return [codec](RTCRtpSendParameters& p) { p.encodings.at(0).codec = codec; };
  };
  EXPECT_EQ(verdict(transceiver->sender(), choose(av1)), "InvalidModificationError");
  EXPECT_EQ(verdict(transceiver->sender(), choose(vp9)), "accepted");
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_EQ(transceiver->sender()->getParameters().encodings.at(0).codec, vp9);
  transceiver->setCodecPreferences({vp8});
  run([&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    EXPECT_EQ(transceiver->sender()->getParameters().encodings.at(0).codec, vp9) << "until it is answered";
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setLocalDescription();
    co_await pair.offerer.setRemoteDescription(*pair.answerer.localDescription());
  });
  EXPECT_EQ(transceiver->sender()->getParameters().encodings.at(0).codec, std::nullopt);
}

TEST(NegotiatedParameters, SayWhatFramesAreThatDoNotSayItThemselves) {
  Latch opus, pcmu;
  Pair pair;
  const auto track = MediaStreamTrack::create("audio");
  const auto sender = pair.offerer.addTrack(track);
  pair.answerer.ontrack = [&](const RTCTrackEvent& event) {
    event.track->onaudioframe = [&](const RTCEncodedAudioFrame& frame) {
      if (frame.metadata.mimeType == "audio/opus") opus.set();
      if (frame.metadata.mimeType == "audio/PCMU") pcmu.set();
    };
  };
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  const auto send_until = [&](Latch& heard) {
    for (std::uint32_t i = 0; i < 2000 && !heard.is_set(); ++i) {
      track->write(test::audio_frame(160, i));
      EventLoop::shared()->delay(10ms).get();
    }
    return heard.is_set();
  };
  EXPECT_TRUE(send_until(opus));
  EXPECT_FALSE(pcmu.is_set());
  const auto choose = [](RTCRtpSendParameters& p) { p.encodings.at(0).codec = codec_named("audio/PCMU"); };
  EXPECT_EQ(verdict(sender, choose), "accepted");
  EXPECT_TRUE(send_until(pcmu));
}

TEST(NegotiatedParameters, HaveTheLayersThatAnOfferProposesAndARollbackTakesThemAway) {
  Pair pair;
  // An offer that wants to receive layers is made out of one that sends them.
  pair.offerer.addTransceiver("video", {.sendEncodings = encodings_of({"q", "h"})});
  std::string offer = pair.offerer.createOffer().get(10s).sdp;
  for (const std::string line : {"a=rid:q ", "a=rid:h ", "a=simulcast:"})
    offer.replace(offer.find(line) + line.size(), 4, "recv");
  const auto sender = pair.answerer.addTrack(MediaStreamTrack::create("video"));
  const RTCSessionDescriptionInit description(RTCSdpType::Offer, offer);
  run([&]() -> Promise<void> {
    const RTCRtpSendParameters before = sender->getParameters();
    co_await pair.answerer.setRemoteDescription(description);
    EXPECT_THAT(rids_of(*sender), ElementsAre("q", "h"));
    EXPECT_THAT(scales_of(sender->getParameters()), ElementsAre(2.0, 1.0));
    EXPECT_NE(sender->getParameters().transactionId, before.transactionId);
    co_await pair.answerer.setRemoteDescription(RTCSessionDescriptionInit(RTCSdpType::Rollback));
    EXPECT_THAT(rids_of(*sender), ElementsAre("-"));
    co_await pair.answerer.setRemoteDescription(description);
    co_await pair.answerer.setLocalDescription();
  });
  EXPECT_THAT(pair.answerer.localDescription()->sdp(),
              AllOf(HasSubstr("a=rid:q send\r\n"), HasSubstr("a=rid:h send\r\n"), HasSubstr("a=simulcast:send q;h")));
  EXPECT_THAT(rids_of(*sender), ElementsAre("q", "h"));
}

TEST(NegotiatedParameters, LoseTheLayersThatAnAnswerDoesNotTake) {
  for (const bool none : {false, true}) {
    Pair pair;
    const auto sender =
        pair.offerer.addTransceiver("video", {.sendEncodings = encodings_of({"q", "h", "f"})})->sender();
    run([&]() -> Promise<void> {
      co_await pair.offerer.setLocalDescription();
      co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
      co_await pair.answerer.setLocalDescription();
      std::string answer = pair.answerer.localDescription()->sdp();
      const auto cut = [&](std::string_view from, std::string_view to) {
        const std::size_t at = answer.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        answer.replace(at, from.size(), to);
      };
      if (none) {
        cut("a=simulcast:recv q;h;f\r\n", "");
        for (const std::string rid : {"q", "h", "f"}) cut("a=rid:" + rid + " recv\r\n", "");
      } else {
        cut("a=simulcast:recv q;h;f\r\n", "a=simulcast:recv q;f\r\n");
        cut("a=rid:h recv\r\n", "");
      }
      const RTCSessionDescriptionInit description(RTCSdpType::Answer, answer);
      co_await pair.offerer.setRemoteDescription(description);
    });
    if (none) {
      EXPECT_THAT(rids_of(*sender), ElementsAre("q"));
    } else {
      EXPECT_THAT(rids_of(*sender), ElementsAre("q", "f"));
    }
  }
}

/// webrtc-pc section 4.4.1.5: a description waits for setParameters().
TEST(NegotiatedParameters, KeepWhatWasBeingSetWhenAnAnswerTookAnotherLayerAway) {
  Pair pair;
  const auto sender = pair.offerer.addTransceiver("video", {.sendEncodings = encodings_of({"foo", "bar"})})->sender();
  run([&]() -> Promise<void> {
    co_await pair.offerer.setLocalDescription();
    co_await pair.answerer.setRemoteDescription(*pair.offerer.localDescription());
    co_await pair.answerer.setLocalDescription();
    const std::string sdp = pair.answerer.localDescription()->sdp();
    const std::regex second("a=rid:bar recv\r\n|;bar");
    const RTCSessionDescriptionInit answer(RTCSdpType::Answer, std::regex_replace(sdp, second, ""));
    RTCRtpSendParameters parameters = sender->getParameters();
    parameters.encodings.at(0).scaleResolutionDownBy = 3.3;
    const auto answered = pair.offerer.setRemoteDescription(answer);
    co_await sender->setParameters(parameters);
    co_await answered;
  });
  EXPECT_THAT(rids_of(*sender), ElementsAre("foo"));
  EXPECT_THAT(scales_of(sender->getParameters()), ElementsAre(3.3));
}

/// So that what getParameters() gives can be set.
TEST(NegotiatedParameters, LoseLayersThatNoNegotiatedCodecHas) {
  Pair pair;
  const auto transceiver = pair.offerer.addTransceiver("video", {.sendEncodings = {{.scalabilityMode = "L3T3"}}});
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_EQ(transceiver->sender()->getParameters().encodings.at(0).scalabilityMode, "L3T3");
  transceiver->setCodecPreferences({codec_named("video/VP8")});
  run([&]() -> Promise<void> { co_await pair.negotiate(); });
  EXPECT_EQ(transceiver->sender()->getParameters().encodings.at(0).scalabilityMode, std::nullopt);
  EXPECT_EQ(verdict(transceiver->sender(), [](RTCRtpSendParameters&) {}), "accepted");
}

TEST(CodecPreferences, AreRefusedUnlessTheyAreCapabilities) {
  RTCPeerConnection pc(test::on_loopback());
  const auto transceiver = pc.addTransceiver("video");
  const RTCRtpCodec vp8 = codec_named("video/VP8"), rtx = codec_named("video/rtx");
  const auto refused = [&](const std::vector<RTCRtpCodec>& codecs) {
    try {
      transceiver->setCodecPreferences(codecs);
    } catch (const Exception& error) {
      return error.name() == "InvalidModificationError";
    }
    return false;
  };
  EXPECT_TRUE(refused({codec_named("audio/opus")}));
  EXPECT_TRUE(refused({rtx}));
  RTCRtpCodec changed = vp8;
  changed.clockRate = 48000;
  EXPECT_TRUE(refused({vp8, changed}));
  changed = vp8;
  changed.sdpFmtpLine = "x=1";
  EXPECT_TRUE(refused({changed}));
  changed = vp8;
  changed.channels = 2;
  EXPECT_TRUE(refused({changed}));
  for (const std::string type : {"VP8", "audio/VP8", "video/piper"}) {
    changed = vp8;
    changed.mimeType = type;
    EXPECT_TRUE(refused({changed})) << type;
  }
  changed = vp8;
  changed.mimeType = "video/vp8";
  EXPECT_FALSE(refused({changed, vp8, rtx}));
  // What was refused has changed nothing.
  const std::string sdp = pc.createOffer().get(10s).sdp;
  EXPECT_THAT(sdp, AllOf(HasSubstr("VP8/90000"), HasSubstr("rtx/90000"), Not(HasSubstr("VP9/90000"))));
  EXPECT_FALSE(refused({}));
  EXPECT_THAT(pc.createOffer().get(10s).sdp, HasSubstr("VP9/90000"));
}

}  // namespace
}  // namespace parley
