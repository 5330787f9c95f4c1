#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jsep/codec_table.hpp"
#include "jsep/layers.hpp"
#include "jsep/transceivers.hpp"
#include "jsep/view.hpp"
#include "sdp/lookup.hpp"
#include "sdp/parse.hpp"
#include "sdp/print.hpp"
#include "unit/jsep/peer.hpp"

namespace parley::jsep {

inline constexpr Direction kSendRecv = Direction::SendRecv, kSendOnly = Direction::SendOnly,
                           kRecvOnly = Direction::RecvOnly, kInactive = Direction::Inactive;

/// A peer with transceivers, and without a data channel unless it asks for one.
class MediaPeer : public Peer {
 public:
  explicit MediaPeer(const std::string& name) : Peer(name), name_(name) { wishes.data_channel = false; }

  BundlePolicy bundle_policy = BundlePolicy::Balanced;

  TransceiverId add(MediaKind kind, Direction direction = kSendRecv, std::vector<std::string> streams = {},
                    std::vector<SendEncoding> encodings = {}) {
    Transceiver made{.kind = kind, .direction = direction};
    made.sender = {.track_id = track(), .streams = std::move(streams), .encodings = std::move(encodings)};
    const TransceiverId id = add_transceiver(snapshot, std::move(made));
    give_sources(id);
    return id;
  }
  TransceiverId add_audio(Direction direction = kSendRecv) { return add(MediaKind::Audio, direction); }
  TransceiverId add_video(Direction direction = kSendRecv) { return add(MediaKind::Video, direction); }

  TransceiverId track_of(MediaKind kind, std::vector<std::string> streams = {}) {
    const TransceiverId id = add_track(snapshot, kind, std::move(streams), track());
    give_sources(id);
    return id;
  }

  Transceiver& at(TransceiverId id) {
    Transceiver* found = transceiver_by_id(snapshot, id);
    EXPECT_NE(found, nullptr);
    static Transceiver none;
    return found ? *found : none;
  }
  Transceiver& at(std::size_t place) { return snapshot.transceivers.at(place); }
  void stop_at(TransceiverId id) { stop_sending_and_receiving(at(id)); }

  [[nodiscard]] const MediaSection& section(TransceiverId id) const {
    const MediaSection* found = section_of(snapshot.now, id);
    EXPECT_NE(found, nullptr);
    static const MediaSection none{};
    return found ? *found : none;
  }
  [[nodiscard]] bool has_section(TransceiverId id) const { return section_of(snapshot.now, id) != nullptr; }
  [[nodiscard]] std::optional<Direction> current(TransceiverId id) const { return section(id).current; }
  [[nodiscard]] bool needs_negotiation() const { return negotiation_needed(snapshot, wishes); }

  std::string offer(bool ice_restart = false) {
    auto created = create_offer(snapshot, {.local = local(),
                                           .wishes = wishes,
                                           .gathered = gathered,
                                           .ice_restart = ice_restart,
                                           .bundle_policy = bundle_policy});
    if (!created) {
      ADD_FAILURE() << created.error().message;
      return "";
    }
    snapshot = std::move(created->result);
    return created->sdp;
  }
  std::string answer() {
    auto created = create_answer(
        snapshot, {.local = local(), .wishes = wishes, .gathered = gathered, .bundle_policy = bundle_policy});
    if (!created) {
      ADD_FAILURE() << created.error().message;
      return "";
    }
    snapshot = std::move(created->result);
    return created->sdp;
  }
  /// Creates and sets.
  std::string set_offer(bool ice_restart = false) {
    std::string text = offer(ice_restart);
    set_local(SdpType::Offer, text);
    return text;
  }
  std::string set_answer(SdpType type = SdpType::Answer) {
    std::string text = answer();
    set_local(type, text);
    return text;
  }
  /// Takes an offer and answers it.
  std::string reply(std::string_view offered) {
    set_remote(SdpType::Offer, offered);
    return set_answer();
  }
  void roll_back(Side side = Side::Local) { set(side, SdpType::Rollback, ""); }

 private:
  std::string track() { return name_ + "-track-" + std::to_string(++tracks_); }
  void give_sources(TransceiverId id) {
    Sender& sender = at(id).sender;
    while (sender.sources.size() < sender.encodings.size()) {
      ++sources_;
      sender.sources.push_back({.media = Ssrc(1000 * sources_),
                                .retransmission = Ssrc(1000 * sources_ + 1),
                                .protection = Ssrc(1000 * sources_ + 2)});
    }
  }
  std::string name_;
  unsigned tracks_ = 0, sources_ = 0;
};

inline void negotiate(MediaPeer& from, MediaPeer& to, bool ice_restart = false) {
  from.set_remote(SdpType::Answer, to.reply(from.set_offer(ice_restart)));
}

inline sdp::Description read(std::string_view text) {
  auto parsed = sdp::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed ? *std::move(parsed) : sdp::Description{};
}

/// What a browser would have written.
inline std::string without_tls_id(std::string_view text) {
  sdp::Description description = read(text);
  for (sdp::MediaDescription& media : description.media) media.tls_id.reset();
  return sdp::print(description);
}

inline std::vector<SendEncoding> encodings_of(const std::vector<std::string>& rids) {
  std::vector<SendEncoding> encodings;
  for (const std::string& rid : rids) encodings.push_back({.rid = rid});
  return encodings;
}

/// How often a text has a line.
inline std::size_t count_of(std::string_view text, std::string_view line) {
  std::size_t count = 0;
  for (std::size_t at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1)) ++count;
  return count;
}

inline std::vector<std::string> names_of(const std::vector<Format>& formats) {
  std::vector<std::string> names;
  for (const Format& format : formats) names.push_back(format.codec.name);
  return names;
}

/// Only these codecs of a kind, by name; RTX only if it is among them.
inline std::vector<Codec> codecs_named(MediaKind kind, const std::vector<std::string>& names) {
  std::vector<Codec> codecs;
  for (const std::string& name : names)
    for (const Codec& codec : default_codecs(kind))
      if (has_name(codec, name)) codecs.push_back(codec);
  return codecs;
}

/// A peer that has no more than these codecs.
inline void limit_codecs(Peer& peer, MediaKind kind, const std::vector<std::string>& names) {
  auto capabilities = std::make_shared<MediaCapabilities>(*peer.snapshot.capabilities);
  (kind == MediaKind::Audio ? capabilities->audio : capabilities->video) = codecs_named(kind, names);
  peer.snapshot.capabilities = std::move(capabilities);
}

}  // namespace parley::jsep
