#include <gtest/gtest.h>

#include "jsep/candidates.hpp"
#include "jsep/remote_candidates.hpp"
#include "unit/jsep/peer.hpp"

namespace parley::jsep {
namespace {

constexpr const char* kHost = "1 1 udp 2113929471 192.0.2.1 4000 typ host";
constexpr const char* kOther = "2 1 udp 2113929471 192.0.2.2 4000 typ host";

std::string line(const std::string& value) { return "candidate:" + value; }

Result<CandidatePlan> add(Peer& peer, CandidateInit init) {
  auto added = add_remote_candidate(peer.snapshot, init);
  if (added) peer.snapshot = added->result;
  return added;
}

ErrorKind refusal(Peer& peer, CandidateInit init) {
  const Snapshot before = peer.snapshot;
  const auto added = add(peer, std::move(init));
  EXPECT_FALSE(added);
  EXPECT_TRUE(peer.snapshot == before);
  return added ? ErrorKind::UnknownError : added.error().kind;
}

TEST(AddIceCandidate, TellsTheGenerationInUse) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const auto added = add(alice, {.candidate = line(kHost), .sdp_mid = "0"});
  ASSERT_TRUE(added);
  ASSERT_EQ(added->remote_candidates.size(), 1u);
  const GenerationId generation{alice.snapshot.now.transports.at(0).id, "uA10"};
  EXPECT_TRUE(added->remote_candidates[0] == (RemoteCandidates{generation, {kHost}, false}));
  EXPECT_TRUE(has_line(alice.snapshot.current_remote->sdp, "a=" + line(kHost)));
  EXPECT_FALSE(alice.snapshot.pending_remote);

  const auto again = add(alice, {.candidate = line(kHost), .sdp_mline_index = 0});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->remote_candidates.empty());
  const auto end = add(alice, {.sdp_mid = "0"});
  ASSERT_TRUE(end);
  ASSERT_EQ(end->remote_candidates.size(), 1u);
  EXPECT_TRUE(end->remote_candidates[0] == (RemoteCandidates{generation, {}, true}));
  EXPECT_TRUE(has_line(alice.snapshot.current_remote->sdp, "a=end-of-candidates"));
}

TEST(AddIceCandidate, GoesByTheIndexIfTheMidIsEmpty) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const auto added = add(alice, {.candidate = line(kHost), .sdp_mid = "", .sdp_mline_index = 0});
  ASSERT_TRUE(added);
  EXPECT_EQ(added->remote_candidates.size(), 1u);
  EXPECT_EQ(refusal(alice, {.candidate = line(kOther), .sdp_mid = ""}), ErrorKind::OperationError);
}

TEST(AddIceCandidate, ComesWithThePlanOfTheAnswerIfItIsEarly) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer, replaced(alice.offer(), "a=mid:0", "a=mid:0\r\na=" + line(kOther)));
  const auto added = add(bob, {.candidate = line(kHost), .sdp_mline_index = 0, .username_fragment = "uA10"});
  ASSERT_TRUE(added);
  EXPECT_TRUE(added->remote_candidates.empty());
  ASSERT_TRUE(add(bob, {}));
  bob.set_local(SdpType::Answer, bob.answer());
  ASSERT_EQ(bob.last.remote_candidates.size(), 1u);
  EXPECT_EQ(bob.last.remote_candidates[0].candidates, (std::vector<std::string>{kOther, kHost}));
  EXPECT_TRUE(bob.last.remote_candidates[0].end_of_candidates);
  EXPECT_TRUE(bob.last.remote_candidates[0].generation == bob.last.start_gathering.at(0).generation);
}

