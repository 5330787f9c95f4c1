#include "jsep/media.hpp"

#include <algorithm>
#include <utility>

#include "jsep/codec_preferences.hpp"
#include "jsep/layers.hpp"
#include "jsep/scalability_mode.hpp"
#include "jsep/transceivers.hpp"
#include "jsep/view.hpp"
#include "sdp/effective.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

/// The direction of a section as its own side sees it; what is rejected is inactive.
Direction direction_of(const sdp::Description& description, std::size_t index) {
  const sdp::MediaDescription& media = description.media[index];
  return is_rejected(media) ? Direction::Inactive : sdp::effective_direction(description, media);
}

/// A track in more streams is nothing that anybody would write; the others do not count.
constexpr std::size_t kMaxStreams = 64;

void add_stream(std::vector<std::string>& streams, std::string_view stream) {
  if (stream.empty() || stream == "-" || streams.size() == kMaxStreams) return;
  if (std::ranges::find(streams, stream) == streams.end()) streams.emplace_back(stream);
}

/// The streams that a remote section puts its track into: a=msid, or for older peers a=ssrc.
std::vector<std::string> streams_of(const sdp::MediaDescription& media) {
  std::vector<std::string> streams;
  for (const sdp::Msid& msid : media.msids) add_stream(streams, msid.stream);
  if (!media.msids.empty()) return streams;
  bool told = false;
  for (const sdp::SsrcAttribute& attribute : media.ssrcs) {
    if (attribute.name != "msid" || !attribute.value) continue;
    told = true;
    add_stream(streams, std::string_view(*attribute.value).substr(0, attribute.value->find(' ')));
  }
  // RFC 8830 section 4.1: who says nothing of streams has all its tracks in one (under the name that Chromium has).
  if (!told) add_stream(streams, "default");
  return streams;
}

/// An unused place in the list, or the one of that section.
MediaSection& section_at(Snapshot& snapshot, std::size_t index) {
  auto& media = snapshot.now.media;
  auto place = std::ranges::lower_bound(media, index, {}, &MediaSection::index);
  if (place == media.end() || place->index != index) place = media.insert(place, MediaSection{.index = index});
  return *place;
}

/// A section that was rejected and whose place another one takes is gone (RFC 9429 section 5.9, "recycled"), and its
/// stopped transceiver leaves the set, as it would have with an answer in between.
void drop_recycled(Snapshot& snapshot, const std::vector<Section>& before) {
  const auto is_recycled = [&](const MediaSection& section) {
    const Section& now = snapshot.now.sections[section.index];
    return before[section.index].rejected && (now.mid != section.mid || !now.rejected);
  };
  for (const MediaSection& section : snapshot.now.media)
    if (is_recycled(section))
      std::erase_if(snapshot.transceivers,
                    [&](const Transceiver& one) { return one.id == section.transceiver && one.stopped; });
  std::erase_if(snapshot.now.media, is_recycled);
}

std::optional<TransportId> carrier_id(const Agreement& agreement, const std::string& mid) {
  const Transport* transport = transport_carrying(agreement, mid);
  return transport ? std::optional(transport->id) : std::nullopt;
}

MediaSection& associate(Snapshot& snapshot, TransceiverId transceiver, std::size_t index) {
  MediaSection& section = section_at(snapshot, index);
  section.transceiver = transceiver;
  section.mid = snapshot.now.sections[index].mid;
  return section;
}

/// Made by addTrack(), or by a remote offer that was rolled back and kept for the sake of addTrack().
bool comes_from_add_track(const Transceiver& transceiver) {
  return transceiver.origin == Origin::AddTrack ||
         (transceiver.origin == Origin::RemoteOffer && transceiver.had_track_added);
}

/// RFC 9429 section 5.10: an addTrack() transceiver that has no section yet, if the peer wants to receive; else a new
/// one. Only recvonly ones come out of this: the program decides whether to send.
TransceiverId find_or_create(Snapshot& snapshot, const sdp::Description& offer, std::size_t index,
                             const std::vector<SendEncoding>& proposed) {
  const MediaKind kind = *to_media_kind(offer.media[index].kind);
  const auto usable = [&](const Transceiver& transceiver) {
    return transceiver.kind == kind && comes_from_add_track(transceiver) && !transceiver.stopping &&
           section_of(snapshot.now, transceiver.id) == nullptr;
  };
  const auto found = std::ranges::find_if(snapshot.transceivers, usable);
  if (found != snapshot.transceivers.end() && sdp::receives(direction_of(offer, index))) return found->id;
  return add_transceiver(snapshot, {.kind = kind,
                                    .origin = Origin::RemoteOffer,
                                    .direction = Direction::RecvOnly,
                                    .sender = {.encodings = proposed}});
}

