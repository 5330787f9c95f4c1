#include <gtest/gtest.h>

#include "sdp/lookup.hpp"
#include "sdp/parse.hpp"
#include "unit/jsep/peer.hpp"

namespace parley::jsep {
namespace {

TEST(CreateOffer, IsWhatABrowserOffersForADataChannel) {
  Peer alice("A");
  EXPECT_EQ(alice.offer(),
            "v=0\r\n"
            "o=- 4611731400430051336 1 IN IP4 0.0.0.0\r\n"
            "s=-\r\n"
            "t=0 0\r\n"
            "a=group:BUNDLE 0\r\n"
            "a=msid-semantic: WMS\r\n"
            "a=extmap-allow-mixed\r\n"
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
            "c=IN IP4 0.0.0.0\r\n"
            "a=mid:0\r\n"
            "a=sctp-port:5000\r\n"
            "a=max-message-size:262144\r\n"
            "a=ice-options:trickle\r\n"
            "a=ice-ufrag:uA10\r\n"
            "a=ice-pwd:pA1000000000000000000000\r\n"
            "a=fingerprint:sha-256 A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:"
            "A0:A0:A0:A0\r\n"
            "a=setup:actpass\r\n"
            "a=tls-id:A1000000000000000000000000000000\r\n");
}

TEST(CreateOffer, WithoutADataChannelHasNoSection) {
  Peer alice("A");
  alice.wishes.data_channel = false;
  const std::string offer = alice.offer();
  EXPECT_EQ(offer,
            "v=0\r\no=- 4611731400430051336 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=msid-semantic: WMS\r\n"
            "a=extmap-allow-mixed\r\n");
  alice.set_local(SdpType::Offer, offer);
  EXPECT_EQ(alice.snapshot.state, SignalingState::HaveLocalOffer);
  EXPECT_TRUE(alice.last.start_gathering.empty());
}

TEST(CreateOffer, IncrementsTheVersionEvenIfNothingCameOfTheLastOne) {
  Peer alice("A");
  alice.offer();
  EXPECT_EQ(value_after(alice.offer(), "o="), "- 4611731400430051336 2 IN IP4 0.0.0.0");
  alice.set_local(SdpType::Offer, alice.offer());
  alice.set_local(SdpType::Rollback, "");
  EXPECT_EQ(value_after(alice.offer(), "o="), "- 4611731400430051336 4 IN IP4 0.0.0.0");
}

TEST(CreateOffer, AgainInHaveLocalOfferDescribesTheSameTransport) {
  Peer alice("A");
  const std::string first = alice.offer();
  alice.set_local(SdpType::Offer, first);
  const std::string second = alice.offer();
  for (const auto* line : {"a=ice-ufrag:", "a=ice-pwd:", "a=tls-id:", "a=mid:"})
    EXPECT_EQ(value_after(first, line), value_after(second, line)) << line;
  alice.set_local(SdpType::Offer, second);
  EXPECT_TRUE(alice.last.start_gathering.empty());
  EXPECT_TRUE(alice.last.abandoned_generations.empty());
  EXPECT_TRUE(alice.last.closed_transports.empty());
}

TEST(CreateOffer, AfterNegotiationDescribesTheSameTransport) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string before = alice.snapshot.current_local->sdp;
  const std::string again = alice.offer();
  for (const auto* line : {"a=ice-ufrag:", "a=ice-pwd:", "a=tls-id:", "a=mid:"})
    EXPECT_EQ(value_after(before, line), value_after(again, line)) << line;
  EXPECT_EQ(value_after(again, "a=setup:"), "actpass");
  // Who answered before may offer now, and says the same about its transport.
  EXPECT_EQ(value_after(bob.snapshot.current_local->sdp, "a=ice-pwd:"), value_after(bob.offer(), "a=ice-pwd:"));
}

TEST(CreateOffer, WithIceRestartRenewsTheCredentialsButNotTheTlsId) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string before = alice.snapshot.current_local->sdp;
  const std::string restart = alice.offer(true);
  EXPECT_NE(value_after(before, "a=ice-ufrag:"), value_after(restart, "a=ice-ufrag:"));
  EXPECT_NE(value_after(before, "a=ice-pwd:"), value_after(restart, "a=ice-pwd:"));
  EXPECT_EQ(value_after(before, "a=tls-id:"), value_after(restart, "a=tls-id:"));
}

