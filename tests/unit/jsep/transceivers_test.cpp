#include "jsep/transceivers.hpp"

#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

using Strings = std::vector<std::string>;

TEST(Transceivers, AddTrackMakesASendrecvTransceiver) {
  MediaPeer alice("A");
  const TransceiverId id = alice.track_of(MediaKind::Audio, {"s", "t", "s"});
  const Transceiver& made = alice.at(id);
  EXPECT_EQ(made.origin, Origin::AddTrack);
  EXPECT_EQ(made.direction, kSendRecv);
  EXPECT_TRUE(made.sender.has_track);
  EXPECT_EQ(made.sender.streams, (Strings{"s", "t"}));
  EXPECT_EQ(made.sender.track_id, "A-track-1");
  EXPECT_NE(alice.track_of(MediaKind::Audio), id);
}

TEST(Transceivers, AddTrackTakesTheFirstSenderThatIsFree) {
  MediaPeer alice("A");
  const TransceiverId video = alice.add_video(), first = alice.add_audio(kRecvOnly), second = alice.add_audio();
  EXPECT_EQ(alice.track_of(MediaKind::Audio, {"s", "s"}), first);
  EXPECT_EQ(alice.at(first).origin, Origin::AddTransceiver);
  EXPECT_EQ(alice.at(first).sender.streams, Strings{"s"});
  EXPECT_EQ(alice.at(first).sender.track_id, "A-track-2");  // of its own
  EXPECT_EQ(alice.track_of(MediaKind::Audio), second);
  EXPECT_EQ(alice.track_of(MediaKind::Video), video);
  EXPECT_EQ(alice.snapshot.transceivers.size(), 3u);
}

TEST(Transceivers, AddTrackTakesNoSenderWithATrackOrAPast) {
  const auto is_taken = [](auto&& change) {
    MediaPeer alice("A");
    const TransceiverId id = alice.add_audio();
    change(alice.at(id));
    return alice.track_of(MediaKind::Audio) == id;
  };
  EXPECT_TRUE(is_taken([](Transceiver&) {}));
  EXPECT_FALSE(is_taken([](Transceiver& one) { one.sender.has_track = true; }));
  EXPECT_FALSE(is_taken([](Transceiver& one) { one.kind = MediaKind::Video; }));
  EXPECT_FALSE(is_taken([](Transceiver& one) { one.stopping = true; }));
  EXPECT_FALSE(is_taken([](Transceiver& one) { one.has_sent = true; }));
}

TEST(Transceivers, HavingSentIsForEver) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId sent = alice.add_audio(), received = alice.add_audio(kRecvOnly);
  bob.track_of(MediaKind::Audio);
  bob.track_of(MediaKind::Audio);
  negotiate(alice, bob);
  EXPECT_EQ(alice.current(sent), kSendRecv);
  alice.at(sent).direction = kInactive;
  negotiate(alice, bob);
  EXPECT_EQ(alice.current(sent), kInactive);
  EXPECT_EQ(alice.track_of(MediaKind::Audio), received);
}

TEST(Transceivers, AddTrackTurnsTheDirectionToSending) {
  for (const auto& [before, after] : {std::pair(kSendRecv, kSendRecv), std::pair(kSendOnly, kSendOnly),
                                      std::pair(kRecvOnly, kSendRecv), std::pair(kInactive, kSendOnly)}) {
    MediaPeer alice("A");
    const TransceiverId id = alice.add_audio(before);
    EXPECT_EQ(alice.track_of(MediaKind::Audio), id);
    EXPECT_EQ(alice.at(id).direction, after);
  }
}

TEST(Transceivers, RemoveTrackTurnsTheDirectionAwayFromSending) {
  for (const auto& [before, after] : {std::pair(kSendRecv, kRecvOnly), std::pair(kSendOnly, kInactive),
                                      std::pair(kRecvOnly, kRecvOnly), std::pair(kInactive, kInactive)}) {
    Transceiver one{.direction = before};
    one.sender.has_track = true;
    remove_track(one);
    EXPECT_EQ(one.direction, after);
    EXPECT_FALSE(one.sender.has_track);
  }
}