void propose(Transceiver& transceiver, const std::vector<SendEncoding>& proposed) {
  // Of a transceiver that is younger than the first of several offers nothing has been remembered.
  if (!proposed.empty() && !transceiver.ridless_encodings) remember_encodings(transceiver);
  promote(transceiver.sender, proposed);
}

/// "Process remote tracks", as far as values are concerned: what changes is told by comparing (jsep/track_changes.hpp).
void receive_tracks(MediaSection& section, Direction ours, std::vector<std::string> streams) {
  section.remote_streams = sdp::receives(ours) ? std::move(streams) : std::vector<std::string>{};
  if (!sdp::receives(ours)) section.receptive = false;
  section.fired = ours;
}

void set_current_direction(Snapshot& snapshot, MediaSection& section, Direction direction) {
  section.current = direction;
  Transceiver* transceiver = transceiver_by_id(snapshot, section.transceiver);
  if (transceiver && sdp::sends(direction)) transceiver->has_sent = true;
}

bool is_stopped(const Snapshot& snapshot, const MediaSection& section) {
  const Transceiver* transceiver = transceiver_by_id(snapshot, section.transceiver);
  return !transceiver || transceiver->stopped;
}

/// The pair of sections, once both sides have spoken.
struct Pair {
  const sdp::Description& local;
  const sdp::Description& remote;
  std::size_t index;
  [[nodiscard]] const sdp::MediaDescription& ours() const { return local.media[index]; }
  [[nodiscard]] const sdp::MediaDescription& theirs() const { return remote.media[index]; }
};

void agree(MediaSection& section, const Pair& pair, Direction direction) {
  const auto ours = formats_of(pair.ours()), theirs = formats_of(pair.theirs());
  section.sends = send_formats(theirs, ours);
  section.receives = sdp::receives(direction) ? receive_formats(ours, theirs) : std::vector<Format>{};
  const auto our_extensions = sdp::effective_extmaps(pair.local, pair.ours());
  const auto their_extensions = sdp::effective_extmaps(pair.remote, pair.theirs());
  section.send_extensions = send_extensions(our_extensions, their_extensions);
  section.receive_extensions = receive_extensions(our_extensions, their_extensions);
  section.mixed_extensions = sdp::effective_extmap_allow_mixed(pair.local, pair.ours()) &&
                             sdp::effective_extmap_allow_mixed(pair.remote, pair.theirs());
  section.reduced_size_rtcp = pair.ours().rtcp_rsize && pair.theirs().rtcp_rsize;
  section.receive_rids = common_layers(layers(pair.theirs(), Layers::Sent), layers(pair.ours(), Layers::Received));
}

void keep_answered_encodings(Snapshot& snapshot, const MediaSection& section, const std::vector<std::string>& rids) {
  Transceiver* transceiver = transceiver_by_id(snapshot, section.transceiver);
  if (transceiver) narrow(transceiver->sender, rids);
}

void apply_local_answer(Snapshot& snapshot, const Answered& answered, MediaSection& section) {
  const Direction direction = direction_of(answered.answer, section.index);
  section.receptive = sdp::receives(direction);
  agree(section, {.local = answered.answer, .remote = answered.offer, .index = section.index}, direction);
  // A section that does not send says nothing about layers: they outlast being on hold.
  if (sdp::sends(direction))
    keep_answered_encodings(snapshot, section, layers(answered.answer.media[section.index], Layers::Sent));
  if (!section.receptive) section.remote_streams.clear();
  set_current_direction(snapshot, section, direction);
  section.fired = direction;
  // Not in the specification: without it, a section that we have no codec for would need negotiation for ever.
  if (is_rejected(answered.answer.media[section.index])) stop(snapshot, section.transceiver);
}

void apply_remote_answer(Snapshot& snapshot, const Answered& answered, MediaSection& section) {
  const sdp::MediaDescription& media = answered.answer.media[section.index];
  // An answer may take away from the offer, and nothing more (RFC 3264 section 6.1).
  const Direction direction = sdp::intersection(direction_of(answered.offer, section.index),
                                                sdp::reversed(direction_of(answered.answer, section.index)));
  if (sdp::sends(direction)) keep_answered_encodings(snapshot, section, layers(media, Layers::Received));
  receive_tracks(section, direction, streams_of(media));
  agree(section, {.local = answered.offer, .remote = answered.answer, .index = section.index}, direction);
  set_current_direction(snapshot, section, direction);
  if (is_rejected(media)) stop(snapshot, section.transceiver);
}

