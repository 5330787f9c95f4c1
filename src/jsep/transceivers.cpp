#include "jsep/transceivers.hpp"

#include <algorithm>
#include <utility>

namespace parley::jsep {
namespace {

/// addTrack step 7.
bool can_take_a_track(const Transceiver& transceiver, MediaKind kind) {
  return !transceiver.sender.has_track && transceiver.kind == kind && !transceiver.stopping && !transceiver.has_sent;
}

}  // namespace

const Transceiver* transceiver_by_id(const Snapshot& snapshot, TransceiverId id) {
  const auto found = std::ranges::find(snapshot.transceivers, id, &Transceiver::id);
  return found == snapshot.transceivers.end() ? nullptr : &*found;
}

Transceiver* transceiver_by_id(Snapshot& snapshot, TransceiverId id) {
  return const_cast<Transceiver*>(transceiver_by_id(std::as_const(snapshot), id));
}

const MediaSection* section_of(const Agreement& agreement, TransceiverId id) {
  const auto found = std::ranges::find(agreement.media, id, &MediaSection::transceiver);
  return found == agreement.media.end() ? nullptr : &*found;
}

const MediaSection* media_section_at(const Agreement& agreement, std::size_t index) {
  const auto found = std::ranges::find(agreement.media, index, &MediaSection::index);
  return found == agreement.media.end() ? nullptr : &*found;
}

TransceiverId add_transceiver(Snapshot& snapshot, Transceiver transceiver) {
  transceiver.id = std::exchange(snapshot.next_transceiver, TransceiverId(snapshot.next_transceiver.get() + 1));
  transceiver.sender.streams = each_once(std::move(transceiver.sender.streams));
  if (transceiver.sender.encodings.empty()) {
    SendEncoding& encoding = transceiver.sender.encodings.emplace_back();
    if (transceiver.kind == MediaKind::Video) encoding.scale_resolution_down_by = 1.0;
  }
  // Whatever is bundled should agree about extensions (webrtc-extensions, "RTP header extension control").
  const auto like = std::ranges::find_if(
      snapshot.transceivers, [&](const Transceiver& one) { return one.kind == transceiver.kind && !one.stopping; });
  if (like != snapshot.transceivers.end()) transceiver.wanted_extensions = like->wanted_extensions;
  snapshot.transceivers.push_back(std::move(transceiver));
  return snapshot.transceivers.back().id;
}

TransceiverId add_track(Snapshot& snapshot, MediaKind kind, std::vector<std::string> streams, std::string track_id) {
  const auto usable =
      std::ranges::find_if(snapshot.transceivers, [&](const Transceiver& one) { return can_take_a_track(one, kind); });
  if (usable == snapshot.transceivers.end()) {
    Transceiver made{.kind = kind, .origin = Origin::AddTrack, .had_track_added = true};
    made.sender = {.has_track = true, .track_id = std::move(track_id), .streams = std::move(streams)};
    return add_transceiver(snapshot, std::move(made));
  }
  usable->had_track_added = true;
  usable->sender.has_track = true;
  if (usable->sender.track_id.empty()) usable->sender.track_id = std::move(track_id);
  usable->sender.streams = each_once(std::move(streams));
  usable->direction = sdp::make_direction(true, sdp::receives(usable->direction));
  return usable->id;
}

void remove_track(Transceiver& transceiver) {
  if (transceiver.stopping || !transceiver.sender.has_track) return;
  transceiver.sender.has_track = false;
  transceiver.direction = sdp::make_direction(false, sdp::receives(transceiver.direction));
}

void stop_sending_and_receiving(Transceiver& transceiver) {
  transceiver.direction = Direction::Inactive;
  transceiver.stopping = true;
}

void stop(Snapshot& snapshot, TransceiverId id) {
  if (Transceiver* transceiver = transceiver_by_id(snapshot, id)) {
    stop_sending_and_receiving(*transceiver);
    transceiver->stopped = true;
  }
  // Also of what a rollback goes back to: there is no way back from having stopped.
  for (Agreement* agreement : {&snapshot.now, &snapshot.stable})
    for (MediaSection& section : agreement->media) {
      if (section.transceiver != id) continue;
      section.receptive = false;
      section.current.reset();
      section.fired.reset();
      section.remote_streams.clear();
    }
}

std::vector<std::string> each_once(std::vector<std::string> ids) {
  std::vector<std::string> kept;
  for (std::string& id : ids)
    if (std::ranges::find(kept, id) == kept.end()) kept.push_back(std::move(id));
  return kept;
}

}  // namespace parley::jsep