TEST(AddIceCandidate, BelongsToTheGenerationItNames) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string old_ufrag = value_after(alice.snapshot.current_local->sdp, "a=ice-ufrag:");
  const std::string restart = alice.offer(true);
  bob.set_remote(SdpType::Offer, restart);
  const std::string new_ufrag = value_after(restart, "a=ice-ufrag:");

  const auto old = add(bob, {.candidate = line(kHost), .sdp_mid = "0", .username_fragment = old_ufrag});
  ASSERT_TRUE(old);
  EXPECT_EQ(old->remote_candidates.size(), 1u);
  EXPECT_TRUE(has_line(bob.snapshot.current_remote->sdp, "a=" + line(kHost)));
  EXPECT_FALSE(has_line(bob.snapshot.pending_remote->sdp, "a=" + line(kHost)));

  const auto unnamed = add(bob, {.candidate = line(kOther), .sdp_mid = "0"});
  ASSERT_TRUE(unnamed);
  EXPECT_TRUE(unnamed->remote_candidates.empty());
  EXPECT_FALSE(has_line(bob.snapshot.current_remote->sdp, "a=" + line(kOther)));
  EXPECT_TRUE(has_line(bob.snapshot.pending_remote->sdp, "a=" + line(kOther)));
  EXPECT_TRUE(add(bob, {.candidate = line(kOther), .sdp_mid = "0", .username_fragment = new_ufrag}));

  bob.set_remote(SdpType::Rollback, "");
  EXPECT_TRUE(has_line(bob.snapshot.current_remote->sdp, "a=" + line(kHost)));
}

TEST(AddIceCandidate, IsInBothDescriptionsIfTheyShareAGeneration) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  bob.set_remote(SdpType::Offer, alice.offer());
  const auto added = add(bob, {.candidate = line(kHost), .sdp_mid = "0"});
  ASSERT_TRUE(added);
  EXPECT_EQ(added->remote_candidates.size(), 1u);
  EXPECT_TRUE(has_line(bob.snapshot.current_remote->sdp, "a=" + line(kHost)));
  EXPECT_TRUE(has_line(bob.snapshot.pending_remote->sdp, "a=" + line(kHost)));
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_TRUE(bob.last.remote_candidates.empty());
}

TEST(AddIceCandidate, RefusesAsTheSpecificationSays) {
  Peer alice("A"), bob("B");
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost)}), ErrorKind::TypeError);
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost), .sdp_mid = "0"}), ErrorKind::InvalidStateError);
  EXPECT_EQ(refusal(bob, {}), ErrorKind::InvalidStateError);
  bob.set_remote(SdpType::Offer, alice.offer());
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost)}), ErrorKind::TypeError);
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost), .sdp_mid = "1"}), ErrorKind::OperationError);
  // The mid decides, even if there is an index.
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost), .sdp_mid = "1", .sdp_mline_index = 0}), ErrorKind::OperationError);
  EXPECT_TRUE(add(bob, {.candidate = line(kHost), .sdp_mid = "0", .sdp_mline_index = 7}));
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost), .sdp_mline_index = 1}), ErrorKind::OperationError);
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost), .sdp_mid = "0", .username_fragment = "else"}),
            ErrorKind::OperationError);
  EXPECT_EQ(refusal(bob, {.username_fragment = "else"}), ErrorKind::OperationError);
  EXPECT_EQ(refusal(bob, {.candidate = "candidate:", .sdp_mid = "0"}), ErrorKind::OperationError);
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost) + "\r\na=x", .sdp_mid = "0"}), ErrorKind::OperationError);
}

TEST(AddIceCandidate, ForARejectedSectionGoesNowhere) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer,
                 replaced(alice.offer(), "m=application", "m=audio 0 RTP/AVP 0\r\na=mid:a\r\nm=application"));
  const Snapshot before = bob.snapshot;
  const auto added = add(bob, {.candidate = line(kHost), .sdp_mid = "a", .username_fragment = "else"});
  ASSERT_TRUE(added);
  EXPECT_TRUE(bob.snapshot == before);
  EXPECT_TRUE(added->remote_candidates.empty());
}

TEST(AddIceCandidate, IsBounded) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer, alice.offer());
  auto& candidates = bob.snapshot.pending_remote->parsed.media.at(0).candidates;
  for (std::size_t i = 0; i < kMaxRemoteCandidates; ++i) candidates.push_back(std::to_string(i));
  EXPECT_EQ(refusal(bob, {.candidate = line(kHost), .sdp_mid = "0"}), ErrorKind::OperationError);
  candidates.push_back("one too many");
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_EQ(bob.last.remote_candidates.at(0).candidates.size(), kMaxRemoteCandidates);
}

