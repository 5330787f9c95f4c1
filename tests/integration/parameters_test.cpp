// What may be said of encodings and codecs, and when: addTransceiver(), getParameters() and setParameters(),
// setCodecPreferences(). webrtc-pc sections 5.1, 5.2 and 5.4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/parameters.hpp"

namespace parley {
namespace {

using test::codec_named;
using test::Encodings;
using test::encodings_of;
using test::rids_of;
using test::run;
using test::scales_of;
using test::verdict;
using testing::ElementsAre;
using testing::SizeIs;

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

/// Its packets have no rid (RFC 8852), so nobody could tell them apart.
TEST_F(SendEncodings, OfSoundAreOne) {
  EXPECT_THAT(rids_of(*sender_of(encodings_of({"a", "b"}), "audio")), ElementsAre("-"));
  RTCPeerConnection peer(test::on_loopback());
  const auto sender = peer.addTrack(MediaStreamTrack::create("audio"));
  pc.addTransceiver("audio");
  run([&]() -> Promise<void> {
    RTCSessionDescriptionInit offer = co_await pc.createOffer();
    offer.sdp += "a=rid:a recv\r\na=rid:b recv\r\na=simulcast:recv a;b\r\n";
    co_await peer.setRemoteDescription(offer);
    EXPECT_THAT(rids_of(*sender), ElementsAre("-"));
    EXPECT_EQ(sender->getParameters().encodings.at(0).scaleResolutionDownBy, std::nullopt);
    const RTCSessionDescriptionInit answer = co_await peer.createAnswer();
    EXPECT_THAT(answer.sdp, testing::Not(testing::HasSubstr("a=simulcast")));
  });
}

/// webrtc-svc section 4.2.
TEST_F(SendEncodings, HaveTheLayersThatACodecCanHave) {
  for (const std::string mode : {"L1T1", "L1T3", "L3T3_KEY", "S2T1h"})
    EXPECT_EQ(refusal({{.scalabilityMode = mode}}), "none") << mode;
  for (const std::string mode : {"", "l1t1", "L9T9", "anything"})
    EXPECT_EQ(refusal({{.scalabilityMode = mode}}), "OperationError") << mode;
  const RTCRtpCodec vp8 = codec_named("video/VP8"), vp9 = codec_named("video/VP9");
  EXPECT_EQ(refusal({{.codec = vp8, .scalabilityMode = "L1T3"}}), "none");
  EXPECT_EQ(refusal({{.codec = vp8, .scalabilityMode = "L2T1"}}), "OperationError");
  EXPECT_EQ(refusal({{.codec = vp9, .scalabilityMode = "L2T1"}}), "none");
  EXPECT_EQ(refusal({{.rid = "a", .scalabilityMode = "S2T1"}, {.rid = "b"}}), "OperationError");
  EXPECT_EQ(refusal({{.rid = "a", .scalabilityMode = "S2T1"}, {.rid = "b", .active = false}}), "none");
  const auto mode = [](const std::string& name) {
    return [name](RTCRtpSendParameters& parameters) { parameters.encodings.at(0).scalabilityMode = name; };
  };
  const auto sender = sender_of({});
  EXPECT_EQ(verdict(sender, mode("anything")), "InvalidModificationError");
  EXPECT_EQ(verdict(sender, mode("L3T3")), "accepted");
  EXPECT_EQ(sender_of({{.scalabilityMode = "L1T1"}}, "audio")->getParameters().encodings.at(0).scalabilityMode,
            std::nullopt);
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

}  // namespace
}  // namespace parley