TEST(CreateOffer, ContainsTheCandidatesGathered) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const Transport& transport = alice.snapshot.now.transports.at(0);
  alice.gathered = {{.local_ufrag = transport.generations.at(0).local.ufrag,
                     .tls_id = transport.dtls->local_tls_id.value(),
                     .candidates = {"1 1 udp 1 192.0.2.1 4000 typ host"},
                     .complete = true,
                     .address = sdp::Connection{.address = "192.0.2.1"},
                     .port = 4000}};
  const std::string offer = alice.offer();
  EXPECT_TRUE(has_line(offer, "a=candidate:1 1 udp 1 192.0.2.1 4000 typ host"));
  EXPECT_TRUE(has_line(offer, "a=end-of-candidates"));
  EXPECT_TRUE(has_line(offer, "c=IN IP4 192.0.2.1"));
  EXPECT_TRUE(has_line(offer, "m=application 4000 UDP/DTLS/SCTP webrtc-datachannel"));
  const std::string restart = alice.offer(true);
  EXPECT_FALSE(has_line(restart, "a=end-of-candidates"));
  EXPECT_TRUE(has_line(restart, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"));
}

TEST(CreateOffer, IsRefusedOutsideStableAndHaveLocalOffer) {
  Peer alice("A"), bob("B");
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  bob.set_remote(SdpType::Offer, offer);
  const auto refused = [](Peer& peer) {
    const auto created = create_offer(peer.snapshot, {.local = peer.local()});
    return !created && created.error().kind == ErrorKind::InvalidStateError;
  };
  EXPECT_FALSE(refused(alice));
  EXPECT_TRUE(refused(bob));
  const std::string answer = bob.answer();
  bob.set_local(SdpType::Pranswer, answer);
  alice.set_remote(SdpType::Pranswer, answer);
  EXPECT_TRUE(refused(alice));
  EXPECT_TRUE(refused(bob));
  alice.snapshot.state = SignalingState::Closed;
  EXPECT_TRUE(refused(alice));
}

TEST(CreateOffer, NeedsCredentialsForANewTransport) {
  Peer alice("A");
  LocalParameters local = alice.local();
  local.fresh.clear();
  const auto created = create_offer(alice.snapshot, {.local = local, .wishes = {.data_channel = true}});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().kind, ErrorKind::OperationError);
  EXPECT_TRUE(create_offer(alice.snapshot, {.local = local}));
}

TEST(CreateOffer, KeepsRejectedSectionsInPlaceAndRecyclesTheDataSectionOnly) {
  Peer alice("A"), bob("B");
  const std::string offer =
      replaced(bob.offer(), "m=application", "m=audio 0 RTP/AVP 0 8\r\nc=IN IP4 0.0.0.0\r\na=mid:a\r\nm=application");
  bob.snapshot.last_created_offer->sdp = offer;
  bob.set_local(SdpType::Offer, offer);
  alice.set_remote(SdpType::Offer, offer);
  alice.set_local(SdpType::Answer, alice.answer());
  // Bob has changed its mind about the data section.
  const std::string answer = alice.snapshot.current_local->sdp;
  bob.set_remote(SdpType::Answer, answer);
  std::string closing = replaced(bob.offer(), "m=application 9", "m=application 0");
  closing = replaced(closing, "a=group:BUNDLE 0\r\n", "");
  alice.set_remote(SdpType::Offer, closing);
  alice.set_local(SdpType::Answer, alice.answer());
  EXPECT_FALSE(alice.snapshot.now.data);
  EXPECT_TRUE(alice.last.stop_sctp);
  EXPECT_EQ(alice.last.closed_transports.size(), 1u);

  alice.wishes.data_channel = false;
  EXPECT_TRUE(alice.offer().find("m=application 0 ") != std::string::npos);
  alice.wishes.data_channel = true;
  const auto again = sdp::parse(alice.offer());
  ASSERT_TRUE(again);
  ASSERT_EQ(again->media.size(), 2u);
  EXPECT_EQ(again->media[0].port, 0);
  EXPECT_EQ(again->media[0].mid, "a");
  EXPECT_EQ(again->media[0].formats, (std::vector<std::string>{"0", "8"}));
  EXPECT_EQ(again->media[1].port, 9);
  EXPECT_EQ(again->media[1].mid, "1");
  EXPECT_EQ(again->groups, (std::vector<sdp::Group>{{"BUNDLE", {"1"}}}));
}

