// Answers about audio and video: RFC 9429 sections 5.3.1 and 5.3.2, and what setting them does on both sides.
#include <gtest/gtest.h>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep::media_answer_test {
namespace {

using Strings = std::vector<std::string>;

TEST(MediaAnswer, DirectionsIntersect) {
  for (const Direction ours : {kSendRecv, kSendOnly, kRecvOnly, kInactive})
    for (const Direction theirs : {kSendRecv, kSendOnly, kRecvOnly, kInactive}) {
      MediaPeer alice("A"), bob("B");
      const TransceiverId asking = alice.add_audio(ours);
      bob.set_remote(SdpType::Offer, alice.set_offer());
      const TransceiverId asked = bob.at(std::size_t{0}).id;
      bob.at(asked).direction = theirs;
      const std::string answer = bob.set_answer();
      alice.set_remote(SdpType::Answer, answer);
      const Direction agreed = intersection(theirs, sdp::reversed(ours));
      EXPECT_TRUE(has_line(answer, "a=" + std::string(to_string(agreed))));
      EXPECT_EQ(bob.current(asked), agreed);
      EXPECT_EQ(alice.current(asking), sdp::reversed(agreed));
      for (const auto* section : {&bob.section(asked), &alice.section(asking)}) {
        EXPECT_EQ(section->receives.empty(), !sdp::receives(*section->current));
        EXPECT_EQ(section->receptive, sdp::receives(*section->current));
        EXPECT_FALSE(section->sends.empty());
        EXPECT_EQ(section->fired, section->current);
      }
      EXPECT_EQ(bob.at(asked).has_sent, sdp::sends(agreed));
      // Streams are named by who wants to send, even if the peer does not want to receive.
      EXPECT_EQ(count_of(answer, "a=msid:"), sdp::sends(theirs) ? 1u : 0u);
      EXPECT_FALSE(bob.needs_negotiation());
      EXPECT_FALSE(alice.needs_negotiation());
    }
}

TEST(MediaAnswer, MayNotAddADirection) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add_audio(kRecvOnly);
  bob.track_of(MediaKind::Audio);
  alice.set_remote(SdpType::Answer, replaced(bob.reply(alice.set_offer()), "a=sendonly", "a=sendrecv"));
  EXPECT_EQ(alice.current(id), kRecvOnly);
  EXPECT_FALSE(alice.at(id).has_sent);
}

/// Of several layers nobody could say which one the only source of FlexFEC protects.
TEST(MediaAnswer, HasNoFlexFecForSeveralLayers) {
  for (const auto& [rids, is_protected] : {std::pair{Strings{"q", "h"}, false}, {Strings{"q"}, true}}) {
    MediaPeer alice("A"), bob("B");
    alice.at(alice.add_video(kSendOnly)).sender.encodings = encodings_of(rids);
    const std::size_t expected = is_protected ? 1 : 0;
    const std::string offer = alice.set_offer();
    EXPECT_EQ(count_of(offer, " flexfec-03/"), 1u);
    const std::string answer = bob.reply(offer);
    EXPECT_EQ(count_of(answer, " flexfec-03/"), expected);
    alice.set_remote(SdpType::Answer, answer);
    EXPECT_EQ(count_of(bob.offer(), "a=simulcast:recv q;h"), 1 - expected);
    EXPECT_EQ(count_of(bob.offer(), " flexfec-03/"), expected);
  }
}

