#include <gtest/gtest.h>

#include "sdp/parse.hpp"
#include "sdp/print.hpp"
#include "unit/jsep/peer.hpp"

namespace parley::jsep {
namespace {

/// The answer of a new peer.
std::string answer_to(const std::string& offer) {
  Peer bob("B");
  bob.set_remote(SdpType::Offer, offer);
  const std::string answer = bob.answer();
  bob.set_local(SdpType::Answer, answer);
  return answer;
}

sdp::Description parsed(const std::string& text) {
  auto description = sdp::parse(text);
  EXPECT_TRUE(description) << text;
  return description ? *std::move(description) : sdp::Description{};
}

constexpr std::string_view kAudio =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\na=mid:a\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-224 "
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B\r\na=setup:actpass\r\na=rtcp-"
    "mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=sendrecv\r\n";

std::string offer_with_audio() {
  Peer alice("A");
  return replaced(replaced(alice.offer(), "m=application", std::string(kAudio) + "m=application"), "BUNDLE 0",
                  "BUNDLE a 0");
}

TEST(CreateAnswer, IsWhatABrowserAnswersToADataChannel) {
  Peer alice("A");
  EXPECT_EQ(answer_to(alice.offer()),
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
            "a=ice-ufrag:uB10\r\n"
            "a=ice-pwd:pB1000000000000000000000\r\n"
            "a=fingerprint:sha-256 B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:B0:"
            "B0:B0:B0:B0\r\n"
            "a=setup:active\r\n"
            "a=tls-id:B1000000000000000000000000000000\r\n");
}

TEST(CreateAnswer, RejectsMediaWithoutACommonCodecAndAcceptsTheDataSectionBesideIt) {
  const auto answer =
      parsed(answer_to(replaced(replaced(offer_with_audio(), "opus/48000/2", "ISAC/16000"), " 111 0", " 111 103")));
  ASSERT_EQ(answer.media.size(), 2u);
  sdp::MediaDescription rejected;
  rejected.kind = "audio";
  rejected.port = 0;
  rejected.protocol = "UDP/TLS/RTP/SAVPF";
  rejected.formats = {"111", "103"};
  rejected.direction = sdp::Direction::Inactive;
  rejected.mid = "a";
  rejected.connection = sdp::Connection{};
  EXPECT_TRUE(answer.media[0] == rejected) << sdp::print(answer);
  EXPECT_EQ(answer.media[1].port, 9);
  EXPECT_EQ(answer.media[1].ice_ufrag, "uB10");
  EXPECT_EQ(answer.groups, (std::vector<sdp::Group>{{"BUNDLE", {"0"}}}));
}

TEST(CreateAnswer, AcceptsABundleOnlyDataSectionOnTheTransportOfItsGroup) {
  std::string offer = replaced(offer_with_audio(), "m=application 9", "m=application 0");
  offer = offer.substr(0, offer.find("a=ice-options")) + "a=bundle-only\r\n";
  Peer bob("B");
  bob.set_remote(SdpType::Offer, offer);
  bob.set_local(SdpType::Answer, bob.answer());
  ASSERT_EQ(bob.last.start_checks.size(), 1u);
  EXPECT_EQ(bob.last.start_checks[0].remote.credentials.ufrag, "abcd");
  EXPECT_EQ(bob.snapshot.current_local->parsed.media[1].port, 9);
  EXPECT_FALSE(bob.snapshot.current_local->parsed.media[1].bundle_only);
}

/// As webrtcbin writes it.
TEST(CreateAnswer, TakesNoNoticeOfBundleOnlyBesideAPort) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer,
                 replaced(replaced(alice.offer(), "a=group:BUNDLE 0\r\n", ""), "a=mid:0", "a=mid:0\r\na=bundle-only"));
  bob.set_local(SdpType::Answer, bob.answer());
  EXPECT_EQ(bob.snapshot.current_local->parsed.media[0].port, 9);
  ASSERT_EQ(bob.last.start_checks.size(), 1u);
  EXPECT_TRUE(bob.last.start_sctp);
}

TEST(CreateAnswer, RejectsUnknownKindsProtocolsAndASecondDataSection) {
  Peer alice("A");
  const std::string offer = alice.offer();
  const std::string data = offer.substr(offer.find("m=application"));
  const std::string more = replaced(offer, "BUNDLE 0", "BUNDLE 0 1") + replaced(data, "a=mid:0", "a=mid:1") +
                           "m=image 5000 udptl t38\r\nm=audio 6000 RTP/AVP 0\r\n" +
                           "m=application 7000 UDP/DTLS/SCTP something-else\r\n" + data.substr(data.find("a=ice"));
  const auto answer = parsed(answer_to(more));
  ASSERT_EQ(answer.media.size(), 5u);
  EXPECT_EQ(answer.media[0].port, 9);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(answer.media[i].port, 0) << i;
  EXPECT_EQ(answer.media[2].protocol, "udptl");
  EXPECT_EQ(answer.media[4].formats, std::vector<std::string>{"something-else"});
  EXPECT_EQ(answer.groups, (std::vector<sdp::Group>{{"BUNDLE", {"0"}}}));
}