TEST(Transceivers, RemoveTrackOfNoTrackOrOfAStoppingOneDoesNothing) {
  Transceiver none{.direction = kSendRecv};
  remove_track(none);
  EXPECT_EQ(none.direction, kSendRecv);
  Transceiver stopping{.direction = kInactive, .stopping = true};
  stopping.sender.has_track = true;
  remove_track(stopping);
  EXPECT_TRUE(stopping.sender.has_track);
}

TEST(Transceivers, ATrackOnATransceiverOfThePeersGetsAName) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  bob.set_remote(SdpType::Offer, alice.set_offer());
  const TransceiverId id = bob.track_of(MediaKind::Audio, {"s"});
  EXPECT_EQ(bob.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(bob.at(id).sender.track_id, "B-track-1");
  EXPECT_TRUE(has_line(bob.set_answer(), "a=msid:s B-track-1"));
}

TEST(Transceivers, SendersHaveAnEncoding) {
  MediaPeer alice("A");
  const Transceiver audio = alice.at(alice.add_audio()), video = alice.at(alice.add_video());
  EXPECT_EQ(audio.sender.encodings, std::vector{SendEncoding{}});
  EXPECT_EQ(video.sender.encodings, std::vector{SendEncoding{.scale_resolution_down_by = 1.0}});
  const std::vector<SendEncoding> given{{.rid = "a", .active = false}, {.rid = "b"}};
  EXPECT_EQ(alice.at(alice.add(MediaKind::Video, kSendRecv, {}, given)).sender.encodings, given);
}

TEST(Transceivers, IdsAreNotUsedAgain) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  bob.set_remote(SdpType::Offer, alice.set_offer());
  const TransceiverId gone = bob.at(std::size_t{0}).id;
  bob.roll_back(Side::Remote);
  EXPECT_TRUE(bob.snapshot.transceivers.empty());
  EXPECT_NE(bob.add_audio(), gone);
}

TEST(Transceivers, StopEndsEverythingAlsoWhatARollbackWouldBringBack) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add_audio();
  bob.track_of(MediaKind::Audio, {"s"});
  negotiate(alice, bob);
  stop_sending_and_receiving(alice.at(id));
  EXPECT_TRUE(alice.at(id).stopping && !alice.at(id).stopped);
  EXPECT_EQ(alice.at(id).direction, kInactive);
  EXPECT_EQ(alice.current(id), kSendRecv);
  stop(alice.snapshot, id);
  EXPECT_TRUE(alice.at(id).stopped);
  for (const Agreement* agreement : {&alice.snapshot.now, &alice.snapshot.stable}) {
    const MediaSection& section = *section_of(*agreement, id);
    EXPECT_FALSE(section.current || section.fired || section.receptive || !section.remote_streams.empty());
  }
}

TEST(Transceivers, StoppedBeforeTheirFirstOfferTheyNeedOneNegotiationAndAreGone) {
  MediaPeer alice("A"), bob("B");
  alice.add_video();
  alice.stop_at(alice.add_audio());
  EXPECT_TRUE(alice.needs_negotiation());
  negotiate(alice, bob);
  EXPECT_EQ(alice.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(alice.snapshot.now.sections.size(), 1u);
  EXPECT_FALSE(alice.needs_negotiation());
}

TEST(Directions, IntersectWhereBothAgree) {
  for (const Direction one : {kSendRecv, kSendOnly, kRecvOnly, kInactive}) {
    EXPECT_EQ(intersection(one, kSendRecv), one);
    EXPECT_EQ(intersection(one, one), one);
    EXPECT_EQ(intersection(one, kInactive), kInactive);
    for (const Direction other : {kSendRecv, kSendOnly, kRecvOnly, kInactive})
      EXPECT_EQ(intersection(one, other), intersection(other, one));
  }
  EXPECT_EQ(intersection(kSendOnly, kRecvOnly), kInactive);
}

TEST(EachOnce, KeepsTheFirstOfEach) {
  EXPECT_EQ(each_once({"b", "a", "b", "c", "a"}), (Strings{"b", "a", "c"}));
  EXPECT_EQ(each_once({}), Strings{});
}

}  // namespace
}  // namespace parley::jsep
