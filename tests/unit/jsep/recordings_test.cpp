#include <gtest/gtest.h>

#include <algorithm>

#include "sdp/print.hpp"
#include "unit/jsep/media_peer.hpp"
#include "unit/jsep/story.hpp"
#include "unit/sdp/recordings.hpp"

/// Sequences of descriptions that real peers have made, with ours of that time as their other side.
namespace parley::jsep::recordings_test {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream words(line);
  return {std::istream_iterator<std::string>(words), {}};
}

Direction direction_called(const std::string& name) {
  for (const Direction direction : {kSendRecv, kSendOnly, kRecvOnly, kInactive})
    if (name == sdp::to_string(direction)) return direction;
  ADD_FAILURE() << name;
  return kInactive;
}

std::string mirrored(const std::string& direction) {
  return direction == "sendonly" ? "recvonly" : direction == "recvonly" ? "sendonly" : direction;
}

/// Our side of a story: what the program did, and the descriptions of that time in place of those we would make now.
class Player {
 public:
  explicit Player(BundlePolicy policy) { peer_.bundle_policy = policy; }
  MediaPeer& peer() { return peer_; }

  void perform(const std::vector<std::string>& actions) {
    for (const std::string& action : actions) perform_one(words_of(action));
  }
  /// What we would offer now.
  [[nodiscard]] std::string offer_now() const { return MediaPeer(peer_).offer(); }
  [[nodiscard]] std::string answer_now() const { return MediaPeer(peer_).answer(); }

  void set_offer(const std::string& text) {
    peer_.snapshot.last_created_offer = CreatedDescription{.sdp = text, .made_for = made_for(read(text))};
    peer_.set_local(SdpType::Offer, text);
  }
  void set_answer(const std::string& text) {
    peer_.snapshot.last_created_answer = CreatedDescription{.sdp = text};
    peer_.set_local(SdpType::Answer, text);
  }

 private:
  void perform_one(const std::vector<std::string>& words) {
    const std::string& name = words.front();
    if (name == "channel") {
      peer_.wishes.data_channel = true;
    } else if (name == "restart") {
      peer_.snapshot = with_ice_restart_requested(peer_.snapshot);
    } else {
      perform_with(words, to_media_kind(words.at(1)).value());
    }
  }
  void perform_with(const std::vector<std::string>& words, MediaKind kind) {
    const std::string& name = words.front();
    if (name == "add")
      peer_.add(kind, direction_called(words.at(2)), {"stream"}, encodings_of({words.begin() + 3, words.end()}));
    else if (name == "track")
      peer_.track_of(kind, {"stream"});
    else if (name == "direction")
      first(kind).direction = direction_called(words.at(2));
    else if (name == "remove")
      remove_track(first(kind));
    else if (name == "stop")
      stop_sending_and_receiving(first(kind));
    else
      ADD_FAILURE() << name;
  }
  Transceiver& first(MediaKind kind) {
    const auto found = std::ranges::find_if(peer_.snapshot.transceivers, [&](const Transceiver& each) {
      return each.kind == kind && !each.stopping && !each.stopped;
    });
    EXPECT_NE(found, peer_.snapshot.transceivers.end());
    return *found;
  }
  /// New sections are for the transceivers without one, in their order.
  std::vector<std::optional<TransceiverId>> made_for(const sdp::Description& offer) const {
    std::vector<std::optional<TransceiverId>> made;
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
      made.emplace_back();
      const MediaSection* before = media_section_at(peer_.snapshot.now, i);
      if (before && before->mid == offer.media[i].mid) {
        made.back() = before->transceiver;
        continue;
      }
      for (const Transceiver& each : peer_.snapshot.transceivers)
        if (each.kind == to_media_kind(offer.media[i].kind) && !each.stopping && !each.stopped &&
            !section_of(peer_.snapshot.now, each.id) && !std::ranges::count(made, std::optional(each.id))) {
          made.back() = each.id;
          break;
        }
    }
    return made;
  }

  MediaPeer peer_{"B"};
};

