#include <gtest/gtest.h>

#include "unit/jsep/peer.hpp"

namespace parley::jsep {
namespace {

const IceGeneration& only_generation(const Peer& peer) {
  EXPECT_EQ(peer.snapshot.now.transports.size(), 1u);
  EXPECT_EQ(peer.snapshot.now.transports.at(0).generations.size(), 1u);
  return peer.snapshot.now.transports.at(0).generations.at(0);
}

/// Both have agreed, and on the same.
void expect_agreement(const Peer& offerer, const Peer& answerer) {
  for (const Peer* peer : {&offerer, &answerer}) {
    const Snapshot& snapshot = peer->snapshot;
    EXPECT_EQ(snapshot.state, SignalingState::Stable);
    EXPECT_FALSE(snapshot.pending_local || snapshot.pending_remote);
    EXPECT_TRUE(snapshot.now == snapshot.stable);
    EXPECT_FALSE(snapshot.last_created_offer || snapshot.last_created_answer);
  }
  EXPECT_EQ(offerer.snapshot.current_local->sdp, answerer.snapshot.current_remote->sdp);
  EXPECT_EQ(offerer.snapshot.current_remote->sdp, answerer.snapshot.current_local->sdp);
  EXPECT_TRUE(only_generation(offerer).local == only_generation(answerer).remote->credentials);
  EXPECT_TRUE(only_generation(answerer).local == only_generation(offerer).remote->credentials);
  EXPECT_NE(only_generation(offerer).role, only_generation(answerer).role);
  const auto& ours = *offerer.snapshot.now.transports.at(0).dtls;
  const auto& theirs = *answerer.snapshot.now.transports.at(0).dtls;
  EXPECT_NE(ours.role, theirs.role);
  EXPECT_EQ(ours.local_tls_id, theirs.remote_tls_id);
  EXPECT_EQ(ours.remote_tls_id, theirs.local_tls_id);
  EXPECT_EQ(ours.remote_fingerprints.at(0).value, answerer.fingerprint());
  EXPECT_EQ(theirs.remote_fingerprints.at(0).value, offerer.fingerprint());
}

TEST(Exchange, StartsEverythingInOrder) {
  Peer alice("A"), bob("B");
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  EXPECT_EQ(alice.snapshot.state, SignalingState::HaveLocalOffer);
  ASSERT_EQ(alice.last.start_gathering.size(), 1u);
  EXPECT_EQ(alice.last.start_gathering[0].local.ufrag, "uA10");
  EXPECT_EQ(alice.last.start_gathering[0].role, IceRole::Controlling);
  EXPECT_EQ(alice.last.start_gathering[0].sdp_mid, "0");
  EXPECT_TRUE(alice.last.start_checks.empty());
  EXPECT_TRUE(alice.last.start_dtls.empty());
  EXPECT_FALSE(alice.last.start_sctp);
  ASSERT_TRUE(alice.snapshot.now.data);
  EXPECT_TRUE(alice.snapshot.now.data->transport);
  EXPECT_FALSE(alice.snapshot.now.data->sctp);

  bob.set_remote(SdpType::Offer, offer);
  EXPECT_EQ(bob.snapshot.state, SignalingState::HaveRemoteOffer);
  EXPECT_TRUE(bob.last.start_gathering.empty());
  ASSERT_EQ(bob.snapshot.now.transports.size(), 1u);
  EXPECT_TRUE(bob.snapshot.now.transports[0].generations.empty());
  ASSERT_TRUE(bob.snapshot.now.data);
  EXPECT_EQ(bob.snapshot.now.data->transport, bob.snapshot.now.transports[0].id);

  const std::string answer = bob.answer();
  bob.set_local(SdpType::Answer, answer);
  ASSERT_EQ(bob.last.start_gathering.size(), 1u);
  EXPECT_EQ(bob.last.start_gathering[0].role, IceRole::Controlled);
  ASSERT_EQ(bob.last.start_checks.size(), 1u);
  EXPECT_TRUE(bob.last.start_checks[0].generation == bob.last.start_gathering[0].generation);
  EXPECT_EQ(bob.last.start_checks[0].remote.credentials.ufrag, "uA10");
  ASSERT_EQ(bob.last.start_dtls.size(), 1u);
  EXPECT_EQ(bob.last.start_dtls[0].dtls.role, DtlsRole::Client);
  ASSERT_TRUE(bob.last.start_sctp);
  EXPECT_EQ(bob.last.start_sctp->remote_max_message_size, 262144u);
  EXPECT_TRUE(bob.last.data_answered);

  alice.set_remote(SdpType::Answer, answer);
  EXPECT_TRUE(alice.last.start_gathering.empty());
  ASSERT_EQ(alice.last.start_checks.size(), 1u);
  EXPECT_EQ(alice.last.start_checks[0].remote.credentials.ufrag, "uB10");
  ASSERT_EQ(alice.last.start_dtls.size(), 1u);
  EXPECT_EQ(alice.last.start_dtls[0].dtls.role, DtlsRole::Server);
  EXPECT_TRUE(alice.last.start_sctp);
  EXPECT_TRUE(alice.last.data_answered);
  expect_agreement(alice, bob);
}

TEST(Exchange, RenegotiationChangesNothing) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const Agreement alices = alice.snapshot.now, bobs = bob.snapshot.now;
  for (int round = 0; round < 10; ++round) {
    Peer& from = round % 3 ? alice : bob;
    Peer& to = round % 3 ? bob : alice;
    negotiate(from, to);
    for (const Peer* peer : {&from, &to}) {
      const Plan& last = peer->last;
      EXPECT_TRUE(last.start_gathering.empty() && last.start_checks.empty() && last.start_dtls.empty());
      EXPECT_TRUE(last.abandoned_generations.empty() && last.closed_transports.empty());
      EXPECT_FALSE(last.start_sctp || last.stop_sctp);
      EXPECT_TRUE(last.data_answered);
    }
    EXPECT_TRUE(alice.snapshot.now == alices);
    EXPECT_TRUE(bob.snapshot.now == bobs);
    expect_agreement(from, to);
  }
}

TEST(Exchange, IceRestartBeginsAGenerationAndKeepsTheAssociation) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  for (int round = 0; round < 4; ++round) {
    Peer& from = round % 2 ? alice : bob;
    Peer& to = round % 2 ? bob : alice;
    const Transport before = from.snapshot.now.transports.at(0);
    const std::string offer = from.offer(true);
    from.set_local(SdpType::Offer, offer);
    const Transport& pending = from.snapshot.now.transports.at(0);
    EXPECT_EQ(pending.id, before.id);
    ASSERT_EQ(pending.generations.size(), 2u);
    EXPECT_TRUE(pending.generations[0] == before.generations[0]);
    EXPECT_FALSE(pending.generations[1].remote);
    EXPECT_EQ(from.last.start_gathering.size(), 1u);
    EXPECT_TRUE(from.last.abandoned_generations.empty());

    to.set_remote(SdpType::Offer, offer);
    to.set_local(SdpType::Answer, to.answer());
    EXPECT_EQ(to.last.start_gathering.size(), 1u);
    EXPECT_EQ(to.last.start_checks.size(), 1u);
    EXPECT_EQ(to.last.abandoned_generations.size(), 1u);
    EXPECT_TRUE(to.last.start_dtls.empty());
    EXPECT_FALSE(to.last.start_sctp);

    from.set_remote(SdpType::Answer, to.snapshot.current_local->sdp);
    EXPECT_EQ(from.last.start_checks.size(), 1u);
    EXPECT_TRUE(from.last.start_dtls.empty());
    ASSERT_EQ(from.last.abandoned_generations.size(), 1u);
    EXPECT_EQ(from.last.abandoned_generations[0].local_ufrag, before.generations[0].local.ufrag);
    EXPECT_TRUE(from.snapshot.now.transports.at(0).dtls == before.dtls);
    // Whoever restarts it.
    EXPECT_EQ(only_generation(alice).role, IceRole::Controlling);
    EXPECT_EQ(only_generation(bob).role, IceRole::Controlled);
    EXPECT_EQ(from.last.start_checks.size(), 1u);
    expect_agreement(from, to);
  }
}

