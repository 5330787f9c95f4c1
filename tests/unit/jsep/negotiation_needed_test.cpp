// "Check if negotiation is needed" (webrtc-pc section 4.7.3), check by check.
#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

class NeedsNegotiation : public testing::Test {
 protected:
  void SetUp() override {
    bob.track_of(MediaKind::Audio, {"b"});
    negotiate(alice, bob);
    ASSERT_FALSE(alice.needs_negotiation() || bob.needs_negotiation());
  }
  MediaPeer alice{"A"}, bob{"B"};
  TransceiverId id = alice.add(MediaKind::Audio, kSendRecv, {"s"});
};

TEST_F(NeedsNegotiation, ForAnIceRestart) {
  alice.snapshot = with_ice_restart_requested(alice.snapshot);
  EXPECT_TRUE(alice.needs_negotiation());
  negotiate(alice, bob);
  EXPECT_FALSE(alice.needs_negotiation());
}

TEST_F(NeedsNegotiation, ForTheFirstDataChannel) {
  alice.wishes.data_channel = true;
  EXPECT_TRUE(alice.needs_negotiation());
  negotiate(alice, bob);
  EXPECT_FALSE(alice.needs_negotiation());
}

TEST_F(NeedsNegotiation, ForATransceiverWithoutASection) {
  alice.add_video(kInactive);
  EXPECT_TRUE(alice.needs_negotiation());
}

TEST_F(NeedsNegotiation, ForAStoppingTransceiver) {
  for (MediaPeer* peer : {&alice, &bob}) {
    MediaPeer copy = *peer;
    copy.stop_at(copy.at(std::size_t{0}).id);
    EXPECT_TRUE(copy.needs_negotiation());
  }
}

TEST_F(NeedsNegotiation, ForAStoppedTransceiverWhoseSectionLives) {
  stop(alice.snapshot, id);
  EXPECT_TRUE(alice.needs_negotiation());
  negotiate(alice, bob);
  EXPECT_FALSE(alice.needs_negotiation() || bob.needs_negotiation());
  EXPECT_TRUE(alice.snapshot.transceivers.empty());
}

TEST_F(NeedsNegotiation, ForOtherStreamsOfWhatIsSent) {
  for (const std::vector<std::string>& streams : {std::vector<std::string>{}, {"t"}, {"s", "t"}}) {
    alice.at(id).sender.streams = streams;
    EXPECT_TRUE(alice.needs_negotiation());
  }
  alice.at(id).sender.streams = {"s"};
  EXPECT_FALSE(alice.needs_negotiation());
}

TEST_F(NeedsNegotiation, ForADirectionThatNeitherSidesSectionHas) {
  for (const Direction direction : {kSendOnly, kRecvOnly, kInactive}) {
    alice.at(id).direction = direction;  // an offer of ours was answered
    EXPECT_TRUE(alice.needs_negotiation());
    bob.at(std::size_t{0}).direction = direction;  // we answered
    EXPECT_TRUE(bob.needs_negotiation());
  }
}

TEST_F(NeedsNegotiation, NotForADirectionThatTheAnswerAskedFor) {
  bob.at(std::size_t{0}).direction = kSendOnly;
  negotiate(alice, bob);
  EXPECT_FALSE(alice.needs_negotiation() || bob.needs_negotiation());
  alice.at(id).direction = kRecvOnly;  // what the answer made of it
  EXPECT_FALSE(alice.needs_negotiation());
  alice.at(id).direction = kInactive;
  EXPECT_TRUE(alice.needs_negotiation());
}

TEST_F(NeedsNegotiation, NotForADirectionThatTheOfferLeavesNoRoomFor) {
  alice.at(id).direction = kSendOnly;
  negotiate(alice, bob);
  EXPECT_EQ(bob.current(bob.at(std::size_t{0}).id), kRecvOnly);
  EXPECT_FALSE(bob.needs_negotiation());
}

TEST(MediaPranswer, SetsDirectionsAndLayersAndTheFinalAnswerMayTakeMore) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add(MediaKind::Video, kSendRecv, {}, encodings_of({"a", "b", "c"}));
  bob.set_remote(SdpType::Offer, alice.set_offer());
  const std::string provisional = bob.set_answer(SdpType::Pranswer);
  EXPECT_TRUE(has_line(provisional, "a=simulcast:recv a;b;c"));
  alice.set_remote(SdpType::Pranswer, replaced(provisional, "recv a;b;c", "recv c;a"));
  EXPECT_EQ(rids_of(alice.at(id).sender), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(alice.at(id).sender.sources.size(), 2u);
  EXPECT_EQ(alice.current(id), kSendOnly);
  EXPECT_FALSE(section_of(alice.snapshot.stable, id));
  bob.at(std::size_t{0}).direction = kSendRecv;
  alice.set_remote(SdpType::Answer, bob.set_answer());
  EXPECT_EQ(alice.current(id), kSendRecv);
  EXPECT_TRUE(alice.last.tracks.at(0).fires);
  EXPECT_EQ(rids_of(alice.at(id).sender), (std::vector<std::string>{"a", "c"}));  // never more again
  bob.at(std::size_t{0}).direction = kInactive;
  negotiate(alice, bob);
  EXPECT_EQ(rids_of(alice.at(id).sender), (std::vector<std::string>{"a", "c"}));  // on hold
  bob.at(std::size_t{0}).direction = kRecvOnly;
  alice.set_remote(SdpType::Answer, replaced(bob.reply(alice.set_offer()), "a=simulcast:recv a;c\r\n", ""));
  EXPECT_EQ(rids_of(alice.at(id).sender), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace parley::jsep
