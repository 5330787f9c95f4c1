// What an offer of ours bundles has one pair of ICE credentials, and each section a transport of its own nevertheless
// until the answer bundles them (RFC 8839 section 5.4).
#include <gtest/gtest.h>

#include <set>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep::shared_credentials_test {
namespace {

constexpr const char* kHost = "1 1 udp 2113929471 192.0.2.1 4000 typ host";
constexpr const char* kOther = "2 1 udp 2113929471 192.0.2.1 4001 typ host";

/// The username fragments of the sections of the BUNDLE group.
std::set<std::string> bundled_fragments(const sdp::Description& description) {
  std::set<std::string> fragments;
  for (const std::string& mid : description.groups.at(0).mids)
    fragments.insert(sdp::media_by_mid(description, mid)->ice_ufrag.value_or("none"));
  return fragments;
}

/// The description without its BUNDLE group: a peer that knows nothing of it.
std::string apart(std::string text) {
  const std::size_t at = text.find("a=group:BUNDLE");
  return at == std::string::npos ? text : text.erase(at, text.find("\r\n", at) + 2 - at);
}

/// Offers once, and the answer does not bundle.
void negotiate_apart(MediaPeer& from, MediaPeer& to) {
  from.set_remote(SdpType::Answer, to.reply(apart(from.set_offer())));
}

MediaPeer with_everything(const std::string& name) {
  MediaPeer peer(name);
  peer.add_audio();
  peer.add_video();
  peer.wishes.data_channel = true;
  return peer;
}

GatheredCandidates gathered(const StartGathering& start, const std::string& candidate, std::uint16_t port) {
  return {.local_ufrag = start.local.ufrag,
          .tls_id = start.tls_id,
          .candidates = {candidate},
          .address = sdp::Connection{.address = "192.0.2.1"},
          .port = port};
}

TEST(SharedCredentials, AreThoseOfAllSectionsOfAnOffer) {
  for (const BundlePolicy policy : {BundlePolicy::Balanced, BundlePolicy::MaxCompat, BundlePolicy::MaxBundle}) {
    MediaPeer alice = with_everything("A");
    alice.bundle_policy = policy;
    const auto offer = read(alice.set_offer());
    EXPECT_EQ(offer.groups.at(0).mids.size(), 3u);
    EXPECT_EQ(bundled_fragments(offer).size(), 1u);
    EXPECT_EQ(alice.snapshot.now.transports.size(), policy == BundlePolicy::MaxBundle ? 1u : 3u);
  }
}

TEST(SharedCredentials, HoldForSectionsAddedBeforeTheAnswer) {
  MediaPeer alice("A");
  alice.wishes.data_channel = true;
  const auto first = read(alice.set_offer());
  const TransportId data = alice.snapshot.now.transports.at(0).id;
  alice.add_audio();
  const auto second = read(alice.set_offer());
  EXPECT_EQ(bundled_fragments(second), bundled_fragments(first));
  ASSERT_EQ(alice.last.start_gathering.size(), 1u);
  EXPECT_NE(alice.last.start_gathering[0].generation.transport, data);
  EXPECT_TRUE(alice.last.abandoned_generations.empty() && alice.last.closed_transports.empty());
}

TEST(SharedCredentials, AreRenewedForAllSectionsTogether) {
  MediaPeer alice = with_everything("A");
  const auto first = read(alice.set_offer());
  const auto restart = read(alice.set_offer(true));
  EXPECT_EQ(bundled_fragments(restart).size(), 1u);
  EXPECT_NE(bundled_fragments(restart), bundled_fragments(first));
  EXPECT_EQ(alice.last.start_gathering.size(), 3u);
  EXPECT_EQ(alice.last.abandoned_generations.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(restart.media[i].tls_id, first.media[i].tls_id);
}

TEST(SharedCredentials, LeaveOneTransportOnceTheAnswerBundles) {
  MediaPeer alice = with_everything("A"), bob("B");
  negotiate(alice, bob);
  EXPECT_EQ(alice.last.closed_transports.size(), 2u);
  ASSERT_EQ(alice.snapshot.now.transports.size(), 1u);
  EXPECT_EQ(alice.snapshot.now.transports[0].mids.size(), 3u);
  ASSERT_EQ(alice.last.start_checks.size(), 1u);
  EXPECT_EQ(alice.last.start_checks[0].generation.transport, alice.snapshot.now.transports[0].id);
}

TEST(SharedCredentials, BelongToTheSectionThatCarriesTheAnswersGroup) {
  MediaPeer alice = with_everything("A"), bob("B");
  limit_codecs(bob, MediaKind::Audio, {"PCMU"});
  limit_codecs(alice, MediaKind::Audio, {"opus"});
  const auto offer = read(alice.set_offer());
  const TransportId video = transport_carrying(alice.snapshot.now, *offer.media[1].mid)->id;
  alice.set_remote(SdpType::Answer, bob.reply(alice.snapshot.pending_local->sdp));
  ASSERT_EQ(alice.snapshot.now.transports.size(), 1u);
  EXPECT_EQ(alice.snapshot.now.transports[0].id, video);
}

TEST(SharedCredentials, AreNamedByThreeTransportsIfTheAnswerDoesNotBundle) {
  MediaPeer alice = with_everything("A"), bob("B");
  negotiate_apart(alice, bob);
  EXPECT_EQ(alice.snapshot.now.transports.size(), 3u);
  EXPECT_EQ(alice.last.start_checks.size(), 3u);
  EXPECT_EQ(bob.last.start_gathering.size(), 3u);
  // And so it stays, in offers of both.
  for (MediaPeer* peer : {&alice, &bob}) {
    MediaPeer& other = peer == &alice ? bob : alice;
    const auto offer = read(peer->set_offer());
    EXPECT_EQ(offer.groups.at(0).mids.size(), 3u);
    EXPECT_EQ(bundled_fragments(offer).size(), 1u);
    EXPECT_TRUE(peer->last.start_gathering.empty());
    peer->set_remote(SdpType::Answer, other.reply(apart(peer->snapshot.pending_local->sdp)));
    EXPECT_EQ(other.snapshot.now.transports.size(), 3u);
    EXPECT_TRUE(peer->last.start_gathering.empty() && other.last.start_gathering.empty());
  }
}

TEST(SharedCredentials, AreLeftOutOfTheGroupWhereOthersWereNegotiatedApart) {
  MediaPeer alice("A"), bob("B");
  bob.wishes.data_channel = true;
  negotiate_apart(bob, alice);
  bob.add_audio();
  const std::string other = apart(bob.set_offer());
  const std::size_t at = other.find("m=audio");
  alice.reply(other.substr(0, at) + replaced(other.substr(at), "a=ice-ufrag:", "a=ice-ufrag:else"));
  ASSERT_EQ(alice.snapshot.now.transports.size(), 2u);
  const auto offer = read(alice.offer());
  EXPECT_NE(offer.media.at(0).ice_ufrag, offer.media.at(1).ice_ufrag);
  EXPECT_EQ(offer.groups.at(0).mids, std::vector<std::string>{"1"});
  const auto restart = read(alice.offer(true));
  EXPECT_EQ(restart.groups.at(0).mids.size(), 2u);
  EXPECT_EQ(bundled_fragments(restart).size(), 1u);
}

TEST(SharedCredentials, LetASectionThatReliedOnTheFirstTakeItsPlace) {
  MediaPeer alice("A");
  const TransceiverId first = alice.add_audio();
  alice.add_audio();
  EXPECT_EQ(count_of(alice.set_offer(), "a=bundle-only"), 1u);
  alice.stop_at(first);
  const std::string second = alice.set_offer();
  EXPECT_EQ(count_of(second, "a=bundle-only"), 0u);
  EXPECT_TRUE(has_line(second, "a=group:BUNDLE 1"));
  EXPECT_NE(read(second).media.at(1).port, 0);
}

TEST(SharedCredentials, KeepTheCandidatesOfTransportsApart) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  alice.wishes.data_channel = true;
  alice.set_offer();
  const auto& starts = alice.last.start_gathering;
  ASSERT_EQ(starts.size(), 2u);
  const std::string shown = with_candidates(*alice.snapshot.pending_local,
                                            {gathered(starts[0], kHost, 4000), gathered(starts[1], kOther, 4001)});
  const auto offer = read(shown);
  EXPECT_EQ(offer.media[0].candidates, std::vector<std::string>{kHost});
  EXPECT_EQ(offer.media[0].port, 4000);
  EXPECT_EQ(offer.media[1].candidates, std::vector<std::string>{kOther});
  EXPECT_EQ(offer.media[1].port, 4001);
  // Whoever bundles takes those of the first section only, in the description or after it.
  bob.reply(shown);
  ASSERT_EQ(bob.last.remote_candidates.size(), 1u);
  EXPECT_EQ(bob.last.remote_candidates[0].candidates, std::vector<std::string>{kHost});
  const auto late =
      add_remote_candidate(bob.snapshot, {.candidate = "candidate:3 1 udp 1 192.0.2.1 5000 typ host", .sdp_mid = "1"});
  ASSERT_TRUE(late);
  EXPECT_TRUE(late->remote_candidates.empty());
}

}  // namespace
}  // namespace parley::jsep::shared_credentials_test
