// What may be said of encodings and codecs, and when: addTransceiver(), getParameters() and setParameters(),
// setCodecPreferences(). webrtc-pc sections 5.1, 5.2 and 5.4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "support/frames.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::run;
using namespace std::chrono_literals;
using enum RTCRtpTransceiverDirection;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Encodings = std::vector<RTCRtpEncodingParameters>;

Encodings encodings_of(const std::vector<std::string>& rids) {
  Encodings encodings;
  for (const std::string& rid : rids) encodings.push_back({.rid = rid});
  return encodings;
}

std::vector<double> scales_of(const RTCRtpSendParameters& parameters) {
  std::vector<double> scales;
  for (const RTCRtpEncodingParameters& encoding : parameters.encodings)
    scales.push_back(encoding.scaleResolutionDownBy.value_or(-1));
  return scales;
}

std::vector<std::string> rids_of(const RTCRtpSender& sender) {
  std::vector<std::string> rids;
  for (const RTCRtpEncodingParameters& encoding : sender.getParameters().encodings)
    rids.push_back(encoding.rid.value_or("-"));
  return rids;
}

RTCRtpCodec codec_named(const std::string& mime_type) {
  const auto known = RTCRtpSender::getCapabilities(mime_type.substr(0, 5));
  for (const RTCRtpCodec& codec : known->codecs)
    if (codec.mimeType == mime_type) return codec;
  ADD_FAILURE() << "no codec " << mime_type;
  return {};
}

/// What setParameters() says to parameters of this sender that have been changed in the same task.
std::string verdict(const std::shared_ptr<RTCRtpSender>& sender,
                    const std::function<void(RTCRtpSendParameters&)>& change) {
  std::string name = "accepted";
  run([&]() -> Promise<void> {
    RTCRtpSendParameters parameters = sender->getParameters();
    change(parameters);
    try {
      co_await sender->setParameters(parameters);
    } catch (const Exception& error) {
      name = error.name();
    }
  });
  return name;
}

class SendEncodings : public testing::Test {
 protected:
  std::string refusal(Encodings encodings, const std::string& kind = "video") {
    RTCRtpTransceiverInit init;
    init.sendEncodings = std::move(encodings);
    try {
      pc.addTransceiver(kind, init);
    } catch (const Exception& error) {
      return error.name();
    }
    return "none";
  }
  std::shared_ptr<RTCRtpSender> sender_of(Encodings encodings, const std::string& kind = "video") {
    RTCRtpTransceiverInit init;
    init.sendEncodings = std::move(encodings);
    return pc.addTransceiver(kind, init)->sender();
  }
  RTCPeerConnection pc{test::on_loopback()};
};

TEST_F(SendEncodings, HaveRidsOfLettersDigitsDashesAndUnderscoresEachOnceAndAllOrNone) {
  EXPECT_EQ(refusal(encodings_of({"a-b_C9"})), "none");
  EXPECT_EQ(refusal(encodings_of({std::string(255, 'r')})), "none");
  for (const std::string rid : {"", " ", "a b", "~a", "a,b", "a;b", "a=b", "\xC3\xA9", "a\r\n"})
    EXPECT_EQ(refusal(encodings_of({rid, "other"})), "TypeError") << rid;
  EXPECT_EQ(refusal(encodings_of({std::string(256, 'r')})), "TypeError");
  EXPECT_EQ(refusal(encodings_of({"a", "b", "a"})), "TypeError");
  EXPECT_EQ(refusal({{.rid = "a"}, {}}), "TypeError");
  EXPECT_EQ(refusal({{}, {.rid = "a"}}), "TypeError");
  EXPECT_THAT(pc.getTransceivers(), SizeIs(2)) << "what is refused leaves nothing behind";
}

TEST_F(SendEncodings, HaveScalesOfAtLeastOneAndFrameratesAboveZero) {
  for (const double scale : {0.999, 0.0, -1.0, std::nan("")}) {
    EXPECT_EQ(refusal({{.scaleResolutionDownBy = scale}}), "RangeError") << scale;
    EXPECT_EQ(refusal({{.scaleResolutionDownBy = scale}}, "audio"), "none") << "of no meaning for audio";
  }
  for (const double rate : {0.0, -0.1, std::nan("")}) {
    EXPECT_EQ(refusal({{.maxFramerate = rate}}), "RangeError") << rate;
    EXPECT_EQ(refusal({{.maxFramerate = rate}}, "audio"), "none");
  }
  EXPECT_EQ(refusal({{.maxFramerate = 0.5, .scaleResolutionDownBy = 1.0}}), "none");
}