TEST(Exchange, NewFingerprintsWithAnIceRestartBeginAnAssociation) {
  Peer alice("A"), bob("B"), other("C");
  negotiate(alice, bob);
  // What follows comes from the same place with another certificate.
  std::string offer = replaced(alice.offer(true), alice.fingerprint(), other.fingerprint());
  offer = replaced(offer, "a=tls-id:A", "a=tls-id:C");
  bob.set_remote(SdpType::Offer, offer);
  const std::string answer = bob.answer();
  EXPECT_NE(value_after(answer, "a=tls-id:"), value_after(bob.snapshot.current_local->sdp, "a=tls-id:"));
  bob.set_local(SdpType::Answer, answer);
  ASSERT_EQ(bob.last.start_dtls.size(), 1u);
  EXPECT_EQ(bob.last.start_dtls[0].dtls.remote_fingerprints.at(0).value, other.fingerprint());
  EXPECT_EQ(bob.last.start_gathering.size(), 1u);
}

TEST(Exchange, ARolledBackOfferLeavesNoTrace) {
  Peer alice("A"), bob("B");
  for (int round = 0; round < 2; ++round) {
    const Snapshot before = alice.snapshot;
    const auto same = [&] {
      return alice.snapshot.now == before.now && alice.snapshot.stable == before.stable &&
             alice.snapshot.current_local == before.current_local &&
             alice.snapshot.current_remote == before.current_remote && !alice.snapshot.pending_local &&
             !alice.snapshot.pending_remote && alice.snapshot.state == SignalingState::Stable;
    };
    alice.set_local(SdpType::Offer, alice.offer(true));
    EXPECT_FALSE(same());
    alice.set(round ? Side::Local : Side::Remote, SdpType::Rollback, "");
    EXPECT_TRUE(same());
    if (round) {
      EXPECT_EQ(alice.last.abandoned_generations.size(), 1u);
    } else {
      EXPECT_EQ(alice.last.closed_transports.size(), 1u);
    }
    alice.set_remote(SdpType::Offer, bob.offer());
    EXPECT_FALSE(same());
    alice.set(round ? Side::Remote : Side::Local, SdpType::Rollback, "");
    EXPECT_TRUE(same());
    EXPECT_TRUE(alice.last.closed_transports.empty() && alice.last.abandoned_generations.empty());
    negotiate(alice, bob);
  }
}