TEST(ReusableDescription, IsTheLastOneAsLongAsItIsTrue) {
  Peer alice("A"), bob("B");
  EXPECT_EQ(reusable_description(alice.snapshot, SdpType::Offer, alice.wishes), nullptr);
  alice.wishes.data_channel = false;
  const std::string empty = alice.offer();
  ASSERT_NE(reusable_description(alice.snapshot, SdpType::Offer, alice.wishes), nullptr);
  EXPECT_EQ(*reusable_description(alice.snapshot, SdpType::Offer, alice.wishes), empty);
  EXPECT_EQ(reusable_description(alice.snapshot, SdpType::Offer, {.data_channel = true}), nullptr);
  alice.wishes.data_channel = true;
  negotiate(alice, bob);
  EXPECT_EQ(reusable_description(alice.snapshot, SdpType::Offer, alice.wishes), nullptr);

  alice.offer();
  EXPECT_NE(reusable_description(alice.snapshot, SdpType::Offer, alice.wishes), nullptr);
  alice.snapshot = with_ice_restart_requested(alice.snapshot);
  EXPECT_EQ(reusable_description(alice.snapshot, SdpType::Offer, alice.wishes), nullptr);
  alice.offer();
  EXPECT_NE(reusable_description(alice.snapshot, SdpType::Offer, alice.wishes), nullptr);
}

TEST(ReusableDescription, IsNoAnswerToAnotherOffer) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer, alice.offer());
  const std::string answer = bob.answer();
  ASSERT_NE(reusable_description(bob.snapshot, SdpType::Answer, bob.wishes), nullptr);
  EXPECT_EQ(reusable_description(bob.snapshot, SdpType::Pranswer, bob.wishes),
            reusable_description(bob.snapshot, SdpType::Answer, bob.wishes));
  bob.set_remote(SdpType::Offer, alice.offer());
  EXPECT_EQ(reusable_description(bob.snapshot, SdpType::Answer, bob.wishes), nullptr);
}

TEST(NegotiationNeeded, UntilTheDataSectionIsNegotiated) {
  Peer alice("A"), bob("B");
  EXPECT_FALSE(negotiation_needed(alice.snapshot, {}));
  EXPECT_TRUE(negotiation_needed(alice.snapshot, alice.wishes));
  negotiate(alice, bob);
  EXPECT_FALSE(negotiation_needed(alice.snapshot, alice.wishes));
  EXPECT_FALSE(negotiation_needed(bob.snapshot, bob.wishes));
}

TEST(NegotiationNeeded, UntilTheIceRestartIsAnswered) {
  Peer alice("A"), bob("B");
  EXPECT_FALSE(negotiation_needed(with_ice_restart_requested(alice.snapshot), {}));
  negotiate(alice, bob);
  alice.snapshot = with_ice_restart_requested(alice.snapshot);
  EXPECT_TRUE(negotiation_needed(alice.snapshot, alice.wishes));
  // An offer from the other side without a restart does not do it.
  negotiate(bob, alice);
  EXPECT_TRUE(negotiation_needed(alice.snapshot, alice.wishes));
  negotiate(alice, bob);
  EXPECT_FALSE(negotiation_needed(alice.snapshot, alice.wishes));
}

}  // namespace
}  // namespace parley::jsep