TEST_F(SendEncodings, AreRefusedByWhatIsWrongInTheSpecificationsOrder) {
  RTCRtpEncodingParameters wrong{.rid = "~", .maxFramerate = -1.0, .scaleResolutionDownBy = 0.5};
  wrong.codec = RTCRtpCodec{.mimeType = "video/none", .clockRate = 90000};
  EXPECT_EQ(refusal({wrong}), "TypeError");
  wrong.rid.reset();
  EXPECT_EQ(refusal({wrong}), "OperationError");
  wrong.codec.reset();
  EXPECT_EQ(refusal({wrong}), "RangeError");
  pc.close();
  wrong.rid = "~";
  EXPECT_EQ(refusal({wrong}), "InvalidStateError");
}

TEST_F(SendEncodings, HaveCodecsAsTheCapabilitiesHaveThem) {
  RTCRtpCodec codec = codec_named("video/VP8");
  EXPECT_EQ(refusal({{.codec = codec}}), "none");
  EXPECT_EQ(refusal({{.codec = codec}}, "audio"), "OperationError");
  codec.mimeType = "VIDEO/vp8";
  EXPECT_EQ(refusal({{.codec = codec}}), "none");
  for (const std::string type : {"VP8", "audio/VP8", "video/", "/VP8", "videoVP8"}) {
    codec.mimeType = type;
    EXPECT_EQ(refusal({{.codec = codec}}), "OperationError") << type;
  }
  codec = codec_named("video/H264");
  ASSERT_TRUE(codec.sdpFmtpLine);
  codec.sdpFmtpLine = *codec.sdpFmtpLine + ";max-fs=99";
  EXPECT_EQ(refusal({{.codec = codec}}), "OperationError") << "also what a receiver only declares counts";
}

TEST_F(SendEncodings, ScaleFromSmallToLargeUnlessSomethingIsSaid) {
  EXPECT_THAT(scales_of(sender_of({})->getParameters()), ElementsAre(1.0));
  EXPECT_THAT(scales_of(sender_of(encodings_of({"a"}))->getParameters()), ElementsAre(1.0));
  EXPECT_THAT(scales_of(sender_of(encodings_of({"a", "b", "c"}))->getParameters()), ElementsAre(4.0, 2.0, 1.0));
  EXPECT_THAT(scales_of(sender_of({{.rid = "a", .scaleResolutionDownBy = 3.0}, {.rid = "b"}})->getParameters()),
              ElementsAre(3.0, 1.0));
  EXPECT_THAT(scales_of(sender_of({{}}, "audio")->getParameters()), ElementsAre(-1.0));
  // What is beyond the most that can be sent is cut off; its scale has been said nevertheless.
  Encodings many = encodings_of({"a", "b", "c", "d", "e", "f", "g", "h", "i"});
  EXPECT_EQ(scales_of(sender_of(many)->getParameters()).front(), 128.0);
  many.back().scaleResolutionDownBy = 2.0;
  const auto cut = sender_of(many)->getParameters();
  EXPECT_THAT(cut.encodings, SizeIs(8));
  EXPECT_EQ(scales_of(cut).front(), 1.0);
}

TEST_F(SendEncodings, OfOneHaveNoRid) {
  EXPECT_THAT(rids_of(*sender_of(encodings_of({"a"}))), ElementsAre("-"));
  EXPECT_THAT(rids_of(*sender_of(encodings_of({"a", "b"}))), ElementsAre("a", "b"));
  EXPECT_THAT(rids_of(*sender_of({})), ElementsAre("-"));
}

class SendParameters : public testing::Test {
 protected:
  RTCPeerConnection pc{test::on_loopback()};
  std::shared_ptr<RTCRtpSender> video =
      pc.addTransceiver("video", {.sendEncodings = encodings_of({"a", "b"})})->sender();
  std::shared_ptr<RTCRtpSender> audio = pc.addTransceiver("audio")->sender();
};

