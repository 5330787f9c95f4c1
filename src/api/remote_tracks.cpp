// What a description does to transceivers and their tracks, as a program sees it: the end of webrtc-pc section 4.4.1.5.
#include <algorithm>

#include "api/peer.hpp"
#include "api/tracks.hpp"
#include "jsep/layers.hpp"
#include "jsep/transceivers.hpp"

namespace parley::api {

std::shared_ptr<MediaStream> Peer::remote_stream(const std::string& id) {
  std::weak_ptr<MediaStream>& known = remote_streams_[id];
  auto stream = known.lock();
  if (!stream) known = stream = make_stream(id);
  return stream;
}

/// "Set the associated remote streams", and who is told of it in which order. Before update_transceivers(), which drops
/// what has left the set.
Peer::TrackNews Peer::apply_track_changes(const std::vector<jsep::TrackChange>& changes) {
  TrackNews news;
  for (const jsep::Transceiver& transceiver : connection_.snapshot().transceivers) transceiver_for(transceiver.id);
  std::erase_if(remote_streams_, [](const auto& entry) { return entry.second.expired(); });
  for (const jsep::TrackChange& change : changes) {
    const auto found =
        std::ranges::find(transceivers_, change.transceiver, [](const Transceiver& one) { return one.core->state.id; });
    if (found == transceivers_.end()) continue;
    TransceiverCore& core = *found->core;
    for (const auto& stream : core.streams)
      if (std::ranges::find(change.removed, stream->id()) != change.removed.end())
        news.removed.emplace_back(stream, core.receiver_track);
    core.streams.clear();
    for (const std::string& id : change.streams) core.streams.push_back(remote_stream(id));
    for (const auto& stream : core.streams)
      if (std::ranges::find(change.added, stream->id()) != change.added.end())
        news.added.emplace_back(stream, core.receiver_track);
    if (change.mutes) news.muted.push_back(core.receiver_track);
    if (change.fires)
      news.events.push_back({.receiver = found->object->receiver(),
                             .track = core.receiver_track,
                             .streams = core.streams,
                             .transceiver = found->object});
  }
  return news;
}

/// Brings the objects up to what the description has made of the set. Ends the tracks of what was stopped.
void Peer::update_transceivers(jsep::SdpType type) {
  std::vector<std::shared_ptr<MediaStreamTrack>> ended;
  for (const Transceiver& known : transceivers_) {
    TransceiverCore& core = *known.core;
    if (connection_.transceiver(core.state.id)) {
      const std::vector<std::string> layers = jsep::rids_of(core.state.sender);
      refresh(core);
      // What getParameters() has returned is out of date, also if an offer has proposed layers.
      if (type != jsep::SdpType::Offer || jsep::rids_of(core.state.sender) != layers) core.last_returned.reset();
      if (!core.state.stopped) core.transport = core.section ? transport_object(core.section->transport) : nullptr;
    } else {  // gone from the set
      core.state.direction = jsep::Direction::Inactive;
      core.state.stopping = core.state.stopped = true;
      if (type == jsep::SdpType::Rollback) core.section.reset();
      if (core.section) core.section->current.reset();
      if (core.dtmf) core.dtmf->lists->close();
      core.receiver_lists->close();
      for (const auto side : {Side::Sender, Side::Receiver}) set_transform(known.core, side, nullptr);
    }
    if (core.state.stopping) ended.push_back(core.receiver_track);
  }
  std::erase_if(transceivers_,
                [&](const Transceiver& known) { return !connection_.transceiver(known.core->state.id); });
  for (const auto& track : ended) end_later(track);
}

/// The last steps, in the specification's order. A handler may close the connection: then the rest is silent. What the
/// program itself has put into a stream or taken out of it is no news to it.
void Peer::tell_track_changes(const TrackNews& news) {
  for (const auto& track : news.muted) set_muted(*track->core(), true);
  for (const auto& [stream, track] : news.removed) {
    if (api::remove_track(*stream->core(), track))
      stream->core()->lists->get<"removetrack">()->fire(MediaStreamTrackEvent{track});
  }
  for (const auto& [stream, track] : news.added) {
    if (api::add_track(*stream->core(), track))
      stream->core()->lists->get<"addtrack">()->fire(MediaStreamTrackEvent{track});
  }
  for (const RTCTrackEvent& event : news.events) fire<"track">(event);
}

/// Media Capture and Streams section 4.3.1: a track that ends by itself does so in a task of its own. If the connection
/// has been closed by then, without a word.
void Peer::end_later(const std::shared_ptr<MediaStreamTrack>& track) {
  ++queued_;
  loop_->post([weak = weak_from_this(), track] {
    const auto self = weak.lock();
    if (self) --self->queued_;
    if (self && !self->closed_) {
      end(*track->core());
    } else {
      end_silently(*track->core());
    }
  });
}

}  // namespace parley::api
