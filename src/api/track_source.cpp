#include "api/track_source.hpp"

#include <algorithm>

#include "api/peer.hpp"
#include "api/tracks.hpp"

namespace parley::api {
namespace {

bool passes(const TrackCore& track) { return track.enabled && track.state == MediaStreamTrackState::Live; }

void fire_frame(const TrackCore& track, const EncodedFrame& frame) {
  if (const auto* video = std::get_if<RTCEncodedVideoFrame>(&frame)) {
    if (!track.lists->get<"videoframe">()->empty()) track.lists->get<"videoframe">()->fire(*video);
  } else if (const auto* audio = std::get_if<RTCEncodedAudioFrame>(&frame)) {
    if (!track.lists->get<"audioframe">()->empty()) track.lists->get<"audioframe">()->fire(*audio);
  }
}

void send(const std::weak_ptr<TransceiverCore>& sender, const EncodedFrame& frame) {
  const auto core = sender.lock();
  const auto peer = core ? core->peer.lock() : nullptr;
  if (peer) peer->send_frame(*core, frame);
}

}  // namespace

void TrackSource::add_track(const std::shared_ptr<TrackCore>& track) {
  const std::lock_guard lock(mutex_);
  std::erase_if(tracks_, [](const auto& known) { return known.expired(); });
  tracks_.push_back(track);
}

void TrackSource::add_sender(const std::shared_ptr<TrackCore>& track, const std::shared_ptr<TransceiverCore>& sender) {
  const std::lock_guard lock(mutex_);
  auto senders = std::make_shared<Senders>(*senders_);
  std::erase_if(*senders, [&](const Sending& known) { return known.key == sender.get() || known.sender.expired(); });
  senders->push_back({track, sender->loop, sender, sender.get()});
  senders_ = std::move(senders);
}

void TrackSource::remove_sender(const TransceiverCore& sender) {
  const std::lock_guard lock(mutex_);
  auto senders = std::make_shared<Senders>(*senders_);
  std::erase_if(*senders, [&](const Sending& known) { return known.key == &sender; });
  senders_ = std::move(senders);
}

void TrackSource::deliver(EncodedFrame frame, Listeners listeners) {
  std::shared_ptr<const Senders> senders;
  std::vector<std::weak_ptr<TrackCore>> tracks;
  {
    const std::lock_guard lock(mutex_);
    senders = senders_;
    if (listeners == Listeners::Yes) tracks = tracks_;
  }
  std::shared_ptr<const EncodedFrame> shared;  // made when somebody on another loop needs it
  for (const Sending& sending : *senders) {
    const auto track = sending.track.lock();
    if (!track || !passes(*track)) continue;
    if (sending.loop->is_current()) {
      send(sending.sender, shared ? *shared : frame);
      continue;
    }
    if (!shared) shared = std::make_shared<const EncodedFrame>(std::move(frame));
    sending.loop->post([sender = sending.sender, shared] { send(sender, *shared); });
  }
  for (const auto& weak : tracks)
    if (const auto track = weak.lock(); track && passes(*track)) fire_frame(*track, shared ? *shared : frame);
}

void TrackSource::request_key_frame(const std::string& rid) {
  if (!loop_->is_current()) {
    std::vector<std::weak_ptr<TrackCore>> tracks;
    {
      const std::lock_guard lock(mutex_);
      tracks = tracks_;
    }
    // The source lives as long as one of its tracks.
    loop_->post([tracks = std::move(tracks), rid] {
      for (const auto& weak : tracks)
        if (const auto track = weak.lock()) return track->source->request_key_frame(rid);
    });
    return;
  }
  if (request_) return request_();
  std::vector<std::weak_ptr<TrackCore>> tracks;
  {
    const std::lock_guard lock(mutex_);
    tracks = tracks_;
  }
  for (const auto& weak : tracks)
    if (const auto track = weak.lock(); track && track->state == MediaStreamTrackState::Live)
      track->lists->get<"keyframerequest">()->fire(KeyFrameRequestEvent{rid});
}

}  // namespace parley::api
