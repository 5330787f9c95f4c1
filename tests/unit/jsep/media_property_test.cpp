// Two peers that do what comes to their minds, and polite negotiation in between: whatever they did, they agree.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {
    for (MediaPeer* peer : {&polite_, &impolite_})
      peer->bundle_policy =
          std::array{BundlePolicy::Balanced, BundlePolicy::MaxCompat, BundlePolicy::MaxBundle}[below(3)];
  }

  void step() {
    for (MediaPeer* peer : {&polite_, &impolite_})
      for (std::size_t i = below(4); i > 0; --i) change(*peer);
    switch (below(6)) {
      case 0:
        return glare();
      case 1:
        return rolled_back(below(2) ? polite_ : impolite_);
      case 2:
        return provisional();
      case 3:
        return refused();
      default:
        return below(2) ? exchange(polite_, impolite_) : exchange(impolite_, polite_);
    }
  }

  /// Until neither needs negotiation any more, which must not take long.
  void settle() {
    for (int round = 0; polite_.needs_negotiation() || impolite_.needs_negotiation(); ++round) {
      ASSERT_LT(round, 6);
      polite_.needs_negotiation() ? exchange(polite_, impolite_) : exchange(impolite_, polite_);
    }
  }

  void check() {
    for (const MediaPeer* peer : {&polite_, &impolite_}) check_alone(*peer);
    const auto &ours = polite_.snapshot, &theirs = impolite_.snapshot;
    ASSERT_EQ(ours.now.sections.size(), theirs.now.sections.size());
    for (std::size_t i = 0; i < ours.now.sections.size(); ++i) EXPECT_EQ(ours.now.sections[i], theirs.now.sections[i]);
    ASSERT_EQ(ours.now.media.size(), theirs.now.media.size());
    for (std::size_t i = 0; i < ours.now.media.size(); ++i) {
      const MediaSection &one = ours.now.media[i], &other = theirs.now.media[i];
      EXPECT_EQ(one.mid, other.mid);
      ASSERT_TRUE(one.current && other.current);
      EXPECT_EQ(*one.current, sdp::reversed(*other.current));
      if (sdp::sends(*one.current)) expect_same(one, other);
      if (sdp::sends(*other.current)) expect_same(other, one);
    }
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  Direction direction() { return sdp::make_direction(below(2), below(2)); }
  MediaKind kind() { return below(2) ? MediaKind::Audio : MediaKind::Video; }

  void change(MediaPeer& peer) {
    auto& all = peer.snapshot.transceivers;
    const std::vector<std::string> streams(below(3), "s" + std::to_string(below(3)));
    if (all.size() < 6 && below(3) == 0) {
      if (below(2)) {
        peer.track_of(kind(), streams);
      } else {
        peer.add(kind(), direction(), streams, below(4) ? std::vector<SendEncoding>{} : encodings_of({"a", "b"}));
      }
    } else if (!all.empty()) {
      Transceiver& one = all[below(all.size())];
      const auto action = below(6);
      if (action == 0) stop_sending_and_receiving(one);
      if (action == 1) remove_track(one);
      if (action == 2 && !one.stopping) one.sender.streams = each_once(streams);
      if (action == 3) one.preferred_codecs = below(2) ? default_codecs(one.kind) : std::vector<Codec>{};
      if (action > 3 && !one.stopping) one.direction = direction();
    }
    if (below(10) == 0) peer.wishes.data_channel = true;
    if (below(10) == 0) peer.snapshot = with_ice_restart_requested(peer.snapshot);
  }

  static void exchange(MediaPeer& from, MediaPeer& to) { negotiate(from, to); }

  void glare() {
    polite_.set_offer();
    const std::string offer = impolite_.set_offer();
    change(polite_);
    polite_.roll_back();
    EXPECT_TRUE(polite_.snapshot.now == polite_.snapshot.stable);
    impolite_.set_remote(SdpType::Answer, polite_.reply(offer));
  }

  void rolled_back(MediaPeer& from) {
    MediaPeer& to = &from == &polite_ ? impolite_ : polite_;
    const auto agreed = from.snapshot.now, theirs = to.snapshot.now;
    to.set_remote(SdpType::Offer, from.set_offer());
    change(to);
    from.roll_back();
    to.roll_back(Side::Remote);
    EXPECT_TRUE(from.snapshot.now == agreed);
    EXPECT_TRUE(to.snapshot.now == to.snapshot.stable);
    EXPECT_EQ(to.snapshot.now.sections, theirs.sections);
    exchange(from, to);
  }

  void provisional() {
    polite_.set_remote(SdpType::Offer, impolite_.set_offer());
    polite_.set_answer(SdpType::Pranswer);
    impolite_.set_remote(SdpType::Pranswer, polite_.snapshot.pending_local->sdp);
    impolite_.set_remote(SdpType::Answer, polite_.set_answer());
  }

  void refused() {
    const std::string offer = polite_.set_offer();
    impolite_.refusal(Side::Remote, SdpType::Answer, offer);
    impolite_.refusal(Side::Remote, SdpType::Offer, offer + "b\r\n");
    impolite_.refusal(Side::Local, SdpType::Offer, offer);
    polite_.set_remote(SdpType::Answer, impolite_.reply(offer));
  }

  /// What one sends the other expects, with the same numbers and ids.
  static void expect_same(const MediaSection& sender, const MediaSection& receiver) {
    ASSERT_FALSE(sender.sends.empty());
    for (const Format& format : sender.sends) {
      const Format* expected = find_format(receiver.receives, format.payload_type);
      ASSERT_TRUE(expected);
      EXPECT_TRUE(matches(format.codec, expected->codec));
    }
    for (const sdp::Extmap& extmap : sender.send_extensions)
      EXPECT_TRUE(std::ranges::any_of(receiver.receive_extensions, [&](const sdp::Extmap& other) {
        return other.id == extmap.id && other.uri == extmap.uri;
      }));
  }

  void check_alone(const MediaPeer& peer) {
    const Snapshot& snapshot = peer.snapshot;
    EXPECT_EQ(snapshot.state, SignalingState::Stable);
    EXPECT_TRUE(snapshot.now == snapshot.stable);
    std::set<std::string> mids;
    for (const Section& section : snapshot.now.sections) EXPECT_TRUE(mids.insert(section.mid).second);
    std::set<TransportId> transports;
    for (const Transport& transport : snapshot.now.transports) {
      EXPECT_TRUE(transports.insert(transport.id).second);
      EXPECT_EQ(transport.generations.size(), 1u);
    }
    EXPECT_LE(transports.size(), 1u);  // both bundle
    std::set<TransceiverId> transceivers;
    for (const MediaSection& section : snapshot.now.media) {
      EXPECT_TRUE(transceivers.insert(section.transceiver).second);
      ASSERT_TRUE(transceiver_by_id(snapshot, section.transceiver));
      ASSERT_LT(section.index, snapshot.now.sections.size());
      EXPECT_EQ(section.mid, snapshot.now.sections[section.index].mid);
      EXPECT_TRUE(section.transport && transports.contains(*section.transport));
    }
    for (const Transceiver& one : snapshot.transceivers)
      EXPECT_GE(one.sender.encodings.size(), std::max<std::size_t>(1, one.sender.sources.size()));
    for (const auto* applied : {&snapshot.current_local, &snapshot.current_remote})
      if (*applied) check_numbers((*applied)->parsed);
  }

  static void check_numbers(const sdp::Description& description) {
    std::map<std::uint16_t, std::string> ids;
    for (const sdp::MediaDescription& media : description.media)
      for (const sdp::Extmap& extmap : media.extmaps)
        EXPECT_EQ(ids.try_emplace(extmap.id, extmap.uri).first->second, extmap.uri);
    EXPECT_TRUE(check_payload_types(description));
  }

  std::mt19937 random_;
  MediaPeer polite_{"A"}, impolite_{"B"};
};

TEST(MediaProperty, PeersAlwaysAgree) {
  for (unsigned seed = 0; seed < 250; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Walk walk(seed);
    for (int i = 0; i < 8; ++i) {
      walk.step();
      walk.check();
      if (testing::Test::HasFailure()) return;
    }
    walk.settle();
    walk.check();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace parley::jsep