/// The codecs of `recorded` are all there, in their order: more may have come to them since.
void expect_formats(const sdp::MediaDescription& now, const sdp::MediaDescription& recorded) {
  std::vector<std::string> formats = now.formats;
  std::erase_if(formats, [&](const std::string& format) { return !std::ranges::count(recorded.formats, format); });
  EXPECT_EQ(formats, recorded.formats);
  for (const Format& format : formats_of(recorded)) {
    const auto known = formats_of(now);
    const Format* same = find_format(known, format.payload_type);
    ASSERT_TRUE(same) << format.codec.name;
    EXPECT_EQ(same->codec.name, format.codec.name);
    EXPECT_EQ(same->codec.fmtp, format.codec.fmtp);
  }
}

/// What we write now says the same as what we wrote then.
void expect_same_sections(const std::string& now_text, const std::string& recorded_text, bool with_formats) {
  const sdp::Description now = read(now_text), recorded = read(recorded_text);
  ASSERT_EQ(now.media.size(), recorded.media.size());
  ASSERT_EQ(sdp::groups(now, "BUNDLE").size(), sdp::groups(recorded, "BUNDLE").size());
  for (std::size_t i = 0; i < now.media.size(); ++i) {
    SCOPED_TRACE("section " + std::to_string(i));
    const sdp::MediaDescription &mine = now.media[i], &theirs = recorded.media[i];
    EXPECT_EQ(mine.kind, theirs.kind);
    EXPECT_EQ(is_rejected(mine), is_rejected(theirs));
    if (is_rejected(mine)) continue;
    EXPECT_EQ(mine.mid, theirs.mid);
    EXPECT_EQ(mine.direction, theirs.direction);
    EXPECT_EQ(mine.setup, theirs.setup);
    EXPECT_EQ(bundle_of(now, i) != nullptr, bundle_of(recorded, i) != nullptr);
    EXPECT_EQ(carrier_of(now, i), carrier_of(recorded, i));
    for (const Layers layers : {Layers::Sent, Layers::Received})
      EXPECT_EQ(jsep::layers(mine, layers), jsep::layers(theirs, layers));
    if (with_formats && is_rtp_media(now, i)) expect_formats(mine, theirs);
  }
}

/// What must hold of every answer (RFC 3264 section 6, RFC 8842 section 5.3, RFC 9143 section 7.3).
void expect_answers(const std::string& answer_text, const std::string& offer_text) {
  const sdp::Description answer = read(answer_text), offer = read(offer_text);
  ASSERT_EQ(answer.media.size(), offer.media.size());
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    SCOPED_TRACE("section " + std::to_string(i));
    const sdp::MediaDescription &mine = answer.media[i], &theirs = offer.media[i];
    EXPECT_EQ(mine.kind, theirs.kind);
    EXPECT_EQ(mine.protocol, theirs.protocol);
    EXPECT_EQ(mine.mid, theirs.mid);
    EXPECT_EQ(is_rejected(mine), is_rejected(theirs) || (!is_data(theirs) && !is_rtp_media(offer, i)));
    if (is_rejected(mine)) continue;
    const sdp::Direction offered = theirs.direction.value_or(kSendRecv), answered = mine.direction.value_or(kSendRecv);
    EXPECT_TRUE(!sdp::sends(answered) || sdp::receives(offered));
    EXPECT_TRUE(!sdp::receives(answered) || sdp::sends(offered));
    EXPECT_NE(mine.setup, sdp::Setup::ActPass);
    EXPECT_TRUE(!bundle_of(answer, i) || bundle_of(offer, i));
    if (!is_rtp_media(answer, i)) continue;
    const std::vector<Format> formats = formats_of(theirs);
    for (const Format& format : formats_of(mine)) {
      const Format* same = find_format(formats, format.payload_type);
      ASSERT_TRUE(same) << mine.mid.value_or("");
      EXPECT_TRUE(matches(format.codec, same->codec));
    }
  }
}

