// The events of "process remote tracks", webrtc-pc section 5.1.
#include "jsep/track_changes.hpp"

#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

using Strings = std::vector<std::string>;

/// What the last description changed about the only track; an empty change if nothing.
TrackChange last_change(const MediaPeer& peer) {
  EXPECT_LE(peer.last.tracks.size(), 1u);
  return peer.last.tracks.empty() ? TrackChange{} : peer.last.tracks.front();
}

class TrackChanges : public testing::Test {
 protected:
  /// An offer of alice's set by bob.
  TrackChange offered() {
    offer = alice.set_offer();
    bob.set_remote(SdpType::Offer, offer);
    return last_change(bob);
  }
  void answered() {
    bob.set_answer();
    EXPECT_TRUE(bob.last.tracks.empty());
    alice.set_remote(SdpType::Answer, bob.snapshot.current_local->sdp);
  }
  MediaPeer alice{"A"}, bob{"B"};
  TransceiverId id = alice.add(MediaKind::Audio, kSendRecv, {"s", "t"});
  std::string offer;
};

TEST_F(TrackChanges, ATrackArrivesWithItsStreams) {
  const TrackChange change = offered();
  EXPECT_EQ(change.transceiver, bob.at(std::size_t{0}).id);
  EXPECT_TRUE(change.fires && !change.mutes);
  EXPECT_EQ(change.added, (Strings{"s", "t"}));
  EXPECT_EQ(change.streams, (Strings{"s", "t"}));
  EXPECT_TRUE(change.removed.empty());
  EXPECT_TRUE(alice.last.tracks.empty());
  bob.set_remote(SdpType::Offer, offer);
  EXPECT_TRUE(bob.last.tracks.empty());
  answered();
  EXPECT_TRUE(alice.last.tracks.empty());
  offered();
  EXPECT_TRUE(bob.last.tracks.empty());
}

TEST_F(TrackChanges, ATrackWithoutStreamsArrives) {
  alice.at(id).sender.streams.clear();
  const TrackChange change = offered();
  EXPECT_TRUE(change.fires && change.added.empty() && change.streams.empty());
}

TEST_F(TrackChanges, StreamsOfOlderPeersAreNamedByTheirSources) {
  std::string text = alice.set_offer();
  for (const auto* line : {"a=msid:s A-track-1\r\n", "a=msid:t A-track-1\r\n"}) text = replaced(text, line, "");
  bob.set_remote(SdpType::Offer, text);
  EXPECT_EQ(last_change(bob).streams, (Strings{"s", "t"}));
}

TEST_F(TrackChanges, AnAnswerBringsATrack) {
  bob.track_of(MediaKind::Audio, {"b"});
  offered();
  answered();
  const TrackChange change = last_change(alice);
  EXPECT_TRUE(change.fires);
  EXPECT_EQ(change.transceiver, id);
  EXPECT_EQ(change.added, Strings{"b"});
}

TEST_F(TrackChanges, ChangedStreamsFireIfOneIsAdded) {
  offered();
  answered();
  alice.at(id).sender.streams = {"t", "u"};
  TrackChange change = offered();
  EXPECT_TRUE(change.fires);
  EXPECT_EQ(change.added, Strings{"u"});
  EXPECT_EQ(change.removed, Strings{"s"});
  answered();
  alice.at(id).sender.streams = {"u"};
  change = offered();
  EXPECT_FALSE(change.fires || change.mutes);
  EXPECT_EQ(change.removed, Strings{"t"});
}

TEST_F(TrackChanges, WhatStopsBeingSentMutesAndLeavesItsStreams) {
  offered();
  answered();
  alice.at(id).direction = kRecvOnly;
  TrackChange change = offered();
  EXPECT_TRUE(change.mutes && !change.fires);
  EXPECT_EQ(change.removed, (Strings{"s", "t"}));
  answered();
  alice.at(id).direction = kSendOnly;
  change = offered();
  EXPECT_TRUE(change.fires);
  EXPECT_EQ(change.added, (Strings{"s", "t"}));
}

TEST_F(TrackChanges, OurOwnAnswerEndsATrack) {
  offered();
  bob.at(std::size_t{0}).direction = kInactive;
  bob.set_answer();
  const TrackChange change = last_change(bob);
  EXPECT_TRUE(change.mutes && !change.fires);
  EXPECT_EQ(change.removed, (Strings{"s", "t"}));
  EXPECT_TRUE(bob.section(change.transceiver).remote_streams.empty());
}

TEST_F(TrackChanges, ARejectedSectionEndsATrack) {
  offered();
  answered();
  alice.stop_at(id);
  const TrackChange change = offered();
  EXPECT_TRUE(change.mutes);
  EXPECT_EQ(change.removed, (Strings{"s", "t"}));
  answered();
}

TEST_F(TrackChanges, ARollbackTakesBackWhatTheOfferBrought) {
  offered();
  bob.roll_back(Side::Remote);
  const TrackChange change = last_change(bob);
  EXPECT_TRUE(change.mutes && !change.fires);
  EXPECT_EQ(change.removed, (Strings{"s", "t"}));
}

TEST_F(TrackChanges, ARollbackBringsBackWhatTheOfferTook) {
  offered();
  answered();
  alice.at(id).direction = kRecvOnly;
  offered();
  bob.roll_back(Side::Remote);
  const TrackChange change = last_change(bob);
  EXPECT_TRUE(change.fires && !change.mutes);
  EXPECT_EQ(change.added, (Strings{"s", "t"}));
}

TEST_F(TrackChanges, ARollbackBringsNothingBackToWhatWasStopped) {
  offered();
  answered();
  alice.stop_at(id);
  offered();
  bob.roll_back(Side::Remote);
  EXPECT_TRUE(bob.last.tracks.empty());
  EXPECT_TRUE(bob.at(std::size_t{0}).stopped);
  EXPECT_FALSE(bob.current(bob.at(std::size_t{0}).id));
  EXPECT_TRUE(bob.needs_negotiation());  // its section is not rejected
}

TEST_F(TrackChanges, RollingBackAnOfferOfOursTellsNothing) {
  offered();
  answered();
  bob.at(std::size_t{0}).direction = kInactive;
  bob.set_offer();
  EXPECT_TRUE(bob.last.tracks.empty());
  bob.roll_back();
  EXPECT_TRUE(bob.last.tracks.empty());
}

}  // namespace
}  // namespace parley::jsep
