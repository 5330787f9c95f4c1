#include <gtest/gtest.h>

#include "parley/errors.hpp"
#include "parley/json.hpp"

namespace parley {
namespace {

using nlohmann::json;

// What JSON.stringify() makes of the objects in Chromium and Firefox.
constexpr const char* kBrowserOffer = R"({"type":"offer","sdp":"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"})";
constexpr const char* kBrowserCandidate =
    R"({"candidate":"candidate:1 1 udp 2113937151 a.local 50000 typ host","sdpMid":"0","sdpMLineIndex":0,)"
    R"("usernameFragment":"4ZcD"})";

TEST(SignalingJson, ReadsABrowsersDescription) {
  const auto description = json::parse(kBrowserOffer).get<RTCSessionDescriptionInit>();
  EXPECT_EQ(description.type, RTCSdpType::Offer);
  EXPECT_EQ(description.sdp, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n");
}

TEST(SignalingJson, WritesADescriptionAsABrowserDoes) {
  const RTCSessionDescriptionInit init{RTCSdpType::Offer, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"};
  EXPECT_EQ(json(init), json::parse(kBrowserOffer));
  EXPECT_EQ(json(RTCSessionDescription(init)), json::parse(kBrowserOffer));
}

TEST(SignalingJson, EveryTypeOfDescriptionSurvives) {
  for (const char* type : {"offer", "pranswer", "answer", "rollback"}) {
    const json text = {{"type", type}, {"sdp", ""}};
    EXPECT_EQ(json(text.get<RTCSessionDescriptionInit>()), text);
  }
}

TEST(SignalingJson, ARollbackNeedsNoSdp) {
  EXPECT_EQ(json({{"type", "rollback"}}).get<RTCSessionDescriptionInit>().sdp, "");
}

TEST(SignalingJson, ReadsABrowsersCandidate) {
  const auto candidate = json::parse(kBrowserCandidate).get<RTCIceCandidateInit>();
  EXPECT_EQ(candidate.candidate, "candidate:1 1 udp 2113937151 a.local 50000 typ host");
  EXPECT_EQ(candidate.sdpMid, "0");
  EXPECT_EQ(candidate.sdpMLineIndex, 0);
  EXPECT_EQ(candidate.usernameFragment, "4ZcD");
}

TEST(SignalingJson, WritesACandidateAsABrowserDoes) {
  const auto init = json::parse(kBrowserCandidate).get<RTCIceCandidateInit>();
  EXPECT_EQ(json(init), json::parse(kBrowserCandidate));
  EXPECT_EQ(json(RTCIceCandidate(init)), json::parse(kBrowserCandidate));
}

TEST(SignalingJson, AbsentMembersOfACandidateAreNull) {
  const json written = RTCIceCandidateInit("x", "0");
  EXPECT_EQ(written, json::parse(R"({"candidate":"x","sdpMid":"0","sdpMLineIndex":null,"usernameFragment":null})"));
  EXPECT_EQ(written.get<RTCIceCandidateInit>(), (RTCIceCandidateInit("x", "0")));
}

TEST(SignalingJson, NullAndNothingAreTheEndOfCandidates) {
  EXPECT_EQ(json(nullptr).get<RTCIceCandidateInit>(), RTCIceCandidateInit{});
  EXPECT_EQ(json::object().get<RTCIceCandidateInit>(), RTCIceCandidateInit{});
  EXPECT_EQ(json::parse(R"({"candidate":"","sdpMid":"0"})").get<RTCIceCandidateInit>().candidate, "");
}

TEST(SignalingJson, UnknownMembersAreIgnored) {
  EXPECT_EQ(json::parse(R"({"type":"answer","sdp":"x","extra":[1]})").get<RTCSessionDescriptionInit>().sdp, "x");
}

class SignalingJsonRefuses : public testing::TestWithParam<const char*> {};

TEST_P(SignalingJsonRefuses, ADescription) {
  EXPECT_THROW(json::parse(GetParam()).get<RTCSessionDescriptionInit>(), TypeError);
}

INSTANTIATE_TEST_SUITE_P(Hostile, SignalingJsonRefuses,
                         testing::Values("null", "[]", "7", "\"offer\"", "{}", R"({"sdp":"v=0"})",
                                         R"({"type":"Offer"})", R"({"type":7,"sdp":""})", R"({"type":null})",
                                         R"({"type":"offer","sdp":7})", R"({"type":"offer","sdp":["v=0"]})"));

class SignalingJsonRefusesCandidate : public testing::TestWithParam<const char*> {};

TEST_P(SignalingJsonRefusesCandidate, OfTheWrongForm) {
  EXPECT_THROW(json::parse(GetParam()).get<RTCIceCandidateInit>(), TypeError);
}

INSTANTIATE_TEST_SUITE_P(Hostile, SignalingJsonRefusesCandidate,
                         testing::Values("[]", "7", "\"candidate:1\"", R"({"candidate":7})",
                                         R"({"candidate":"x","sdpMid":0})", R"({"candidate":"x","sdpMLineIndex":"0"})",
                                         R"({"candidate":"x","sdpMLineIndex":-1})",
                                         R"({"candidate":"x","sdpMLineIndex":65536})",
                                         R"({"candidate":"x","sdpMLineIndex":0.5})",
                                         R"({"candidate":"x","usernameFragment":{}})"));

}  // namespace
}  // namespace parley
