// How sections of the peer's offers find their transceivers: RFC 9429 section 5.10.
#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep::media_association_test {
namespace {

using Strings = std::vector<std::string>;

TEST(MediaAssociation, FindsTransceiversOfAddTrackInOrder) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId added = bob.add_audio(), first = bob.track_of(MediaKind::Video, {"s"}),
                      second = bob.track_of(MediaKind::Video);
  const TransceiverId video = alice.add_video(kRecvOnly);
  alice.add_audio();
  alice.add_video();
  alice.add_video();
  bob.set_remote(SdpType::Offer, alice.set_offer());
  ASSERT_EQ(bob.snapshot.transceivers.size(), 5u);
  EXPECT_EQ(bob.section(first).index, 0u);
  EXPECT_EQ(bob.section(second).index, 2u);
  EXPECT_FALSE(bob.has_section(added));
  const Transceiver& made = bob.at(std::size_t{3});
  EXPECT_EQ(made.origin, Origin::RemoteOffer);
  EXPECT_EQ(made.kind, MediaKind::Audio);
  EXPECT_EQ(made.direction, kRecvOnly);
  EXPECT_EQ(bob.section(made.id).index, 1u);
  EXPECT_EQ(bob.section(made.id).mid, "1");
  EXPECT_FALSE(bob.section(made.id).transport);  // webrtc-pc section 4.4.1.5: not before the answer
  EXPECT_FALSE(bob.section(made.id).receives.empty());
  EXPECT_FALSE(bob.current(made.id));
  bob.set_answer();
  EXPECT_TRUE(bob.section(bob.at(std::size_t{3}).id).transport);
  alice.set_remote(SdpType::Answer, bob.snapshot.current_local->sdp);
  EXPECT_EQ(alice.current(video), kRecvOnly);
  EXPECT_TRUE(bob.needs_negotiation());  // for the one of addTransceiver
}

TEST(MediaAssociation, FindsOnesThatCanSendToThePeerOnly) {
  for (const Direction direction : {kSendRecv, kSendOnly, kRecvOnly, kInactive}) {
    MediaPeer alice("A"), bob("B");
    const TransceiverId id = bob.track_of(MediaKind::Audio);
    alice.add_audio(direction);
    bob.set_remote(SdpType::Offer, alice.set_offer());
    EXPECT_EQ(bob.has_section(id), sdp::receives(direction));
    EXPECT_EQ(bob.snapshot.transceivers.size(), sdp::receives(direction) ? 1u : 2u);
  }
}

TEST(MediaAssociation, PassesOverStoppingOnesAndTransceiversWithASection) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId used = bob.track_of(MediaKind::Audio);
  negotiate(bob, alice);
  const TransceiverId stopping = bob.track_of(MediaKind::Audio);
  bob.stop_at(stopping);
  alice.add_audio();
  bob.reply(alice.set_offer());
  EXPECT_EQ(bob.section(used).index, 0u);
  EXPECT_EQ(bob.snapshot.now.media.size(), 2u);
  EXPECT_EQ(bob.snapshot.transceivers.size(), 2u);
}

TEST(MediaAssociation, WithoutMidsGoesByPlace) {
  MediaPeer alice("A"), bob("B");
  alice.bundle_policy = BundlePolicy::MaxCompat;
  alice.add_audio();
  alice.add_video();
  const auto plain = [](std::string text) {
    for (const auto* line : {"a=mid:0\r\n", "a=mid:1\r\n", "a=group:BUNDLE 0 1\r\n"}) text = replaced(text, line, "");
    return text;
  };
  for (int round = 0; round < 2; ++round) {
    const std::string answer = bob.reply(plain(alice.set_offer()));
    EXPECT_EQ(count_of(answer, "a=mid:"), 0u);
    ASSERT_EQ(bob.snapshot.now.media.size(), 2u);
    EXPECT_EQ(bob.snapshot.now.media[0].mid, "0");
    EXPECT_EQ(bob.snapshot.now.media[1].mid, "1");
    EXPECT_EQ(bob.snapshot.transceivers.size(), 2u);
    alice.set_remote(SdpType::Answer, answer);
  }
}

TEST(MediaAssociation, SectionsThatAnOfferOfOursHasWithoutATransceiverAreIgnored) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add_audio();
  const std::string offer = alice.offer();
  std::erase_if(alice.snapshot.transceivers, [&](const Transceiver& one) { return one.id == id; });
  alice.set_local(SdpType::Offer, offer);
  alice.set_remote(SdpType::Answer, bob.reply(offer));
  EXPECT_TRUE(alice.snapshot.now.media.empty());
  EXPECT_EQ(read(alice.offer()).media.at(0).port, 0);
}

