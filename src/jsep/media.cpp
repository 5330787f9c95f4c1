#include "jsep/media.hpp"

#include <algorithm>
#include <utility>

#include "jsep/layers.hpp"
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

/// The streams that a remote section puts its track into: a=msid, or for older peers a=ssrc.
std::vector<std::string> streams_of(const sdp::MediaDescription& media) {
  std::vector<std::string> streams;
  for (const sdp::Msid& msid : media.msids)
    if (msid.stream != "-") streams.push_back(msid.stream);
  if (!media.msids.empty()) return each_once(std::move(streams));
  for (const sdp::SsrcAttribute& attribute : media.ssrcs) {
    if (attribute.name != "msid" || !attribute.value) continue;
    std::string stream = attribute.value->substr(0, attribute.value->find(' '));
    if (stream != "-" && !stream.empty()) streams.push_back(std::move(stream));
  }
  return each_once(std::move(streams));
}

/// An unused place in the list, or the one of that section.
MediaSection& section_at(Snapshot& snapshot, std::size_t index) {
  auto& media = snapshot.now.media;
  auto place = std::ranges::lower_bound(media, index, {}, &MediaSection::index);
  if (place == media.end() || place->index != index) place = media.insert(place, MediaSection{.index = index});
  return *place;
}

/// A section whose place another one has taken is gone (RFC 9429 section 5.9, "recycled").
void drop_recycled(Snapshot& snapshot) {
  std::erase_if(snapshot.now.media, [&](const MediaSection& section) {
    return section.index >= snapshot.now.sections.size() || snapshot.now.sections[section.index].mid != section.mid;
  });
}

std::optional<TransportId> transport_carrying(const Agreement& agreement, const std::string& mid) {
  for (const Transport& transport : agreement.transports)
    if (std::ranges::find(transport.mids, mid) != transport.mids.end()) return transport.id;
  return std::nullopt;
}

MediaSection& associate(Snapshot& snapshot, TransceiverId transceiver, std::size_t index) {
  MediaSection& section = section_at(snapshot, index);
  section.transceiver = transceiver;
  section.mid = snapshot.now.sections[index].mid;
  return section;
}

/// RFC 9429 section 5.10: an addTrack() transceiver that has no section yet, if the peer wants to receive; else a new
/// one. Only recvonly ones come out of this: the program decides whether to send.
TransceiverId find_or_create(Snapshot& snapshot, const sdp::Description& offer, std::size_t index,
                             const std::vector<SendEncoding>& proposed) {
  const MediaKind kind = *to_media_kind(offer.media[index].kind);
  const auto usable = [&](const Transceiver& transceiver) {
    return transceiver.kind == kind && transceiver.origin == Origin::AddTrack && !transceiver.stopping &&
           section_of(snapshot.now, transceiver.id) == nullptr;
  };
  const auto found = std::ranges::find_if(snapshot.transceivers, usable);
  if (found != snapshot.transceivers.end() && sdp::receives(direction_of(offer, index))) return found->id;
  return add_transceiver(snapshot, {.kind = kind,
                                    .origin = Origin::RemoteOffer,
                                    .direction = Direction::RecvOnly,
                                    .sender = {.encodings = proposed}});
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

void agree(MediaSection& section, const Pair& pair) {
  const auto ours = formats_of(pair.ours()), theirs = formats_of(pair.theirs());
  const Direction direction = direction_of(pair.local, pair.index);
  section.sends = send_formats(theirs, ours);
  section.receives = sdp::receives(direction) ? receive_formats(ours, theirs) : std::vector<Format>{};
  const auto our_extensions = sdp::effective_extmaps(pair.local, pair.ours());
  const auto their_extensions = sdp::effective_extmaps(pair.remote, pair.theirs());
  section.send_extensions = send_extensions(our_extensions, their_extensions);
  section.receive_extensions = receive_extensions(our_extensions, their_extensions);
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
  agree(section, {.local = answered.answer, .remote = answered.offer, .index = section.index});
  keep_answered_encodings(snapshot, section, layers(answered.answer.media[section.index], Layers::Sent));
  if (!section.receptive) section.remote_streams.clear();
  set_current_direction(snapshot, section, direction);
  section.fired = direction;
  // Not in the specification: without it, a section that we have no codec for would need negotiation for ever.
  if (is_rejected(answered.answer.media[section.index])) stop(snapshot, section.transceiver);
}

void apply_remote_answer(Snapshot& snapshot, const Answered& answered, MediaSection& section) {
  const sdp::MediaDescription& media = answered.answer.media[section.index];
  const Direction direction = sdp::reversed(direction_of(answered.answer, section.index));
  keep_answered_encodings(snapshot, section, layers(media, Layers::Received));
  receive_tracks(section, direction, streams_of(media));
  agree(section, {.local = answered.offer, .remote = answered.answer, .index = section.index});
  set_current_direction(snapshot, section, direction);
  if (is_rejected(media)) stop(snapshot, section.transceiver);
}

/// The step after an answer: stopped transceivers leave the set once their section is rejected.
void remove_stopped(Snapshot& snapshot) {
  const auto is_gone = [&](const MediaSection& section) {
    return is_stopped(snapshot, section) && snapshot.now.sections[section.index].rejected;
  };
  for (const MediaSection& section : snapshot.now.media)
    if (is_gone(section))
      std::erase_if(snapshot.transceivers, [&](const Transceiver& one) { return one.id == section.transceiver; });
  std::erase_if(snapshot.now.media, is_gone);
}

}  // namespace