TEST(CreateAnswer, UsesTheFormOfTheOffer) {
  Peer alice("A");
  const std::string offer = replaced(replaced(alice.offer(), "UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 6000"),
                                     "a=sctp-port:5000", "a=sctpmap:6000 webrtc-datachannel 300");
  Peer bob("B");
  bob.set_remote(SdpType::Offer, offer);
  const std::string answer = bob.answer();
  EXPECT_TRUE(has_line(answer, "m=application 9 DTLS/SCTP 5000")) << answer;
  EXPECT_TRUE(has_line(answer, "a=sctpmap:5000 webrtc-datachannel 1024"));
  EXPECT_EQ(value_after(answer, "a=sctp-port:"), "");
  bob.set_local(SdpType::Answer, answer);
  ASSERT_TRUE(bob.last.start_sctp);
  EXPECT_EQ(bob.last.start_sctp->remote_port, 6000);
  EXPECT_EQ(bob.last.start_sctp->local_port, 5000);
}

TEST(CreateAnswer, HasAMidOnlyIfTheOfferHas) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer, replaced(replaced(alice.offer(), "a=mid:0\r\n", ""), "a=group:BUNDLE 0\r\n", ""));
  const std::string answer = bob.answer();
  EXPECT_EQ(value_after(answer, "a=mid:"), "");
  EXPECT_EQ(value_after(answer, "a=group:"), "");
  bob.set_local(SdpType::Answer, answer);
  ASSERT_EQ(bob.last.start_gathering.size(), 1u);
  EXPECT_EQ(bob.last.start_gathering[0].sdp_mid, std::nullopt);
  EXPECT_EQ(bob.last.start_gathering[0].index, 0u);
  EXPECT_EQ(bob.snapshot.now.sections.at(0).mid, "0");
}

TEST(CreateAnswer, TakesTheOtherDtlsRole) {
  Peer alice("A");
  const std::string offer = alice.offer();
  const auto setup = [](const std::string& text) { return value_after(answer_to(text), "a=setup:"); };
  EXPECT_EQ(setup(offer), "active");
  EXPECT_EQ(setup(replaced(offer, "a=setup:actpass", "a=setup:active")), "passive");
  EXPECT_EQ(setup(replaced(offer, "a=setup:actpass", "a=setup:passive")), "active");
  // RFC 4145 section 4.1: active is the default of an offer.
  EXPECT_EQ(setup(replaced(offer, "a=setup:actpass\r\n", "")), "passive");
}

TEST(CreateAnswer, OffersTrickleAndMixedExtensionsOnlyToWhoKnowsThem) {
  Peer alice("A");
  const std::string offer = alice.offer();
  EXPECT_EQ(value_after(answer_to(replaced(offer, "a=ice-options:trickle\r\n", "")), "a=ice-options:"), "");
  const std::string session =
      replaced(replaced(offer, "a=ice-options:trickle\r\n", ""), "a=extmap-allow-mixed", "a=ice-options:trickle");
  const std::string answer = answer_to(session);
  EXPECT_EQ(value_after(answer, "a=ice-options:"), "trickle");
  EXPECT_FALSE(has_line(answer, "a=extmap-allow-mixed"));
}

TEST(CreateAnswer, InheritsWhatTheSessionLevelSays) {
  Peer alice("A"), bob("B");
  std::string offer = alice.offer();
  const std::size_t at = offer.find("a=ice-options");
  const std::string transport = offer.substr(at);
  offer = replaced(offer.substr(0, at), "m=application", transport + "m=application");
  bob.set_remote(SdpType::Offer, offer);
  bob.set_local(SdpType::Answer, bob.answer());
  ASSERT_EQ(bob.last.start_checks.size(), 1u);
  EXPECT_EQ(bob.last.start_checks[0].remote.credentials.ufrag, value_after(offer, "a=ice-ufrag:"));
  EXPECT_TRUE(bob.last.start_checks[0].remote.trickle);
  ASSERT_EQ(bob.last.start_dtls.size(), 1u);
  EXPECT_EQ(bob.last.start_dtls[0].dtls.remote_fingerprints.at(0).value, alice.fingerprint());
  EXPECT_EQ(bob.last.start_dtls[0].dtls.role, DtlsRole::Client);
}

TEST(CreateAnswer, RejectsADataSectionWithoutAPort) {
  Peer alice("A");
  const auto answer = parsed(answer_to(replaced(alice.offer(), "a=sctp-port:5000", "a=sctp-port:0")));
  EXPECT_EQ(answer.media.at(0).port, 0);
  EXPECT_TRUE(answer.groups.empty());
}

TEST(CreateAnswer, IsRefusedWithoutAnOffer) {
  Peer bob("B");
  const auto created = create_answer(bob.snapshot, {.local = bob.local()});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().kind, ErrorKind::InvalidStateError);
}

TEST(CreateAnswer, ToTheSameOfferHasTheNextVersion) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer, alice.offer());
  bob.answer();
  EXPECT_EQ(value_after(bob.answer(), "o="), "- 4611731400430051336 2 IN IP4 0.0.0.0");
}

}  // namespace
}  // namespace parley::jsep
