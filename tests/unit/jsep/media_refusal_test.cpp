// What random walks through negotiation have found: descriptions that would have been refused too late.
#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

/// `text` with the last `from` replaced by `to`.
std::string with_last(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.rfind(from);
  EXPECT_NE(at, std::string::npos);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// An answer of ours could not be set: it takes its transport from the section that the offer names first.
TEST(MediaRefusal, OfAnotherAssociationInAnySectionOfTheTransport) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  alice.add_video();
  negotiate(alice, bob);
  const std::string offer = replaced(alice.offer(), "a=group:BUNDLE 0 1", "a=group:BUNDLE 1 0");
  const Error error = bob.refusal(Side::Remote, SdpType::Offer, with_last(offer, "a=tls-id:A", "a=tls-id:B"));
  EXPECT_EQ(error.kind, ErrorKind::InvalidAccessError);
  bob.reply(offer);
  EXPECT_TRUE(bob.last.start_dtls.empty());
}

/// The answer of ours could not be set: its sections would have had one transport and no BUNDLE group.
TEST(MediaRefusal, OfTakingApartWhatIsBundled) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  alice.add_video();
  negotiate(alice, bob);
  const std::string offer = alice.offer();
  for (const char* group : {"", "a=group:BUNDLE 0\r\n"}) {
    const std::string apart = replaced(offer, "a=group:BUNDLE 0 1\r\n", group);
    EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, apart).kind, ErrorKind::InvalidAccessError) << group;
  }
  bob.reply(offer);
}

/// An offer whose answer has not arrived is followed by one with another section in front.
TEST(MediaRefusal, IsNotWhatMeetsAnotherTransportInFrontOfTheOneInUse) {
  MediaPeer alice("A"), bob("B");
  alice.wishes.data_channel = true;
  bob.reply(alice.set_offer());
  const TransportId used = bob.snapshot.now.transports.at(0).id;
  alice.add_audio();
  const std::string second = alice.set_offer();
  EXPECT_TRUE(has_line(second, "a=group:BUNDLE 1 0"));
  const std::string answer = bob.reply(second);
  EXPECT_EQ(bob.last.closed_transports, std::vector<TransportId>{used});
  EXPECT_EQ(bob.last.start_dtls.size(), 1u);
  alice.set_remote(SdpType::Answer, answer);
  for (const MediaPeer* peer : {&alice, &bob}) {
    ASSERT_EQ(peer->snapshot.now.transports.size(), 1u);
    EXPECT_EQ(peer->snapshot.now.transports[0].mid, "1");
  }
}

}  // namespace
}  // namespace parley::jsep