void remember_encodings(Snapshot& snapshot) {
  for (Transceiver& transceiver : snapshot.transceivers) {
    const auto& encodings = transceiver.sender.encodings;
    const bool ridless = encodings.size() == 1 && !encodings.front().rid;
    transceiver.ridless_encodings = ridless ? std::optional(encodings) : std::nullopt;
  }
}

void apply_local_offer_to_media(Snapshot& snapshot, const sdp::Description& offer) {
  drop_recycled(snapshot);
  const std::vector<std::optional<TransceiverId>> made_for =
      snapshot.last_created_offer ? snapshot.last_created_offer->made_for : std::vector<std::optional<TransceiverId>>{};
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaDescription& media = offer.media[i];
    if (!is_rtp_media(media)) continue;
    if (!media_section_at(snapshot.now, i)) {
      if (i >= made_for.size() || !made_for[i] || !transceiver_by_id(snapshot, *made_for[i])) continue;
      associate(snapshot, *made_for[i], i);
    }
    MediaSection& section = section_at(snapshot, i);
    if (is_stopped(snapshot, section)) continue;
    section.transport = transport_carrying(snapshot.now, section.mid);
    section.receptive = sdp::receives(direction_of(offer, i));
    section.receives = section.receptive ? formats_of(media) : std::vector<Format>{};
  }
}

void apply_remote_offer_to_media(Snapshot& snapshot, const sdp::Description& offer) {
  drop_recycled(snapshot);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaDescription& media = offer.media[i];
    if (!is_rtp_media(media)) continue;
    const std::vector<SendEncoding> proposed = proposed_encodings(media);
    const MediaSection* known = media_section_at(snapshot.now, i);
    const TransceiverId id = known ? known->transceiver : find_or_create(snapshot, offer, i, proposed);
    MediaSection& section = associate(snapshot, id, i);
    if (Transceiver* transceiver = transceiver_by_id(snapshot, id)) promote(transceiver->sender, proposed);
    const Direction direction = sdp::reversed(direction_of(offer, i));
    receive_tracks(section, direction, streams_of(media));
    section.transport = transport_carrying(snapshot.now, section.mid);
    const auto local = snapshot.capabilities->codecs(*to_media_kind(media.kind));
    section.receives = answer_formats(formats_of(media), local, PreferenceOrder::Offered);
    if (is_rejected(media)) stop(snapshot, id);
  }
}

void apply_answer_to_media(Snapshot& snapshot, const Answered& answered) {
  for (std::size_t i = 0; i < answered.answer.media.size(); ++i) {
    if (!media_section_at(snapshot.now, i)) continue;
    MediaSection& section = section_at(snapshot, i);
    if (answered.answerer == Side::Remote || !is_stopped(snapshot, section))
      section.transport = transport_carrying(snapshot.now, section.mid);
    if (answered.answerer == Side::Remote) {
      apply_remote_answer(snapshot, answered, section);
    } else if (!is_stopped(snapshot, section)) {
      apply_local_answer(snapshot, answered, section);
    }
  }
  if (answered.type == SdpType::Answer) remove_stopped(snapshot);
}

void roll_back_media(Snapshot& snapshot) {
  std::erase_if(snapshot.transceivers, [&](const Transceiver& transceiver) {
    return transceiver.origin == Origin::RemoteOffer && !transceiver.had_track_added &&
           !section_of(snapshot.now, transceiver.id);
  });
  for (Transceiver& transceiver : snapshot.transceivers)
    if (transceiver.ridless_encodings && transceiver.sender.encodings.front().rid)
      transceiver.sender.encodings = *transceiver.ridless_encodings;
}

}  // namespace parley::jsep
