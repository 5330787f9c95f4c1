// RFC 8888 section 6: feedback by source, where packets are not told of by transport-wide numbers.
#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

constexpr std::string_view kLine = "a=rtcp-fb:* ack ccfb\r\n";

/// A transceiver that wants no transport-wide numbers.
TransceiverId add_without_numbers(MediaPeer& peer, MediaKind kind) {
  const TransceiverId id = peer.add(kind);
  auto wanted = default_header_extensions(kind);
  std::erase_if(wanted, [](const HeaderExtension& one) { return one.uri == extension::kTransportSequenceNumber; });
  peer.at(id).wanted_extensions = wanted;
  return id;
}

bool told_by_source(const std::vector<Format>& formats) {
  return std::ranges::any_of(formats, [](const Format& format) {
    return std::ranges::find(format.codec.feedback, kCongestionFeedback) != format.codec.feedback.end();
  });
}

TEST(CongestionFeedback, IsNotOfferedBesideTransportWideNumbers) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId audio = alice.add_audio(), video = alice.add_video();
  negotiate(alice, bob);
  for (const MediaPeer* peer : {&alice, &bob}) {
    EXPECT_EQ(count_of(peer->snapshot.current_local->sdp, "ccfb"), 0U);
    EXPECT_EQ(count_of(peer->snapshot.current_local->sdp, "extmap:3 http://www.ietf.org/id/draft-holmer"), 2U);
  }
  for (const TransceiverId id : {audio, video}) {
    EXPECT_FALSE(told_by_source(alice.section(id).sends));
    EXPECT_FALSE(told_by_source(alice.section(id).receives));
  }
}

TEST(CongestionFeedback, IsOfferedInTheirPlaceOnceASectionAndTaken) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId audio = add_without_numbers(alice, MediaKind::Audio),
                      video = add_without_numbers(alice, MediaKind::Video);
  negotiate(alice, bob);
  for (const MediaPeer* peer : {&alice, &bob}) EXPECT_EQ(count_of(peer->snapshot.current_local->sdp, kLine), 2U);
  for (const TransceiverId id : {audio, video}) EXPECT_TRUE(told_by_source(alice.section(id).sends));
  for (const MediaSection& section : bob.snapshot.now.media) EXPECT_TRUE(told_by_source(section.receives));
}

/// Whoever offers both gets the one that everybody has.
TEST(CongestionFeedback, IsLeftOutOfAnAnswerThatTakesTransportWideNumbers) {
  MediaPeer alice("A"), bob("B");
  alice.add_video();
  std::string offer = alice.offer();
  const std::size_t place = offer.find("a=rtcp-fb:");
  offer.insert(place, kLine);
  EXPECT_EQ(count_of(bob.reply(offer), "ccfb"), 0U);
  EXPECT_FALSE(told_by_source(bob.snapshot.now.media.at(0).sends));
}

TEST(CongestionFeedback, IsNotUsedIfThePeerDoesNotWantIt) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId video = add_without_numbers(alice, MediaKind::Video);
  std::string answer = bob.reply(alice.set_offer());
  const std::size_t place = answer.find(kLine);
  ASSERT_NE(place, std::string::npos);
  answer.erase(place, kLine.size());
  alice.set_remote(SdpType::Answer, answer);
  EXPECT_FALSE(told_by_source(alice.section(video).sends));
  EXPECT_FALSE(told_by_source(alice.section(video).receives));
}

}  // namespace
}  // namespace parley::jsep