TEST(MediaAnswer, WithoutACommonCodecRejects) {
  MediaPeer alice("A"), bob("B");
  limit_codecs(bob, MediaKind::Video, {"AV1", "rtx"});
  const TransceiverId video = alice.add_video(), audio = alice.add_audio();
  alice.at(video).preferred_codecs = codecs_named(MediaKind::Video, {"VP8", "rtx"});
  const std::string answer = bob.reply(alice.set_offer());
  EXPECT_EQ(value_after(answer, "m=video ").substr(0, 2), "0 ");
  EXPECT_TRUE(has_line(answer, "a=group:BUNDLE 1"));
  EXPECT_EQ(bob.snapshot.transceivers.size(), 1u);
  EXPECT_FALSE(bob.needs_negotiation());
  alice.set_remote(SdpType::Answer, answer);
  EXPECT_EQ(alice.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(alice.current(audio), kSendOnly);
  EXPECT_FALSE(alice.needs_negotiation());
}

TEST(MediaAnswer, KeepsTheOffersOrderUnlessThisSideHasOne) {
  MediaPeer alice("A"), bob("B");
  alice.at(alice.add_video()).preferred_codecs = codecs_named(MediaKind::Video, {"VP9", "VP8", "AV1"});
  bob.set_remote(SdpType::Offer, alice.set_offer());
  const auto answered = [&] { return names_of(formats_of(read(bob.answer()).media.at(0))); };
  EXPECT_EQ(answered(), (Strings{"VP9", "VP9", "VP8", "AV1"}));
  bob.at(std::size_t{0}).preferred_codecs = codecs_named(MediaKind::Video, {"AV1", "VP8", "H264"});
  EXPECT_EQ(answered(), (Strings{"AV1", "VP8"}));
}

TEST(MediaAnswer, HasTheOffersNumbersAndIds) {
  MediaPeer alice("A"), bob("B");
  alice.add_video();
  std::string offer = alice.set_offer();
  const std::string kept = "a=extmap:11/sendonly " + std::string(extension::kColorSpace) + "\r\n";
  offer = replaced(offer, "a=sendrecv\r\n", kept + "a=extmap:12 urn:unknown\r\na=sendrecv\r\n");
  const auto answer = read(bob.reply(offer)).media.at(0), offered = read(offer).media.at(0);
  EXPECT_EQ(answer.formats, offered.formats);
  EXPECT_EQ(answer.extmaps.size(), offered.extmaps.size() - 1);
  const auto color = std::ranges::find(answer.extmaps, 11, &sdp::Extmap::id);
  ASSERT_NE(color, answer.extmaps.end());
  EXPECT_EQ(color->direction, kRecvOnly);
  const MediaSection& section = bob.snapshot.now.media.at(0);
  EXPECT_EQ(std::ranges::count(section.receive_extensions, 11, &sdp::Extmap::id), 1);
  EXPECT_EQ(std::ranges::count(section.send_extensions, 11, &sdp::Extmap::id), 0);
}

TEST(MediaAnswer, TakesReducedSizeRtcpIfItIsOffered) {
  for (const bool offered : {true, false}) {
    MediaPeer alice("A"), bob("B");
    alice.add_audio();
    const std::string offer = alice.set_offer();
    const std::string answer = bob.reply(offered ? offer : replaced(offer, "a=rtcp-rsize\r\n", ""));
    EXPECT_EQ(has_line(answer, "a=rtcp-rsize"), offered);
    EXPECT_TRUE(has_line(answer, "a=rtcp-mux"));
    EXPECT_EQ(bob.snapshot.now.media.at(0).reduced_size_rtcp, offered);
    alice.set_remote(SdpType::Answer, answer);
    EXPECT_EQ(alice.snapshot.now.media.at(0).reduced_size_rtcp, offered);
  }
}

/// RFC 8285 section 6: of the session or of a section, and of both sides.
TEST(MediaAnswer, TakesBothFormsOfHeaderExtensionsIfTheyAreOffered) {
  const std::string line = "a=extmap-allow-mixed\r\n";
  enum class Offered { Session, Section, Nowhere };
  for (const Offered offered : {Offered::Session, Offered::Section, Offered::Nowhere}) {
    MediaPeer alice("A"), bob("B");
    alice.add_audio();
    std::string offer = alice.set_offer();
    if (offered != Offered::Session) offer = replaced(offer, line, "");
    if (offered == Offered::Section) offer = replaced(offer, "a=rtcp-rsize\r\n", line + "a=rtcp-rsize\r\n");
    const std::string answer = bob.reply(offer);
    const bool taken = offered != Offered::Nowhere;
    const auto read_answer = read(answer);
    EXPECT_EQ(read_answer.extmap_allow_mixed, offered == Offered::Session);
    EXPECT_EQ(read_answer.media.at(0).extmap_allow_mixed, offered == Offered::Section);
    EXPECT_EQ(bob.snapshot.now.media.at(0).mixed_extensions, taken);
    alice.set_remote(SdpType::Answer, answer);
    EXPECT_EQ(alice.snapshot.now.media.at(0).mixed_extensions, taken);
  }
}

TEST(MediaAnswer, ToAnOfferWithoutBundleHasATransportPerSection) {
  MediaPeer alice("A"), bob("B");
  alice.bundle_policy = BundlePolicy::MaxCompat;
  alice.add_audio();
  alice.add_video();
  for (int round = 0; round < 2; ++round) {
    const std::string answer = bob.reply(replaced(alice.set_offer(), "a=group:BUNDLE 0 1\r\n", ""));
    const auto media = read(answer).media;
    EXPECT_NE(media.at(0).tls_id, media.at(1).tls_id);
    EXPECT_EQ(count_of(answer, "a=group"), 0u);
    alice.set_remote(SdpType::Answer, answer);
    for (const MediaPeer* peer : {&alice, &bob}) {
      EXPECT_EQ(peer->snapshot.now.transports.size(), 2u);
      EXPECT_NE(peer->snapshot.now.media.at(0).transport, peer->snapshot.now.media.at(1).transport);
    }
    EXPECT_EQ(bob.last.start_checks.size(), round ? 0u : 2u);
  }
}

TEST(MediaAnswer, TellsTransportsApartWhoseOtherSideHasTheSameCredentials) {
  MediaPeer alice("A"), bob("B");
  alice.bundle_policy = BundlePolicy::MaxCompat;
  alice.add_audio();
  alice.add_video();
  const std::string offer = replaced(alice.set_offer(), "a=group:BUNDLE 0 1\r\n", "");
  const auto offered = read(offer).media;
  ASSERT_EQ(offered.at(0).ice_ufrag, offered.at(1).ice_ufrag);
  const auto first = read(bob.reply(offer)).media, second = read(bob.reply(offer)).media;
  EXPECT_NE(first.at(0).tls_id, first.at(1).tls_id);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(second.at(i).tls_id, first.at(i).tls_id);
    EXPECT_EQ(second.at(i).ice_ufrag, first.at(i).ice_ufrag);
  }
}