std::vector<std::string> named(const std::vector<Format>& formats) {
  std::vector<std::string> codecs;
  codecs.reserve(formats.size());
  for (const Format& format : formats)
    codecs.push_back(std::to_string(format.payload_type.get()) + "=" + format.codec.name);
  return codecs;
}

std::string current_of(const MediaSection& section) {
  return section.current ? std::string(sdp::to_string(*section.current)) : "none";
}

/// What we agree on now is what both sides said then.
void expect_agreement(const Agreement& agreement, const std::vector<Row>& ours, const std::vector<Row>& theirs) {
  const auto section_called = [&](const std::string& mid) {
    const auto found = std::ranges::find(agreement.media, mid, &MediaSection::mid);
    return found == agreement.media.end() ? nullptr : &*found;
  };
  for (const Row& row : ours) {
    SCOPED_TRACE("our section " + row.mid);
    const MediaSection* section = section_called(row.mid);
    if (row.current == "stopped") {
      EXPECT_EQ(section, nullptr);
      continue;
    }
    ASSERT_TRUE(section);
    EXPECT_EQ(current_of(*section), row.current);
    if (!row.codecs.empty()) {
      EXPECT_EQ(named(section->sends), row.codecs);
    }
  }
  for (const Row& row : theirs) {
    SCOPED_TRACE("their section " + row.mid);
    if (const MediaSection* section = section_called(row.mid)) {
      EXPECT_EQ(current_of(*section), mirrored(row.current));
    }
  }
}

void expect_data(const Agreement& agreement, const std::string& answer) {
  const auto& media = read(answer).media;
  EXPECT_EQ(agreement.data.has_value(), std::ranges::any_of(media, [](const sdp::MediaDescription& each) {
              return is_data(each) && !is_rejected(each);
            }));
}

void play(const Story& story) {
  const bool ours = story.first == "parley" || story.second == "parley", we_are_first = story.second != "parley";
  Player player(story.about == "max-bundle"   ? BundlePolicy::MaxBundle
                : story.about == "max-compat" ? BundlePolicy::MaxCompat
                                              : BundlePolicy::Balanced);
  Snapshot& snapshot = player.peer().snapshot;
  for (std::size_t i = 0; i < story.rounds.size(); ++i) {
    SCOPED_TRACE("round " + std::to_string(i + 1));
    const Round& round = story.rounds[i];
    if (round.first_offers == we_are_first) {
      player.perform(round.offering);
      if (ours) expect_same_sections(player.offer_now(), round.offer, false);
      player.set_offer(round.offer);
      player.peer().set_remote(SdpType::Answer, round.answer);
    } else {
      player.peer().set_remote(SdpType::Offer, round.offer);
      player.perform(round.answering);
      const std::string answer = player.answer_now();
      expect_answers(answer, round.offer);
      expect_same_sections(answer, round.answer, true);
      player.set_answer(round.answer);
    }
    ASSERT_EQ(snapshot.state, SignalingState::Stable);
    expect_agreement(snapshot.now, we_are_first ? round.first : round.second,
                     we_are_first ? round.second : round.first);
    expect_data(snapshot.now, round.answer);
    if (testing::Test::HasFailure()) return;
  }
}

class Recordings : public testing::TestWithParam<std::string> {};

TEST_P(Recordings, AreNegotiatedAsTheyWere) {
  const auto stories = sdp::recorded_files(GetParam(), ".txt");
  ASSERT_FALSE(stories.empty());
  for (const auto& path : stories) {
    SCOPED_TRACE(path.string());
    const Story story = read_story(path);
    ASSERT_FALSE(story.rounds.empty());
    play(story);
  }
}

INSTANTIATE_TEST_SUITE_P(Real, Recordings, testing::ValuesIn(sdp::recorded_peers()),
                         [](const auto& info) { return sdp::test_name(info.param); });

}  // namespace
}  // namespace parley::jsep::recordings_test