TEST(Exchange, GlareIsResolvedByRollingBack) {
  Peer polite("A"), impolite("B");
  for (int round = 0; round < 3; ++round) {
    const std::string dropped = polite.offer(round > 0), offer = impolite.offer();
    polite.set_local(SdpType::Offer, dropped);
    impolite.set_local(SdpType::Offer, offer);
    ASSERT_TRUE(rollback_comes_first(polite.snapshot.state, SdpType::Offer));
    EXPECT_EQ(polite.refusal(Side::Remote, SdpType::Offer, offer).kind, ErrorKind::InvalidStateError);
    polite.set_local(SdpType::Rollback, "");
    polite.set_remote(SdpType::Offer, offer);
    const std::string answer = polite.answer();
    polite.set_local(SdpType::Answer, answer);
    impolite.set_remote(SdpType::Answer, answer);
    expect_agreement(impolite, polite);
  }
}

TEST(Exchange, TransportsAreNotMistakenForThoseRolledBack) {
  Peer alice("A"), bob("B");
  alice.set_local(SdpType::Offer, alice.offer());
  const TransportId dropped = alice.snapshot.now.transports.at(0).id;
  alice.set_local(SdpType::Rollback, "");
  EXPECT_EQ(alice.last.closed_transports, std::vector{dropped});
  negotiate(bob, alice);
  EXPECT_NE(alice.snapshot.now.transports.at(0).id, dropped);
}

TEST(Exchange, AProvisionalAnswerStartsTransportsAndTheFinalOneKeepsThem) {
  Peer alice("A"), bob("B");
  for (int round = 0; round < 2; ++round) {
    const std::string offer = alice.offer(round > 0);
    alice.set_local(SdpType::Offer, offer);
    bob.set_remote(SdpType::Offer, offer);
    const std::string provisional = bob.answer();
    bob.set_local(SdpType::Pranswer, provisional);
    EXPECT_EQ(bob.snapshot.state, SignalingState::HaveLocalPranswer);
    EXPECT_EQ(bob.last.start_gathering.size(), 1u);
    EXPECT_EQ(bob.last.start_checks.size(), 1u);
    EXPECT_EQ(bob.last.start_dtls.size(), round ? 0u : 1u);
    EXPECT_TRUE(bob.last.abandoned_generations.empty());
    EXPECT_EQ(bob.snapshot.now.transports.at(0).generations.size(), round ? 2u : 1u);
    alice.set_remote(SdpType::Pranswer, provisional);
    EXPECT_EQ(alice.snapshot.state, SignalingState::HaveRemotePranswer);
    EXPECT_EQ(alice.last.start_checks.size(), 1u);
    EXPECT_TRUE(alice.last.data_answered);
    alice.set_remote(SdpType::Pranswer, provisional);
    EXPECT_TRUE(alice.last.start_checks.empty());
    for (Peer* peer : {&alice, &bob})
      EXPECT_EQ(peer->refusal(Side::Local, SdpType::Rollback, "").kind, ErrorKind::InvalidStateError);

    const std::string final = bob.answer();
    EXPECT_EQ(value_after(final, "a=ice-pwd:"), value_after(provisional, "a=ice-pwd:"));
    EXPECT_EQ(value_after(final, "a=tls-id:"), value_after(provisional, "a=tls-id:"));
    bob.set_local(SdpType::Answer, final);
    alice.set_remote(SdpType::Answer, final);
    for (const Peer* peer : {&alice, &bob}) {
      EXPECT_TRUE(peer->last.start_gathering.empty() && peer->last.start_checks.empty());
      EXPECT_TRUE(peer->last.start_dtls.empty());
      EXPECT_EQ(peer->last.abandoned_generations.size(), round ? 1u : 0u);
    }
    expect_agreement(alice, bob);
  }
}

