// Encrypted header extensions: RFC 9335 section 4, and what webrtc-extensions makes of it.
#include "jsep/header_encryption.hpp"

#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep::header_encryption_test {
namespace {

constexpr const char* kLine = "a=cryptex";

std::string without(const std::string& sdp) { return replaced(sdp, "a=cryptex\r\n", ""); }

/// Of the text without its first a=cryptex.
std::string without_first(std::string sdp) {
  const std::string line = "a=cryptex\r\n";
  sdp.erase(sdp.find(line), line.size());
  return sdp;
}

TEST(HeaderEncryption, IsOfferedAndTaken) {
  MediaPeer alice("A"), bob("B");
  alice.wishes.data_channel = true;
  alice.add_audio();
  alice.add_video();
  const std::string offer = alice.set_offer();
  EXPECT_EQ(count_of(offer, kLine), 2U) << "not the data section";
  EXPECT_FALSE(alice.snapshot.now.media.at(0).encrypted_headers);
  const std::string answer = bob.reply(offer);
  EXPECT_EQ(count_of(answer, kLine), 2U);
  alice.set_remote(SdpType::Answer, answer);
  for (const MediaPeer* peer : {&alice, &bob})
    for (const MediaSection& section : peer->snapshot.now.media) EXPECT_TRUE(section.encrypted_headers);
}

TEST(HeaderEncryption, IsNotAnsweredUnasked) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  const std::string answer = bob.reply(without(alice.set_offer()));
  EXPECT_FALSE(has_line(answer, kLine));
  EXPECT_FALSE(bob.snapshot.now.media.at(0).encrypted_headers);
  alice.set_remote(SdpType::Answer, answer);
  EXPECT_FALSE(alice.snapshot.now.media.at(0).encrypted_headers);
}

TEST(HeaderEncryption, IsOfAllSectionsOfABundleOrOfNone) {
  MediaPeer alice("A"), bob("B"), carol("C");
  alice.add_audio();
  alice.add_video();
  const std::string offer = alice.set_offer();
  EXPECT_FALSE(has_line(bob.reply(without_first(offer)), kLine));
  alice.set_remote(SdpType::Answer, without_first(carol.reply(offer)));
  for (const MediaSection& section : alice.snapshot.now.media) EXPECT_FALSE(section.encrypted_headers);
}

TEST(HeaderEncryption, IsOfEachSectionWithoutABundle) {
  MediaPeer alice("A"), bob("B");
  alice.bundle_policy = BundlePolicy::MaxCompat;
  alice.add_audio();
  alice.add_video();
  const std::string offer = replaced(alice.set_offer(), "a=group:BUNDLE 0 1\r\n", "");
  EXPECT_EQ(count_of(bob.reply(without_first(offer)), kLine), 1U);
  EXPECT_FALSE(bob.snapshot.now.media.at(0).encrypted_headers);
  EXPECT_TRUE(bob.snapshot.now.media.at(1).encrypted_headers);
}

TEST(HeaderEncryption, MayBeSaidOnceForTheSession) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  alice.add_video();
  const std::string offer = replaced(without(alice.set_offer()), "t=0 0\r\n", "t=0 0\r\na=cryptex\r\n");
  EXPECT_EQ(count_of(bob.reply(offer), kLine), 2U);
}

TEST(HeaderEncryption, ComesAndGoesWithLaterNegotiationsAndRollbacks) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add_audio();
  alice.set_remote(SdpType::Answer, bob.reply(without(alice.set_offer())));
  EXPECT_FALSE(alice.section(id).encrypted_headers);
  const std::string second = alice.set_offer();
  EXPECT_TRUE(has_line(second, kLine)) << "the same procedures as at first";
  alice.set_local(SdpType::Rollback, "");
  EXPECT_FALSE(alice.section(id).encrypted_headers);
  alice.set_remote(SdpType::Answer, bob.reply(alice.set_offer()));
  EXPECT_TRUE(alice.section(id).encrypted_headers);
  alice.set_remote(SdpType::Answer, without(bob.reply(alice.set_offer())));
  EXPECT_FALSE(alice.section(id).encrypted_headers);
}

TEST(HeaderEncryption, WhoCannotDoesNotSayIt) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  bob.snapshot.header_encryption = HeaderEncryption::Unable;
  const std::string answer = bob.reply(alice.set_offer());
  EXPECT_FALSE(has_line(answer, kLine));
  EXPECT_FALSE(has_line(bob.offer(), kLine));
}

TEST(HeaderEncryption, IfRequiredWhoCannotIsRefused) {
  MediaPeer alice("A"), bob("B"), carol("C");
  alice.snapshot.header_encryption = bob.snapshot.header_encryption = HeaderEncryption::Require;
  alice.wishes.data_channel = true;
  alice.add_audio();
  const std::string offer = alice.set_offer();
  const auto refused = plan(bob.snapshot, Side::Remote, SdpType::Offer, without(offer));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::InvalidAccessError);
  const std::string answer = carol.reply(offer);
  EXPECT_EQ(plan(alice.snapshot, Side::Remote, SdpType::Answer, without(answer)).error().kind,
            ErrorKind::InvalidAccessError);
  EXPECT_TRUE(plan(alice.snapshot, Side::Remote, SdpType::Answer, answer));
}

TEST(HeaderEncryption, IfRequiredDataChannelsAndRejectedSectionsNeedNotSayIt) {
  Peer alice("A"), bob("B");
  bob.snapshot.header_encryption = HeaderEncryption::Require;
  const std::string offer = alice.offer();
  EXPECT_FALSE(has_line(offer, kLine));
  EXPECT_TRUE(plan(bob.snapshot, Side::Remote, SdpType::Offer, offer));

  MediaPeer carol("C"), dora("D");
  carol.snapshot.header_encryption = HeaderEncryption::Require;
  carol.add_audio();
  const std::string answer = replaced(dora.reply(carol.set_offer()), "m=audio 9 ", "m=audio 0 ");
  EXPECT_TRUE(plan(carol.snapshot, Side::Remote, SdpType::Answer, without(answer)));
}

}  // namespace
}  // namespace parley::jsep::header_encryption_test
