#include "signaling/negotiation_message.hpp"

#include <gtest/gtest.h>

#include "parley/errors.hpp"

namespace parley::signaling {
namespace {

using nlohmann::json;
using Words = PerfectNegotiatorOptions::Words;

const json kOffer = {{"type", "offer"}, {"sdp", "v=0"}};
const json kCandidate = {{"candidate", "candidate:1 1 UDP 1 192.0.2.1 9 typ host"}, {"sdpMid", "0"}};

std::string meaning_of(const json& message) {
  const NegotiationMessage read = read_message(message);
  if (const auto* description = std::get_if<RTCSessionDescriptionInit>(&read))
    return std::string(to_string(description->type)) + " " + description->sdp;
  if (const auto* candidate = std::get_if<RTCIceCandidateInit>(&read)) return "candidate " + candidate->sdpMid.value();
  return "nothing";
}

TEST(NegotiationMessage, ReadsAllNamesThatAreInUse) {
  for (const char* name : {"description", "offer", "answer"}) EXPECT_EQ(meaning_of({{name, kOffer}}), "offer v=0");
  for (const char* name : {"candidate", "new-ice-candidate", "iceCandidate"})
    EXPECT_EQ(meaning_of({{name, kCandidate}}), "candidate 0");
  EXPECT_EQ(meaning_of(kOffer), "offer v=0");
  EXPECT_EQ(meaning_of(kCandidate), "candidate 0");
  EXPECT_EQ(meaning_of({{"description", {{"type", "rollback"}}}}), "rollback ");
}

TEST(NegotiationMessage, WhatHasAnotherMeaningMeansNothing) {
  for (const json& other :
       {json(7), json("offer"), json::array({kOffer}), json(nullptr), json::object(), json{{"chat", "hello"}},
        json{{"description", nullptr}}, json{{"candidate", nullptr}}, json{{"type", "login"}, {"sdp", "x"}},
        json{{"type", "offer"}}, json{{"type", 1}, {"sdp", 2}}})
    EXPECT_EQ(meaning_of(other), "nothing") << other;
}

TEST(NegotiationMessage, RefusesWhatHasTheNameAndNotTheForm) {
  for (const json& odd : {json{{"offer", 7}}, json{{"description", {{"type", "maybe"}}}}, json{{"iceCandidate", "x"}},
                          json{{"candidate", {{"candidate", 5}}}}, json{{"new-ice-candidate", json::array()}}})
    EXPECT_THROW((void)read_message(odd), TypeError) << odd;
}

TEST(NegotiationMessage, WritesEitherSetOfNames) {
  const RTCSessionDescription offer({RTCSdpType::Offer, "v=0"}), answer({RTCSdpType::Answer, "v=0"});
  const RTCIceCandidate candidate(kCandidate.get<RTCIceCandidateInit>());
  EXPECT_EQ(write_message(offer, Words::OfferAnswer), json({{"offer", kOffer}}));
  EXPECT_TRUE(write_message(answer, Words::OfferAnswer).contains("answer"));
  EXPECT_EQ(write_message(offer, Words::Description), json({{"description", kOffer}}));
  EXPECT_TRUE(write_message(candidate, Words::OfferAnswer).contains("new-ice-candidate"));
  EXPECT_EQ(write_message(candidate, Words::Description)["candidate"]["sdpMid"], "0");
}

}  // namespace
}  // namespace parley::signaling