TEST(Exchange, AnotherPeerMayGiveTheFinalAnswer) {
  Peer alice("A"), bob("B"), carol("C");
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  for (Peer* peer : {&bob, &carol}) {
    peer->set_remote(SdpType::Offer, offer);
    peer->set_local(SdpType::Answer, peer->answer());
  }
  alice.set_remote(SdpType::Pranswer, bob.snapshot.current_local->sdp);
  alice.set_remote(SdpType::Answer, carol.snapshot.current_local->sdp);
  EXPECT_EQ(alice.last.start_checks.size(), 1u);
  ASSERT_EQ(alice.last.start_dtls.size(), 1u);
  EXPECT_EQ(alice.last.start_dtls[0].dtls.remote_fingerprints.at(0).value, carol.fingerprint());
  expect_agreement(alice, carol);
}

TEST(Exchange, ARejectedDataSectionEndsItsTransport) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  bob.set_remote(SdpType::Offer, offer);
  const std::string answer =
      replaced(replaced(bob.answer(), "m=application 9", "m=application 0"), "a=group:BUNDLE 0\r\n", "");
  alice.set_remote(SdpType::Answer, answer);
  EXPECT_TRUE(alice.last.stop_sctp);
  EXPECT_EQ(alice.last.closed_transports.size(), 1u);
  EXPECT_FALSE(alice.snapshot.now.data);
  EXPECT_TRUE(alice.snapshot.now.sections.at(0).rejected);
  EXPECT_TRUE(negotiation_needed(alice.snapshot, alice.wishes));
}

TEST(Exchange, AnotherSctpPortBeginsAnAssociation) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  bob.set_remote(SdpType::Offer, offer);
  alice.set_remote(SdpType::Answer, replaced(bob.answer(), "a=sctp-port:5000", "a=sctp-port:6000"));
  ASSERT_TRUE(alice.last.start_sctp);
  EXPECT_EQ(alice.last.start_sctp->remote_port, 6000);
}

TEST(Exchange, MaxMessageSizeIsWhatThePeerSays) {
  const auto limit = [](std::string_view line) {
    Peer alice("A"), bob("B");
    const std::string offer = alice.offer();
    alice.set_local(SdpType::Offer, offer);
    bob.set_remote(SdpType::Offer, offer);
    alice.set_remote(SdpType::Answer, replaced(bob.answer(), "a=max-message-size:262144\r\n", line));
    return alice.snapshot.now.data->sctp->remote_max_message_size;
  };
  EXPECT_EQ(limit("a=max-message-size:100\r\n"), 100u);
  EXPECT_EQ(limit("a=max-message-size:0\r\n"), 0u);
  EXPECT_EQ(limit(""), 65536u);
}

TEST(Exchange, AgainstALitePeerWeControl) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer, replaced(alice.offer(), "m=application", "a=ice-lite\r\nm=application"));
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_EQ(bob.last.start_gathering.at(0).role, IceRole::Controlling);
  EXPECT_TRUE(bob.last.start_checks.at(0).remote.lite);
}

TEST(Exchange, CanTrickleIsWhatTheRemoteDescriptionSays) {
  Peer alice("A"), bob("B");
  EXPECT_EQ(can_trickle(bob.snapshot), std::nullopt);
  const std::string offer = alice.offer();
  bob.set_remote(SdpType::Offer, offer);
  EXPECT_EQ(can_trickle(bob.snapshot), true);
  bob.set_remote(SdpType::Offer, replaced(offer, "a=ice-options:trickle\r\n", ""));
  EXPECT_EQ(can_trickle(bob.snapshot), false);
  bob.set_remote(SdpType::Rollback, "");
  EXPECT_EQ(can_trickle(bob.snapshot), std::nullopt);
}

}  // namespace
}  // namespace parley::jsep