/// The step after an answer: stopped transceivers leave the set once their section is rejected. So do those that were
/// stopped before they had a section: no description will ever speak of them.
void remove_stopped(Snapshot& snapshot) {
  std::erase_if(snapshot.transceivers,
                [&](const Transceiver& one) { return one.stopping && !section_of(snapshot.now, one.id); });
  const auto is_gone = [&](const MediaSection& section) {
    return is_stopped(snapshot, section) && snapshot.now.sections[section.index].rejected;
  };
  for (const MediaSection& section : snapshot.now.media)
    if (is_gone(section))
      std::erase_if(snapshot.transceivers, [&](const Transceiver& one) { return one.id == section.transceiver; });
  std::erase_if(snapshot.now.media, is_gone);
}

}  // namespace

void apply_local_offer_to_media(Snapshot& snapshot, const std::vector<Section>& before, const sdp::Description& offer) {
  drop_recycled(snapshot, before);
  const std::vector<std::optional<TransceiverId>> made_for =
      snapshot.last_created_offer ? snapshot.last_created_offer->made_for : std::vector<std::optional<TransceiverId>>{};
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaDescription& media = offer.media[i];
    if (!is_rtp_media(offer, i)) continue;
    if (!media_section_at(snapshot.now, i)) {
      if (i >= made_for.size() || !made_for[i] || !transceiver_by_id(snapshot, *made_for[i])) continue;
      associate(snapshot, *made_for[i], i);
    }
    MediaSection& section = section_at(snapshot, i);
    if (is_stopped(snapshot, section)) continue;
    if (!is_rejected(media)) section.transport = carrier_id(snapshot.now, section.mid);
    section.receptive = sdp::receives(direction_of(offer, i));
    section.receives = section.receptive ? formats_of(media) : std::vector<Format>{};
  }
}

void apply_remote_offer_to_media(Snapshot& snapshot, const std::vector<Section>& before,
                                 const sdp::Description& offer) {
  drop_recycled(snapshot, before);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaDescription& media = offer.media[i];
    const MediaSection* known = media_section_at(snapshot.now, i);
    // A peer may reject a section of ours with another protocol.
    if (!known && !is_rtp_media(offer, i)) continue;
    const std::vector<SendEncoding> proposed = proposed_encodings(media);
    const TransceiverId id = known ? known->transceiver : find_or_create(snapshot, offer, i, proposed);
    MediaSection& section = associate(snapshot, id, i);
    if (Transceiver* transceiver = transceiver_by_id(snapshot, id)) propose(*transceiver, proposed);
    const Direction direction = sdp::reversed(direction_of(offer, i));
    receive_tracks(section, direction, streams_of(media));
    const auto local = snapshot.capabilities->codecs(*to_media_kind(media.kind));
    section.receives = answer_formats(formats_of(media), local, PreferenceOrder::Offered);
    if (is_rejected(media)) stop(snapshot, id);
  }
}

void apply_answer_to_media(Snapshot& snapshot, const Answered& answered) {
  const std::vector<bool> asked = takes_encrypted_headers(answered.offer),
                          said = takes_encrypted_headers(answered.answer);
  for (std::size_t i = 0; i < answered.answer.media.size(); ++i) {
    if (!media_section_at(snapshot.now, i)) continue;
    MediaSection& section = section_at(snapshot, i);
    section.encrypted_headers = asked[i] && said[i];
    if (answered.answerer == Side::Remote || !is_stopped(snapshot, section))
      section.transport = carrier_id(snapshot.now, section.mid);
    if (answered.answerer == Side::Remote) {
      apply_remote_answer(snapshot, answered, section);
    } else if (!is_stopped(snapshot, section)) {
      apply_local_answer(snapshot, answered, section);
    }
  }
  if (answered.type == SdpType::Answer) remove_stopped(snapshot);
}

void drop_unnegotiated_codecs(Snapshot& snapshot) {
  for (Transceiver& transceiver : snapshot.transceivers) {
    const MediaSection* section = section_of(snapshot.now, transceiver.id);
    if (!section || section->sends.empty()) continue;
    for (SendEncoding& encoding : transceiver.sender.encodings) {
      const auto is_it = [&](const Format& format) {
        return codec_dictionary_match(*encoding.codec, format.codec, Asymmetrical::Ignore);
      };
      if (encoding.codec && std::ranges::none_of(section->sends, is_it)) encoding.codec.reset();
      const auto has_layers = [&](const Format& format) {
        return (!encoding.codec || is_it(format)) && can_have_layers(format.codec, *encoding.scalability_mode);
      };
      if (encoding.scalability_mode && std::ranges::none_of(section->sends, has_layers))
        encoding.scalability_mode.reset();
    }
  }
}

}  // namespace parley::jsep
