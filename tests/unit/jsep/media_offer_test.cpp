// Offers of audio and video: RFC 9429 sections 5.2.1 and 5.2.2.
#include <gtest/gtest.h>
#include <algorithm>

#include <set>

#include "sdp/effective.hpp"
#include "unit/jsep/media_peer.hpp"

namespace parley::jsep::media_offer_test {
namespace {

using Strings = std::vector<std::string>;

std::string offer_of_one(MediaKind kind, Direction direction, Strings streams = {},
                         std::vector<SendEncoding> encodings = {}) {
  MediaPeer alice("A");
  alice.add(kind, direction, std::move(streams), std::move(encodings));
  return alice.set_offer();
}

TEST(MediaOffer, HasASectionPerTransceiverInTheirOrderAndThenData) {
  MediaPeer alice("A");
  const TransceiverId video = alice.add_video(), audio = alice.add_audio();
  alice.wishes.data_channel = true;
  const auto offer = read(alice.set_offer());
  ASSERT_EQ(offer.media.size(), 3u);
  EXPECT_EQ(offer.media[0].kind, "video");
  EXPECT_EQ(offer.media[1].kind, "audio");
  EXPECT_EQ(offer.media[2].kind, "application");
  EXPECT_EQ(offer.groups.at(0).mids, (Strings{"0", "1", "2"}));
  for (const sdp::MediaDescription& media : {offer.media[0], offer.media[1]}) {
    EXPECT_EQ(media.protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_TRUE(media.rtcp_mux && media.rtcp_rsize);
    EXPECT_EQ(media.setup, sdp::Setup::ActPass);
  }
  EXPECT_EQ(alice.section(video).mid, "0");
  EXPECT_EQ(alice.section(audio).index, 1u);
  EXPECT_TRUE(alice.section(audio).receptive);
  EXPECT_FALSE(alice.section(audio).receives.empty());
  EXPECT_TRUE(alice.section(audio).transport);
  EXPECT_FALSE(alice.current(audio));
}

TEST(MediaOffer, SaysEveryDirection) {
  for (const Direction direction : {kSendRecv, kSendOnly, kRecvOnly, kInactive}) {
    const std::string offer = offer_of_one(MediaKind::Audio, direction);
    EXPECT_TRUE(has_line(offer, "a=" + std::string(to_string(direction))));
    EXPECT_EQ(count_of(offer, "a=msid:"), sdp::sends(direction) ? 1u : 0u);
    EXPECT_EQ(count_of(offer, "a=ssrc:") > 0, sdp::sends(direction));
  }
}

TEST(MediaOffer, NamesStreamsAndTheTrack) {
  EXPECT_TRUE(has_line(offer_of_one(MediaKind::Audio, kSendRecv), "a=msid:- A-track-1"));
  EXPECT_TRUE(has_line(offer_of_one(MediaKind::Audio, kSendRecv, {"s"}), "a=msid:s A-track-1"));
  const std::string two = offer_of_one(MediaKind::Audio, kSendRecv, {"s", "t"});
  EXPECT_TRUE(has_line(two, "a=msid:s A-track-1") && has_line(two, "a=msid:t A-track-1"));
  MediaPeer alice("A");
  alice.at(alice.add_audio()).sender.track_id.clear();
  EXPECT_TRUE(has_line(alice.offer(), "a=msid:-"));
}

TEST(MediaOffer, NamesItsSources) {
  const std::string video = offer_of_one(MediaKind::Video, kSendRecv, {"s"});
  EXPECT_TRUE(has_line(video, "a=ssrc-group:FID 1000 1001"));
  for (const auto* line : {"a=ssrc:1000 cname:A", "a=ssrc:1001 cname:A", "a=ssrc:1000 msid:s A-track-1"})
    EXPECT_TRUE(has_line(video, line)) << line;
  const std::string audio = offer_of_one(MediaKind::Audio, kSendRecv);
  EXPECT_TRUE(has_line(audio, "a=ssrc:1000 cname:A"));
  EXPECT_EQ(count_of(audio, "1001"), 0u);
}

/// Pion takes three sources for two tracks.
TEST(MediaOffer, NamesTheSourceOfFlexFecToPeersThatKnowIt) {
  const char* group = "a=ssrc-group:FEC-FR 1000 1002";
  MediaPeer alice("A"), bob("B");
  const TransceiverId id = alice.add_video();
  EXPECT_EQ(count_of(alice.offer(), "FEC-FR"), 0u);
  EXPECT_EQ(count_of(alice.offer(), "a=ssrc:1002"), 0u);
  negotiate(alice, bob);
  EXPECT_TRUE(has_line(alice.offer(), group));
  EXPECT_TRUE(has_line(alice.offer(), "a=ssrc:1002 cname:A"));
  MediaPeer carol("C");
  carol.at(carol.add_video()).preferred_codecs = codecs_named(MediaKind::Video, {"VP8", "flexfec-03"});
  EXPECT_TRUE(has_line(carol.offer(), group));
  alice.at(id).preferred_codecs = codecs_named(MediaKind::Video, {"VP8"});
  EXPECT_EQ(count_of(alice.offer(), "FEC-FR"), 0u);
}

TEST(MediaOffer, OfSeveralEncodingsHasLayersInTheirPlace) {
  const auto layered = encodings_of({"q", "h", "f"});
  const std::string offer = offer_of_one(MediaKind::Video, kSendOnly, {}, layered);
  EXPECT_TRUE(has_line(offer, "a=simulcast:send q;h;f"));
  EXPECT_TRUE(has_line(offer, "a=rid:q send") && has_line(offer, "a=rid:h send") && has_line(offer, "a=rid:f send"));
  EXPECT_EQ(count_of(offer, "a=ssrc"), 0u);
  EXPECT_EQ(count_of(offer, "sdes:repaired-rtp-stream-id"), 1u);
  EXPECT_EQ(count_of(offer_of_one(MediaKind::Video, kRecvOnly, {}, layered), "a=rid"), 0u);
  EXPECT_EQ(count_of(offer_of_one(MediaKind::Video, kSendRecv, {}, encodings_of({"q"})), "a=rid"), 0u);
}

TEST(MediaOffer, HasTheCodecsThatAreWantedInTheirOrder) {
  MediaPeer alice("A");
  const TransceiverId id = alice.add_video();
  alice.at(id).preferred_codecs = codecs_named(MediaKind::Video, {"VP9", "VP8"});
  EXPECT_EQ(names_of(formats_of(read(alice.offer()).media.at(0))), (Strings{"VP9", "VP9", "VP8"}));
  alice.at(id).preferred_codecs = codecs_named(MediaKind::Video, {"VP8", "rtx"});
  EXPECT_EQ(names_of(formats_of(read(alice.offer()).media.at(0))), (Strings{"VP8", "rtx"}));
  alice.at(id).preferred_codecs.clear();
  EXPECT_EQ(names_of(formats_of(read(alice.offer()).media.at(0))).at(0), "VP8");
}

TEST(MediaOffer, HasOneMeaningForEachNumberAndId) {
  MediaPeer alice("A");
  for (int i = 0; i < 3; ++i) {
    alice.add_audio();
    alice.add_video();
  }
  const auto offer = read(alice.offer());
  std::map<unsigned, std::string> numbers, ids;
  for (const sdp::MediaDescription& media : offer.media) {
    for (const Format& format : formats_of(media))
      EXPECT_EQ(
          numbers.try_emplace(format.payload_type.get(), mime_type(format.codec) + format.codec.fmtp).first->second,
          mime_type(format.codec) + format.codec.fmtp);
    for (const sdp::Extmap& extmap : media.extmaps)
      EXPECT_EQ(ids.try_emplace(extmap.id, extmap.uri).first->second, extmap.uri);
    EXPECT_EQ(std::ranges::count(media.extmaps, extension::kMid, &sdp::Extmap::uri), 1);
  }
}

/// Which sections have a transport of their own, and which are bundle-only, as "tb": t for the former, b for the
/// latter.
std::string transports_under(BundlePolicy policy) {
  MediaPeer alice("A");
  alice.bundle_policy = policy;
  alice.add_audio();
  alice.add_audio();
  alice.add_video();
  alice.add_video();
  alice.wishes.data_channel = true;
  const std::string text = alice.set_offer();
  std::string letters;
  std::set<std::string> seen;
  for (const sdp::MediaDescription& media : read(text).media) {
    EXPECT_EQ(media.port == 0, media.bundle_only);
    EXPECT_NE(media.bundle_only, seen.insert(*media.tls_id).second);
    letters += media.bundle_only ? 'b' : 't';
  }
  EXPECT_EQ(alice.last.start_gathering.size(), static_cast<std::size_t>(std::ranges::count(letters, 't')));
  EXPECT_TRUE(has_line(text, "a=group:BUNDLE 0 1 2 3 4"));
  // Offered again before it is answered, it stays so.
  EXPECT_EQ(count_of(alice.offer(), "a=bundle-only"), count_of(text, "a=bundle-only"));
  return letters;
}

TEST(MediaOffer, KeepsToTheBundlePolicy) {
  EXPECT_EQ(transports_under(BundlePolicy::Balanced), "tbtbt");
  EXPECT_EQ(transports_under(BundlePolicy::MaxCompat), "ttttt");
  EXPECT_EQ(transports_under(BundlePolicy::MaxBundle), "tbbbb");
}

TEST(MediaOffer, KeepsTheNegotiatedTagWhileItsSectionLives) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId theirs = bob.add_audio();
  alice.add_video();  // of which bob does not know yet
  negotiate(bob, alice);
  EXPECT_TRUE(has_line(alice.offer(), "a=group:BUNDLE 0 1"));
  negotiate(alice, bob);
  bob.stop_at(theirs);
  EXPECT_TRUE(has_line(bob.offer(), "a=group:BUNDLE 1"));
  negotiate(bob, alice);
  for (const MediaPeer* peer : {&alice, &bob}) {
    EXPECT_EQ(peer->snapshot.now.transports.size(), 1u);
    EXPECT_TRUE(peer->last.start_gathering.empty() && peer->last.start_dtls.empty());
  }
}

TEST(MediaOffer, KeepsTheTagOfADataChannel) {
  MediaPeer alice("A"), bob("B");
  alice.wishes.data_channel = true;
  negotiate(alice, bob);
  alice.add_audio();
  EXPECT_TRUE(has_line(alice.offer(), "a=group:BUNDLE 0 1"));
}

TEST(MediaReoffer, KeepsWhatWasAgreed) {
  MediaPeer alice("A"), bob("B");
  alice.wishes.data_channel = true;
  alice.add_audio();
  alice.add(MediaKind::Video, kSendRecv, {"s"});
  negotiate(alice, bob);
  const auto first = alice.snapshot.current_local->parsed;
  const Agreement agreed = alice.snapshot.now;
  const auto second = read(alice.set_offer());
  ASSERT_EQ(second.media.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(second.media[i].mid, first.media[i].mid);
    EXPECT_EQ(second.media[i].formats, first.media[i].formats);
    EXPECT_EQ(second.media[i].extmaps, first.media[i].extmaps);
    EXPECT_EQ(second.media[i].msids, first.media[i].msids);
    for (const sdp::SsrcAttribute& source : first.media[i].ssrcs)
      EXPECT_NE(std::ranges::find(second.media[i].ssrcs, source), second.media[i].ssrcs.end());
    EXPECT_EQ(second.media[i].ice_ufrag, first.media[0].ice_ufrag);  // bundled
    EXPECT_FALSE(second.media[i].bundle_only);
  }
  EXPECT_TRUE(alice.last.start_gathering.empty());
  EXPECT_EQ(alice.snapshot.now.transports, agreed.transports);
  alice.set_remote(SdpType::Answer, bob.reply(alice.snapshot.pending_local->sdp));
  EXPECT_TRUE(alice.snapshot.now == agreed);
}

TEST(MediaReoffer, NewSectionsShareTheBundledTransport) {
  for (const BundlePolicy policy : {BundlePolicy::Balanced, BundlePolicy::MaxCompat, BundlePolicy::MaxBundle}) {
    MediaPeer alice("A"), bob("B");
    alice.bundle_policy = policy;
    alice.wishes.data_channel = true;
    alice.add_audio();
    negotiate(alice, bob);
    const TransceiverId late = alice.add_video();
    const auto offer = read(alice.set_offer());
    ASSERT_EQ(offer.media.size(), 3u);
    EXPECT_EQ(offer.media[2].kind, "video");  // after the data
    EXPECT_EQ(offer.media[2].ice_ufrag, offer.media[0].ice_ufrag);
    EXPECT_FALSE(offer.media[2].bundle_only);
    EXPECT_TRUE(alice.last.start_gathering.empty());
    EXPECT_EQ(alice.section(late).transport, alice.snapshot.now.transports.at(0).id);
  }
}

TEST(MediaReoffer, AnIceRestartRenewsCredentialsOncePerTransport) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  alice.add_video();
  negotiate(alice, bob);
  const auto before = read(alice.offer()), after = read(alice.set_offer(true));
  EXPECT_NE(after.media[0].ice_ufrag, before.media[0].ice_ufrag);
  EXPECT_EQ(after.media[0].ice_ufrag, after.media[1].ice_ufrag);
  EXPECT_EQ(after.media[0].ice_pwd, after.media[1].ice_pwd);
  EXPECT_EQ(after.media[0].tls_id, before.media[0].tls_id);
  EXPECT_EQ(alice.last.start_gathering.size(), 1u);
}

TEST(MediaReoffer, AStoppedTransceiverLeavesAPlaceThatIsUsedAgain) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId audio = alice.add_audio();
  alice.add_video();
  negotiate(alice, bob);
  alice.stop_at(audio);
  const auto rejecting = read(alice.set_offer());
  EXPECT_EQ(rejecting.media.at(0).port, 0);
  EXPECT_EQ(rejecting.media.at(0).mid, "0");
  EXPECT_FALSE(rejecting.media.at(0).ice_ufrag || !rejecting.media.at(0).extmaps.empty());
  EXPECT_EQ(rejecting.groups.at(0).mids, Strings{"1"});
  EXPECT_TRUE(alice.section(audio).transport);  // as long as it is not answered
  alice.set_remote(SdpType::Answer, bob.reply(alice.snapshot.pending_local->sdp));
  EXPECT_EQ(alice.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(bob.snapshot.transceivers.size(), 1u);
  const TransceiverId late = alice.add_video();
  const auto recycled = read(alice.set_offer());
  ASSERT_EQ(recycled.media.size(), 2u);
  EXPECT_EQ(recycled.media[0].kind, "video");
  EXPECT_EQ(recycled.media[0].mid, "2");
  EXPECT_EQ(alice.section(late).mid, "2");
  EXPECT_EQ(alice.section(late).index, 0u);
  const auto again = read(alice.offer());  // in have-local-offer
  EXPECT_EQ(again.media.at(0).mid, "2");
  alice.set_remote(SdpType::Answer, bob.reply(alice.set_offer()));
  EXPECT_EQ(bob.snapshot.now.media.at(0).mid, "2");
  EXPECT_EQ(bob.snapshot.transceivers.size(), 2u);
}

/// Browsers take what comes before the section whose transport all share for the beginning of another transport.
TEST(MediaReoffer, ThePlaceOfTheFirstIsNotUsedAgainAsLongAsOthersOfABrowsersGroupLive) {
  MediaPeer alice("A"), bob("B");
  const auto negotiate = [](MediaPeer& from, MediaPeer& browser) {
    from.set_remote(SdpType::Answer, without_tls_id(browser.reply(from.set_offer())));
  };
  const TransceiverId audio = alice.add_audio();
  const TransceiverId video = alice.add_video();
  negotiate(alice, bob);
  alice.stop_at(audio);
  negotiate(alice, bob);
  alice.add_audio();
  const auto extended = read(alice.set_offer());
  ASSERT_EQ(extended.media.size(), 3u);
  EXPECT_EQ(extended.media[0].port, 0);
  EXPECT_EQ(extended.groups.at(0).mids, (Strings{"1", "2"}));
  EXPECT_EQ(extended.media[2].ice_ufrag, extended.media[1].ice_ufrag);
  negotiate(alice, bob);
  ASSERT_EQ(alice.snapshot.now.transports.size(), 1u);
  EXPECT_EQ(alice.snapshot.now.transports[0].mids, (Strings{"1", "2"}));

  alice.stop_at(video);
  alice.stop_at(alice.snapshot.transceivers.back().id);
  negotiate(alice, bob);  // nothing lives
  alice.add_video();
  alice.add_audio();
  const auto renewed = read(alice.set_offer());
  ASSERT_EQ(renewed.media.size(), 3u);
  EXPECT_EQ(renewed.media[0].kind, "video");
  EXPECT_EQ(renewed.media[1].kind, "audio");
  EXPECT_EQ(renewed.groups.at(0).mids, (Strings{"3", "4"}));
}

/// Whoever offers. A browser takes a mid that comes again for the section that it has ended.
TEST(MediaReoffer, AMidIsNotUsedAgain) {
  MediaPeer alice("A"), bob("B");
  MediaPeer* peers[] = {&alice, &bob};
  std::set<std::string> mids;
  alice.add_video();
  for (int turn = 0; turn < 6; ++turn) {
    MediaPeer &offerer = *peers[turn % 2], &answerer = *peers[(turn + 1) % 2];
    const TransceiverId audio = offerer.add_audio();
    negotiate(offerer, answerer);
    EXPECT_TRUE(mids.insert(offerer.section(audio).mid).second) << offerer.section(audio).mid;
    EXPECT_EQ(offerer.section(audio).mid, answerer.snapshot.now.media.at(1).mid);
    EXPECT_EQ(offerer.snapshot.now.sections.size(), 2u);
    offerer.stop_at(audio);
    negotiate(offerer, answerer);
  }
}

TEST(MediaReoffer, InHaveLocalOfferAddsAndStops) {
  MediaPeer alice("A"), bob("B");
  const TransceiverId audio = alice.add_audio();
  const auto first = read(alice.set_offer());
  const TransceiverId video = alice.add_video();
  alice.stop_at(audio);
  const auto second = read(alice.set_offer());
  ASSERT_EQ(second.media.size(), 2u);
  EXPECT_EQ(second.media[0].mid, first.media[0].mid);
  EXPECT_EQ(second.media[0].port, 0);
  EXPECT_TRUE(alice.has_section(audio) && alice.has_section(video));
  alice.set_remote(SdpType::Answer, bob.reply(alice.snapshot.pending_local->sdp));
  EXPECT_EQ(alice.snapshot.transceivers.size(), 1u);
  EXPECT_EQ(alice.snapshot.now.transports.size(), 1u);
  EXPECT_FALSE(alice.needs_negotiation());
}

/// Firefox refuses an offer that does it.
TEST(MediaOffer, GivesNoHeaderExtensionIdAnotherMeaningWhenItsSectionIsGivenAway) {
  MediaPeer alice("A"), bob("B");
  alice.add_audio();
  negotiate(alice, bob);
  const TransceiverId video = bob.add_video();
  negotiate(bob, alice);
  const std::vector<sdp::Extmap> before = bob.snapshot.current_local->parsed.media.at(1).extmaps;
  bob.stop_at(video);
  negotiate(bob, alice);
  ASSERT_TRUE(alice.snapshot.current_local->parsed.media.at(1).extmaps.empty());
  Transceiver& next = alice.at(alice.add_video());
  next.wanted_extensions = alice.snapshot.capabilities->video_extensions;
  for (HeaderExtension& extension : *next.wanted_extensions) extension.offered = true;
  std::ranges::reverse(*next.wanted_extensions);
  const std::vector<sdp::Extmap> after = read(alice.offer()).media.at(1).extmaps;
  EXPECT_GT(after.size(), before.size());
  for (const sdp::Extmap& old : before)
    for (const sdp::Extmap& extmap : after) EXPECT_EQ(extmap.id == old.id, extmap.uri == old.uri) << extmap.uri;
}

}  // namespace
}  // namespace parley::jsep::media_offer_test
