#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "jsep/layers.hpp"
#include "jsep/transceivers.hpp"
#include "jsep/view.hpp"
#include "sdp/lookup.hpp"
#include "unit/jsep/peer.hpp"

namespace parley::jsep {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(PARLEY_TEST_DATA) / "sdp";

std::string text_of(const std::string& name) {
  std::ifstream file(kFolder / (name + ".sdp"), std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> offers() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (const std::string name = entry.path().stem(); name.find("-offer-") != std::string::npos) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

/// A peer that has set this text as its own offer.
Peer offerer_of(const std::string& text) {
  Peer peer("D");
  peer.snapshot.last_created_offer = CreatedDescription{.sdp = text};
  peer.set_local(SdpType::Offer, text);
  return peer;
}

/// A number means in the answer what it means in the offer.
void expect_same_numbers(const std::vector<Format>& answered, const std::vector<Format>& offered) {
  for (const Format& format : answered) {
    const Format* other = find_format(offered, format.payload_type);
    ASSERT_TRUE(other);
    EXPECT_TRUE(matches(format.codec, other->codec));
    EXPECT_EQ(format.associated, other->associated);
  }
}

class RealOffer : public testing::TestWithParam<std::string> {};

TEST_P(RealOffer, IsAnsweredAndTheAnswerIsUnderstood) {
  const std::string offer = text_of(GetParam());
  Peer bob("B");
  bob.set_remote(SdpType::Offer, offer);
  const sdp::Description offered = bob.snapshot.pending_remote->parsed;
  const bool has_data = std::ranges::any_of(offered.media, is_data);
  bob.set_local(SdpType::Answer, bob.answer());

  const sdp::Description& answer = bob.snapshot.current_local->parsed;
  ASSERT_EQ(answer.media.size(), bob.snapshot.current_remote->parsed.media.size());
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    const sdp::MediaDescription& media = answer.media[i];
    EXPECT_EQ(is_rejected(media), is_rejected(offered.media[i]) || !(is_data(media) || is_rtp_media(answer, i))) << i;
    if (is_rejected(media)) {
      EXPECT_FALSE(media.ice_ufrag || media.setup || media.bundle_only);
      EXPECT_FALSE(media.mid && sdp::group_of(answer, "BUNDLE", *media.mid));
    } else if (is_rtp_media(answer, i)) {
      EXPECT_EQ(media_section_at(bob.snapshot.now, i)->receives.empty(), !sdp::receives(*media.direction));
      EXPECT_FALSE(media_section_at(bob.snapshot.now, i)->sends.empty());
      expect_same_numbers(formats_of(media), formats_of(offered.media[i]));
      EXPECT_EQ(layers(media, Layers::Received), layers(offered.media[i], Layers::Sent));
      EXPECT_EQ(media_section_at(bob.snapshot.now, i)->receive_rids, layers(offered.media[i], Layers::Sent));
    }
  }
  const bool lives = !std::ranges::all_of(answer.media, is_rejected);  // a gateway without DTLS has nothing for us
  EXPECT_EQ(bob.snapshot.now.transports.size(), lives ? 1u : 0u);      // all of them bundle
  EXPECT_EQ(bob.snapshot.now.data.has_value(), has_data);
  EXPECT_EQ(bob.last.start_sctp.has_value(), has_data);

  Peer other = offerer_of(offer);
  other.set_remote(SdpType::Answer, bob.snapshot.current_local->sdp);
  EXPECT_EQ(other.snapshot.state, SignalingState::Stable);
  EXPECT_EQ(other.last.start_sctp.has_value(), has_data);
  if (!lives) return;
  EXPECT_NE(other.snapshot.now.transports.at(0).dtls->role, bob.snapshot.now.transports.at(0).dtls->role);
  EXPECT_TRUE(other.snapshot.now.transports.at(0).generations.at(0).local ==
              bob.snapshot.now.transports.at(0).generations.at(0).remote->credentials);
  // We offer next: the sections stay in their places.
  const std::string reoffer = bob.offer();
  bob.set_local(SdpType::Offer, reoffer);
  EXPECT_TRUE(bob.last.start_gathering.empty());
  other.set_remote(SdpType::Offer, reoffer);
  LocalParameters local = other.local();
  local.fingerprints = transport_view(other.snapshot.current_local->parsed, 0).fingerprints;
  const auto answered = create_answer(other.snapshot, {.local = local});
  ASSERT_TRUE(answered);
  other.snapshot = answered->result;
  other.set_local(SdpType::Answer, answered->sdp);
  bob.set_remote(SdpType::Answer, other.snapshot.current_local->sdp);
  EXPECT_TRUE(bob.last.start_checks.empty());
  EXPECT_TRUE(bob.last.start_dtls.empty());
}

INSTANTIATE_TEST_SUITE_P(Corpus, RealOffer, testing::ValuesIn(offers()), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(RealSimulcast, IsAnsweredWithItsLayers) {
  for (const char* name : {"chromium-offer-simulcast", "firefox-offer-simulcast"}) {
    Peer bob("B");
    bob.set_remote(SdpType::Offer, text_of(name));
    const std::string answer = bob.answer();
    bob.set_local(SdpType::Answer, answer);
    EXPECT_TRUE(has_line(answer, "a=simulcast:recv q;h;f")) << name;
    EXPECT_TRUE(has_line(answer, "a=rid:q recv")) << name;
    EXPECT_EQ(bob.snapshot.now.media.at(0).receive_rids, (std::vector<std::string>{"q", "h", "f"}));
    const auto& extensions = bob.snapshot.now.media.at(0).receive_extensions;
    EXPECT_TRUE(std::ranges::count(extensions, extension::kRid, &sdp::Extmap::uri)) << name;
  }
}

/// Who offered simulcast takes an offer without it for its end.
TEST(RealSimulcast, IsAskedForInOurLaterOffers) {
  for (const char* name : {"chromium-offer-simulcast", "firefox-offer-simulcast"}) {
    Peer bob("B");
    bob.set_remote(SdpType::Offer, text_of(name));
    bob.set_local(SdpType::Answer, bob.answer());
    const std::string offer = bob.offer();
    EXPECT_TRUE(has_line(offer, "a=simulcast:recv q;h;f")) << name;
    EXPECT_TRUE(has_line(offer, "a=rid:q recv")) << name;
    bob.snapshot.transceivers.at(0).direction = sdp::Direction::Inactive;
    EXPECT_FALSE(has_line(bob.offer(), "a=simulcast:recv q;h;f")) << name;
  }
}

/// aiortc gives one id two meanings in a BUNDLE group, and fails when it is used.
TEST(RealOffers, AreAnsweredWithoutHeaderExtensionIdsOfTwoMeanings) {
  Peer bob("B");
  bob.set_remote(SdpType::Offer, text_of("aiortc-offer-audio-video-data"));
  bob.set_local(SdpType::Answer, bob.answer());
  const sdp::Description& answer = bob.snapshot.current_local->parsed;
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    if (!is_rtp_media(answer, i)) continue;
    const sdp::MediaDescription& media = answer.media[i];
    ASSERT_EQ(media.extmaps.size(), 1U);
    EXPECT_EQ(media.extmaps.front().uri, extension::kMid);
  }
}

/// What becomes of a sender of four layers, three of which that offer has.
std::vector<std::string> layers_left(const char* offer, const std::string& answer) {
  Peer peer("D");
  add_transceiver(peer.snapshot, {.kind = MediaKind::Video,
                                  .sender = {.encodings = {{.rid = "q"}, {.rid = "x"}, {.rid = "h"}, {.rid = "f"}}}});
  const TransceiverId id = peer.snapshot.transceivers.front().id;
  peer.snapshot.last_created_offer = CreatedDescription{.sdp = text_of(offer), .made_for = {id}};
  peer.set_local(SdpType::Offer, text_of(offer));
  peer.set_remote(SdpType::Answer, answer);
  EXPECT_EQ(peer.snapshot.now.media.at(0).current, Direction::SendOnly);
  EXPECT_FALSE(peer.snapshot.now.media.at(0).sends.empty());
  EXPECT_TRUE(peer.snapshot.now.media.at(0).receives.empty());
  return rids_of(peer.snapshot.transceivers.front().sender);
}

TEST(RealSimulcast, IsSentInTheLayersThatAreAnswered) {
  const std::vector<std::string> all{"q", "h", "f"}, one{"q"};
  EXPECT_EQ(layers_left("chromium-offer-simulcast", text_of("pion-answer-chromium-simulcast")), all);
  // Browsers do not receive simulcast.
  EXPECT_EQ(layers_left("chromium-offer-simulcast", text_of("firefox-answer-simulcast")), one);
  const std::string unicast = text_of("chromium-answer-simulcast");
  EXPECT_EQ(layers_left("firefox-offer-simulcast", unicast), one);
  const std::string lines = "a=mid:0\r\na=rid:f recv\r\na=rid:h recv\r\na=rid:q recv\r\na=simulcast:recv q;h;f\r\n";
  EXPECT_EQ(layers_left("firefox-offer-simulcast", replaced(unicast, "a=mid:0\r\n", lines)), all);
}

struct Pair {
  const char* offer;
  const char* answer;
};

class RealPair : public testing::TestWithParam<Pair> {};

TEST_P(RealPair, IsAgreedOn) {
  Peer peer = offerer_of(text_of(GetParam().offer));
  peer.set_remote(SdpType::Answer, text_of(GetParam().answer));
  EXPECT_EQ(peer.snapshot.state, SignalingState::Stable);
  // All of them bundle everything.
  ASSERT_EQ(peer.snapshot.now.transports.size(), 1u);
  EXPECT_EQ(peer.snapshot.now.transports[0].mids.size(), peer.snapshot.now.sections.size());
  EXPECT_EQ(peer.snapshot.now.transports[0].mid, peer.snapshot.now.sections.at(0).mid);
  EXPECT_EQ(peer.last.start_checks.size(), 1u);
  EXPECT_EQ(peer.last.start_dtls.size(), 1u);
  EXPECT_EQ(peer.last.start_sctp.has_value(),
            std::string_view(GetParam().offer).find("data") != std::string_view::npos);
}

INSTANTIATE_TEST_SUITE_P(Corpus, RealPair,
                         testing::Values(Pair{"chromium-offer-data", "firefox-answer-data"},
                                         Pair{"firefox-offer-data", "chromium-answer-data"},
                                         Pair{"chromium-offer-audio-video-data", "firefox-answer-audio-video-data"},
                                         Pair{"firefox-offer-audio-video-data", "chromium-answer-audio-video-data"},
                                         Pair{"chromium-offer-audio-video-data", "pion-answer-chromium-media"},
                                         Pair{"chromium-offer-simulcast", "firefox-answer-simulcast"},
                                         Pair{"chromium-offer-simulcast", "pion-answer-chromium-simulcast"},
                                         Pair{"firefox-offer-simulcast", "chromium-answer-simulcast"},
                                         Pair{"aiortc-offer-data", "aiortc-answer-data-legacy"},
                                         Pair{"pion-offer-data", "gstreamer-answer-data"}));

}  // namespace
}  // namespace parley::jsep
