// Rollbacks with transceivers: webrtc-pc section 4.4.1.5, RFC 9429 section 4.1.10.2.
#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

using Strings = std::vector<std::string>;

void expect_as_stable(const Peer& peer, const Agreement& before) {
  EXPECT_EQ(peer.snapshot.state, SignalingState::Stable);
  EXPECT_TRUE(peer.snapshot.now == before);
  EXPECT_TRUE(peer.snapshot.now == peer.snapshot.stable);
  EXPECT_FALSE(peer.snapshot.pending_local || peer.snapshot.pending_remote);
}

TEST(MediaRollback, OfTheFirstOfferTakesMidsAndTransportsAway) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add_audio(), other = alice.track_of(MediaKind::Video);
  alice.set_offer();
  EXPECT_TRUE(alice.has_section(id) && alice.has_section(other));
  alice.roll_back();
  expect_as_stable(alice, Agreement{});
  EXPECT_EQ(alice.snapshot.transceivers.size(), 2u);
  EXPECT_FALSE(alice.last.closed_transports.empty());
  EXPECT_TRUE(alice.needs_negotiation());
  negotiate(alice, bob);
  EXPECT_EQ(alice.section(id).mid, "0");
}

TEST(MediaRollback, OfALaterOfferRestoresWhatWasAgreed) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add(MediaKind::Audio, kSendRecv, {"s"});
  bob.track_of(MediaKind::Audio, {"b"});
  negotiate(alice, bob);
  for (MediaPeer* peer : {&alice, &bob}) {
    const Agreement agreed = peer->snapshot.now;
    MediaPeer& other = peer == &alice ? bob : alice;
    MediaPeer copy = other;
    copy.at(std::size_t{0}).direction = kInactive;
    copy.add_video();
    const Snapshot before = peer->snapshot;
    peer->set_remote(SdpType::Offer, copy.set_offer());
    EXPECT_FALSE(peer->snapshot.now == agreed);
    peer->roll_back(Side::Remote);
    expect_as_stable(*peer, agreed);
    EXPECT_EQ(peer->snapshot.transceivers.size(), before.transceivers.size());
    MediaPeer own = *peer;
    own.add_video();
    own.set_offer(true);
    own.roll_back();
    expect_as_stable(own, agreed);
  }
  EXPECT_EQ(alice.current(id), kSendRecv);
  EXPECT_EQ(alice.section(id).remote_streams, Strings{"b"});
}

TEST(MediaRollback, TakesTransceiversAwayThatTheOfferMadeUnlessAddTrackUsesThem) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  alice.add_video();
  bob.set_remote(SdpType::Offer, alice.set_offer());
  ASSERT_EQ(bob.snapshot.transceivers.size(), 2u);
  const TransceiverId kept = bob.track_of(MediaKind::Video, {"s"});
  remove_track(bob.at(kept));
  bob.roll_back(Side::Remote);
  ASSERT_EQ(bob.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(bob.at(std::size_t{0}).id, kept);
  EXPECT_EQ(section_of(bob.snapshot.now, kept), nullptr);
  EXPECT_TRUE(bob.needs_negotiation());
  // It is like any other of addTrack() now: the next offer finds it.
  bob.set_remote(SdpType::Offer, alice.set_offer());
  EXPECT_EQ(bob.snapshot.transceivers.size(), 2u);
  EXPECT_EQ(bob.section(kept).index, 1u);
  bob.roll_back();
  EXPECT_EQ(bob.snapshot.transceivers.size(), 1u);
}

TEST(MediaRollback, KeepsTransceiversOfTheProgramThatTheOfferFound) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = bob.track_of(MediaKind::Audio);
  alice.add_audio();
  bob.set_remote(SdpType::Offer, alice.set_offer());
  bob.at(id).direction = kSendOnly;
  bob.roll_back(Side::Local);
  EXPECT_EQ(bob.at(id).direction, kSendOnly);  // is the program's
  EXPECT_EQ(section_of(bob.snapshot.now, id), nullptr);
}

/// An offer to receive video in these layers.
std::string receiving_offer(MediaPeer& peer, const Strings& rids) {
  std::string lines = "a=mid:0\r\n", list;
  for (const std::string& rid : rids) {
    lines += "a=rid:" + rid + " recv\r\n";
    list += (list.empty() ? "" : ";") + rid;
  }
  return replaced(peer.set_offer(), "a=mid:0\r\n", rids.empty() ? lines : lines + "a=simulcast:recv " + list + "\r\n");
}

TEST(MediaRollback, TakesProposedEncodingsAway) {
  for (const bool later : {false, true}) {
    MediaPeer alice("A"), bob("B");
    alice.add_video();
    if (later) bob.set_remote(SdpType::Offer, alice.set_offer());
    const TransceiverId id = later ? bob.at(std::size_t{0}).id : bob.track_of(MediaKind::Video);
    if (later) bob.track_of(MediaKind::Video);  // so that it stays
    const auto before = bob.at(id).sender.encodings;
    bob.set_remote(SdpType::Offer, receiving_offer(alice, {"a", "b"}));
    EXPECT_EQ(rids_of(bob.at(id).sender), (Strings{"a", "b"}));
    bob.at(id).sender.sources.resize(2);
    bob.roll_back(Side::Remote);
    EXPECT_EQ(bob.at(id).sender.encodings, before);
    EXPECT_EQ(bob.at(id).sender.sources.size(), 1u);
  }
}

TEST(MediaRollback, KeepsAnEnvelopeThatWasThereBefore) {
  MediaPeer alice("A"), bob("B");
  alice.add_video();
  const TransceiverId id = bob.track_of(MediaKind::Video);
  bob.reply(receiving_offer(alice, {"a", "b"}));
  alice.set_remote(SdpType::Answer, replaced(replaced(replaced(bob.snapshot.current_local->sdp, "a=rid:a send\r\n", ""),
                                                      "a=rid:b send\r\n", ""),
                                             "a=simulcast:send a;b\r\n", ""));
  bob.set_remote(SdpType::Offer, receiving_offer(alice, {"c", "d"}));
  EXPECT_EQ(rids_of(bob.at(id).sender), (Strings{"a", "b"}));
  bob.roll_back(Side::Remote);
  EXPECT_EQ(rids_of(bob.at(id).sender), (Strings{"a", "b"}));
}

TEST(MediaRollback, AndThenThePeersOfferIsHowGlareEnds) {
  MediaPeer polite("A"), impolite("B");
  const TransceiverId ours = polite.track_of(MediaKind::Audio, {"p"});
  impolite.track_of(MediaKind::Audio, {"i"});
  polite.set_offer();
  const std::string offer = impolite.set_offer();
  ASSERT_TRUE(rollback_comes_first(polite.snapshot.state, SdpType::Offer));
  polite.roll_back();
  impolite.set_remote(SdpType::Answer, polite.reply(offer));
  EXPECT_EQ(polite.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(polite.current(ours), kSendRecv);
  EXPECT_EQ(polite.section(ours).remote_streams, Strings{"i"});
  EXPECT_FALSE(polite.needs_negotiation() || impolite.needs_negotiation());
}

}  // namespace
}  // namespace parley::jsep