TEST(MediaAnswer, UnderMaxBundleRejectsWhatIsNotBundledWithTheFirst) {
  MediaPeer alice("A"), bob("B");
  bob.bundle_policy = BundlePolicy::MaxBundle;
  alice.bundle_policy = BundlePolicy::MaxCompat;
  alice.add_audio();
  alice.add_video();
  alice.wishes.data_channel = true;
  const std::string offer = alice.set_offer();
  const auto ports = [&](const std::string& group) {
    MediaPeer answerer = bob;
    std::vector<bool> rejected;
    for (const auto& media : read(answerer.reply(replaced(offer, "a=group:BUNDLE 0 1 2\r\n", group))).media)
      rejected.push_back(media.port == 0);
    EXPECT_FALSE(answerer.needs_negotiation());
    return rejected;
  };
  EXPECT_EQ(ports("a=group:BUNDLE 0 1 2\r\n"), (std::vector{false, false, false}));
  EXPECT_EQ(ports("a=group:BUNDLE 0 2\r\n"), (std::vector{false, true, false}));
  EXPECT_EQ(ports("a=group:BUNDLE 1 2\r\n"), (std::vector{false, true, true}));
  EXPECT_EQ(ports(""), (std::vector{false, true, true}));
}

TEST(MediaAnswer, RejectsBundleOnlyOutsideOfAGroup) {
  MediaPeer alice("A"), bob("B");
  alice.bundle_policy = BundlePolicy::MaxBundle;
  alice.add_audio();
  alice.add_video();
  const std::string offer = alice.set_offer();
  MediaPeer other = bob;
  const auto bundled = read(bob.reply(offer)).media;
  EXPECT_EQ(bundled.at(1).port, 9);
  EXPECT_FALSE(bundled.at(1).bundle_only);
  EXPECT_EQ(bob.snapshot.now.transports.size(), 1u);
  const auto alone = read(other.reply(replaced(offer, "a=group:BUNDLE 0 1", "a=group:BUNDLE 0"))).media;
  EXPECT_EQ(alone.at(1).port, 0);
  EXPECT_EQ(other.snapshot.transceivers.size(), 1u);
}