TEST(MediaAssociation, BackToBackOffersContinueEachOther) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId first = bob.track_of(MediaKind::Audio);
  alice.add_audio();
  const std::string one = alice.set_offer();
  bob.set_remote(SdpType::Offer, one);
  EXPECT_TRUE(bob.has_section(first));
  const TransceiverId second = bob.track_of(MediaKind::Video, {"s"});
  alice.add_video();
  const std::string two = alice.set_offer();
  bob.set_remote(SdpType::Offer, two);
  EXPECT_EQ(bob.snapshot.transceivers.size(), 2u);
  EXPECT_EQ(bob.section(second).index, 1u);
  EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, one).kind, ErrorKind::InvalidAccessError);
  bob.set_answer();
  alice.set_remote(SdpType::Answer, bob.snapshot.current_local->sdp);
  EXPECT_EQ(alice.snapshot.now.media.size(), 2u);
}

TEST(MediaAssociation, ManyOffersThatRecycleLeaveNothingBehind) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  const std::string offer = alice.set_offer();
  const std::string audio = offer.substr(offer.find("m=audio"));
  const std::string head = replaced(offer.substr(0, offer.find("m=audio")), "a=group:BUNDLE 0\r\n", "");
  for (int i = 0; i < 50; ++i) {
    const std::string mid = "a=mid:" + std::to_string(i) + "\r\n";
    bob.set_remote(SdpType::Offer, head + replaced(replaced(audio, "m=audio 9", "m=audio 0"), "a=mid:0\r\n", mid));
    EXPECT_EQ(bob.snapshot.transceivers.size(), 1u);
    EXPECT_EQ(bob.snapshot.now.media.size(), 1u);
  }
  // With an answer in between the place could be used with any mid and kind.
  bob.set_remote(SdpType::Offer, head + replaced(audio, "a=mid:0", "a=mid:49"));
  ASSERT_EQ(bob.snapshot.transceivers.size(), 1u);
  EXPECT_FALSE(bob.at(std::size_t{0}).stopped);
  EXPECT_EQ(read(bob.set_answer()).media.at(0).port, 9);
}

TEST(MediaAssociation, ThePeerRecyclesASection) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId audio = alice.add_audio();
  negotiate(alice, bob);
  const TransceiverId gone = bob.at(std::size_t{0}).id;
  alice.stop_at(audio);
  negotiate(alice, bob);
  EXPECT_TRUE(bob.snapshot.transceivers.empty() && bob.snapshot.now.media.empty());
  const TransceiverId video = alice.add_video();
  negotiate(alice, bob);
  EXPECT_EQ(alice.section(video).mid, "1");
  ASSERT_EQ(bob.snapshot.now.media.size(), 1u);
  EXPECT_EQ(bob.snapshot.now.media[0].mid, "1");
  EXPECT_NE(bob.snapshot.now.media[0].transceiver, gone);
  EXPECT_EQ(bob.at(std::size_t{0}).kind, MediaKind::Video);
}

TEST(MediaAssociation, ThePeerMayRejectASectionInAnotherProtocolButNotChangeIt) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  alice.add_video();
  negotiate(alice, bob);
  const std::string offer = replaced(alice.set_offer(), "a=group:BUNDLE 0 1", "a=group:BUNDLE 1");
  const std::string plain = replaced(offer, "m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 9 udptl");
  EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, plain).kind, ErrorKind::InvalidAccessError);
  bob.set_remote(SdpType::Offer, replaced(offer, "m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 0 RTP/AVP"));
  EXPECT_TRUE(bob.at(std::size_t{0}).stopped);
  EXPECT_EQ(read(bob.set_answer()).media.at(0).port, 0);
  EXPECT_EQ(bob.snapshot.transceivers.size(), 1u);
}

TEST(MediaAssociation, AnAnswerThatRejectsStopsTheTransceiver) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId audio = alice.add_audio(), video = alice.add_video();
  negotiate(alice, bob);
  const std::string answer = bob.reply(alice.set_offer());
  alice.set_remote(SdpType::Answer, replaced(replaced(answer, "m=audio 9", "m=audio 0"), "BUNDLE 0 1", "BUNDLE 1"));
  ASSERT_EQ(alice.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(alice.at(std::size_t{0}).id, video);
  EXPECT_EQ(section_of(alice.snapshot.now, audio), nullptr);
  EXPECT_EQ(alice.snapshot.now.transports.size(), 1u);
  EXPECT_FALSE(alice.needs_negotiation());
}

}  // namespace
}  // namespace parley::jsep::media_association_test