TEST(RemoteCandidates, OfALaterDescriptionAreToldOnce) {
  Peer alice("A"), bob("B");
  const auto with = [](const std::string& text, const std::string& lines) {
    return replaced(text, "a=mid:0\r\n", "a=mid:0\r\n" + lines);
  };
  const std::string one = "a=" + line(kHost) + "\r\n", two = one + "a=" + line(kOther) + "\r\na=end-of-candidates\r\n";
  bob.set_remote(SdpType::Offer, with(alice.offer(), one));
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_EQ(bob.last.remote_candidates.at(0).candidates, std::vector<std::string>{kHost});
  alice.snapshot.last_created_offer->sdp = with(bob.snapshot.current_remote->sdp, "");
  bob.set_remote(SdpType::Offer, with(bob.snapshot.current_remote->sdp, two));
  EXPECT_EQ(bob.last.remote_candidates.at(0).candidates, std::vector<std::string>{kOther});
  EXPECT_TRUE(bob.last.remote_candidates.at(0).end_of_candidates);
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_TRUE(bob.last.remote_candidates.empty());
}

TEST(RemoteCandidates, OfAnotherGenerationAreLeftOut) {
  Peer alice("A"), bob("B");
  const std::string lines =
      "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host ufrag zzzz\r\n"
      "a=candidate:2 1 udp 1 192.0.2.1 2 typ host ufrag uA10 network-id 1\r\n";
  bob.set_remote(SdpType::Offer, replaced(alice.offer(), "a=mid:0\r\n", lines));
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_EQ(bob.last.remote_candidates.at(0).candidates,
            std::vector<std::string>{"2 1 udp 1 192.0.2.1 2 typ host ufrag uA10 network-id 1"});
}

TEST(LocalDescription, IsTheTextThatWasSetUntilThereAreCandidates) {
  Peer alice("A");
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  EXPECT_EQ(with_candidates(*local_description(alice.snapshot), {}), offer);
  const std::vector<GatheredCandidates> none = {{.local_ufrag = "uA10", .tls_id = value_after(offer, "a=tls-id:")}};
  EXPECT_EQ(with_candidates(*local_description(alice.snapshot), none), offer);
}

TEST(LocalDescription, ContainsTheCandidatesGathered) {
  Peer alice("A");
  alice.set_local(SdpType::Offer, alice.offer());
  const GatheredCandidates gathered{.local_ufrag = "uA10",
                                    .tls_id = value_after(alice.snapshot.pending_local->sdp, "a=tls-id:"),
                                    .candidates = {kHost, kOther},
                                    .complete = true,
                                    .address = sdp::Connection{.address_type = "IP6", .address = "2001:db8::1"},
                                    .port = 4000};
  const std::string text = with_candidates(*local_description(alice.snapshot), {{.local_ufrag = "else"}, gathered});
  EXPECT_TRUE(has_line(text, "a=" + line(kHost)));
  EXPECT_TRUE(has_line(text, "a=" + line(kOther)));
  EXPECT_TRUE(has_line(text, "a=end-of-candidates"));
  EXPECT_TRUE(has_line(text, "c=IN IP6 2001:db8::1"));
  EXPECT_TRUE(has_line(text, "m=application 4000 UDP/DTLS/SCTP webrtc-datachannel"));
  Peer bob("B");
  bob.set_remote(SdpType::Offer, text);
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_EQ(bob.last.remote_candidates.at(0).candidates.size(), 2u);
  EXPECT_TRUE(bob.last.remote_candidates.at(0).end_of_candidates);
}

TEST(LocalDescription, OfAnotherGenerationHasItsOwnCandidates) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  alice.set_local(SdpType::Offer, alice.offer(true));
  const std::vector<GatheredCandidates> gathered = {
      {.local_ufrag = "uA10",
       .tls_id = value_after(alice.snapshot.current_local->sdp, "a=tls-id:"),
       .candidates = {kHost},
       .complete = true}};
  EXPECT_TRUE(has_line(with_candidates(*alice.snapshot.current_local, gathered), "a=" + line(kHost)));
  EXPECT_FALSE(has_line(with_candidates(*alice.snapshot.pending_local, gathered), "a=" + line(kHost)));
}

}  // namespace
}  // namespace parley::jsep