TEST(MediaAnswer, RejectsWhatIsRejectedUnknownOrNotSecured) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  const std::string offer = replaced(alice.set_offer(), "a=group:BUNDLE 0\r\n", "a=group:BUNDLE 0\r\n") +
                            "m=text 9 UDP/TLS/RTP/SAVPF 98\r\na=mid:t\r\na=rtcp-mux\r\na=ice-ufrag:abcd\r\n"
                            "a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 " +
                            alice.fingerprint() +
                            "\r\nm=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n"
                            "m=audio 9 RTP/AVP 0\r\na=mid:p\r\n";
  const auto answer = read(bob.reply(offer));
  ASSERT_EQ(answer.media.size(), 4u);
  EXPECT_EQ(answer.media[0].port, 9);
  for (const std::size_t i : {1u, 2u, 3u}) {
    EXPECT_EQ(answer.media[i].port, 0) << i;
    EXPECT_EQ(answer.media[i].kind, read(offer).media[i].kind);
    EXPECT_FALSE(answer.media[i].formats.empty());
  }
  EXPECT_EQ(bob.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(bob.snapshot.now.media.size(), 1u);
}

TEST(MediaAnswer, ThatAcceptsAStoppedSectionAsBeforeIsTakenAsRejectingIt) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId audio = alice.add_audio(), video = alice.add_video();
  negotiate(alice, bob);
  const std::string as_before = bob.snapshot.current_local->sdp;
  ASSERT_EQ(value_after(as_before, "a=group:"), "BUNDLE 0 1");
  const Transport before = alice.snapshot.now.transports.at(0);
  alice.stop_at(video);
  alice.set_offer();
  alice.set_remote(SdpType::Answer, as_before);
  EXPECT_FALSE(alice.has_section(video));
  ASSERT_EQ(alice.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(alice.current(audio), kSendOnly);
  EXPECT_FALSE(alice.needs_negotiation());
  ASSERT_EQ(alice.snapshot.now.transports.size(), 1u);
  const Transport& now = alice.snapshot.now.transports.front();
  EXPECT_EQ(now.mids, std::vector<std::string>{"0"});
  EXPECT_EQ(now.generations, before.generations);
  EXPECT_EQ(now.dtls, before.dtls);
  // And the place is free for another section.
  alice.add_video();
  const std::string offer = alice.set_offer();
  EXPECT_EQ(count_of(offer, "m="), 2u);
  EXPECT_EQ(value_after(offer, "a=group:"), "BUNDLE 0 2");
}

TEST(MediaAnswer, AStoppingTransceiverIsStillAnsweredAndThenNeedsNegotiation) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  bob.set_remote(SdpType::Offer, alice.set_offer());
  bob.stop_at(bob.at(std::size_t{0}).id);
  const std::string answer = bob.set_answer();
  EXPECT_TRUE(has_line(answer, "a=inactive"));
  EXPECT_EQ(read(answer).media.at(0).port, 9);
  EXPECT_TRUE(bob.needs_negotiation());
  alice.set_remote(SdpType::Answer, answer);
  negotiate(bob, alice);
  EXPECT_TRUE(alice.snapshot.transceivers.empty() && bob.snapshot.transceivers.empty());
  EXPECT_FALSE(bob.needs_negotiation());
}

}  // namespace
}  // namespace parley::jsep::media_answer_test