TEST_F(SendParameters, MayNotChangeWhatIsReadOnly) {
  const std::string refused = "InvalidModificationError";
  EXPECT_EQ(verdict(video, [](auto& p) { p.transactionId += "x"; }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.transactionId.clear(); }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.encodings.clear(); }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.encodings.pop_back(); }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.encodings.push_back({.rid = "c"}); }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { std::swap(p.encodings[0], p.encodings[1]); }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.encodings[0].rid = "z"; }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.encodings[0].rid.reset(); }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { *p.rtcp.cname += "x"; }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.rtcp.reducedSize = !p.rtcp.reducedSize; }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.codecs.push_back({}); }), refused);
  EXPECT_EQ(verdict(video, [](auto& p) { p.headerExtensions.push_back({.uri = "urn:x", .id = 9}); }), refused);
  EXPECT_EQ(verdict(video, [](auto&) {}), "accepted");
}

TEST_F(SendParameters, StayWithinTheirRanges) {
  for (const double scale : {0.5, 0.0, -2.0, std::nan("")})
    EXPECT_EQ(verdict(video, [&](auto& p) { p.encodings[1].scaleResolutionDownBy = scale; }), "RangeError") << scale;
  for (const double rate : {-1.0, -0.001, std::nan("")})
    EXPECT_EQ(verdict(video, [&](auto& p) { p.encodings[0].maxFramerate = rate; }), "RangeError") << rate;
  EXPECT_EQ(verdict(video, [](auto& p) { p.encodings[0].maxFramerate = 0.0; }), "accepted") << "frozen";
  EXPECT_EQ(verdict(video, [](auto& p) { p.encodings[0].scaleResolutionDownBy.reset(); }), "accepted");
  EXPECT_THAT(scales_of(video->getParameters()), ElementsAre(1.0, 1.0));
  const auto of_video = [](auto& p) { p.encodings[0].scaleResolutionDownBy = p.encodings[0].maxFramerate = -5.0; };
  EXPECT_EQ(verdict(audio, of_video), "accepted");
  EXPECT_EQ(audio->getParameters().encodings.at(0).scaleResolutionDownBy, std::nullopt);
  EXPECT_EQ(audio->getParameters().encodings.at(0).maxFramerate, std::nullopt);
}

TEST_F(SendParameters, AreGivenBackAsTheyWereSet) {
  const auto change = [](RTCRtpSendParameters& p) {
    p.encodings[0].active = false;
    p.encodings[0].maxBitrate = 123456;
    p.encodings[1].maxFramerate = 12.5;
    p.encodings[1].scaleResolutionDownBy = 1.5;
    p.encodings[1].codec = codec_named("video/VP9");
  };
  EXPECT_EQ(verdict(video, change), "accepted");
  RTCRtpSendParameters expected = video->getParameters();
  const std::string transaction = expected.transactionId;
  change(expected);
  // A later task, another transaction.
  RTCRtpSendParameters now;
  for (int i = 0; i < 3; ++i) EventLoop::shared()->run([&] { now = video->getParameters(); });
  EXPECT_NE(now.transactionId, transaction);
  now.transactionId = transaction;
  EXPECT_EQ(now, expected);
}

TEST_F(SendParameters, BelongToATransactionOfOneTaskAndAreSetOnce) {
  run([this]() -> Promise<void> {
    const RTCRtpSendParameters parameters = video->getParameters();
    EXPECT_EQ(video->getParameters().transactionId, parameters.transactionId);
    const Promise<void> first = video->setParameters(parameters);
    EXPECT_EQ(video->getParameters().transactionId, parameters.transactionId) << "until it is done";
    co_await first;
    std::string name;
    try {
      co_await video->setParameters(parameters);
    } catch (const Exception& error) {
      name = error.name();
    }
    EXPECT_EQ(name, "InvalidStateError") << "getParameters() comes first";
  });
}

TEST_F(SendParameters, OfAStoppingSenderCannotBeSet) {
  run([this]() -> Promise<void> {
    const RTCRtpSendParameters parameters = video->getParameters();
    pc.getTransceivers().at(0)->stop();
    std::string name;
    try {
      co_await video->setParameters(parameters);
    } catch (const Exception& error) {
      name = error.name();
    }
    EXPECT_EQ(name, "InvalidStateError");
  });
}

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
