#include "api/track_source.hpp"

#include <algorithm>
#include <utility>

#include "api/peer.hpp"
#include "api/tracks.hpp"
#include "base/reactor.hpp"
#include "base/shared_bytes.hpp"

namespace parley::api {
namespace {

bool passes(const TrackCore& track) { return track.enabled && track.state == MediaStreamTrackState::Live; }

template <class Media>
bool passes(TrackCore& track, const Media& /*media*/) {
  return passes(track);
}
bool passes(TrackCore& track, const EncodedFrame& frame) {
  const auto* const video = std::get_if<RTCEncodedVideoFrame>(&frame);
  if (!passes(track)) return false;
  if (video == nullptr || track.gate.passes(*video)) return true;
  track.source->request_layer(video->metadata.rid);  // again: what asked for it first may have been lost
  return false;
}

void fire_media(const TrackCore& track, const EncodedFrame& frame) {
  if (const auto* video = std::get_if<RTCEncodedVideoFrame>(&frame)) {
    track.lists->get<"videoframe">()->fire_kept(*video);
  } else if (const auto* audio = std::get_if<RTCEncodedAudioFrame>(&frame)) {
    track.lists->get<"audioframe">()->fire_kept(*audio);
  }
}

template <class Media>
void send(const std::weak_ptr<TransceiverCore>& sender, const Media& media) {
  const auto core = sender.lock();
  const auto peer = core ? core->peer.lock() : nullptr;
  if (peer) peer->send_media(*core, media);
}

using Packets = std::vector<RTCRtpPacket>;

void send(const std::weak_ptr<TransceiverCore>& sender, const Packets& packets) {
  const auto core = sender.lock();
  const auto peer = core ? core->peer.lock() : nullptr;
  if (!peer) return;
  for (const RTCRtpPacket& packet : packets) peer->send_media(*core, packet);
}

/// With a payload that lasts.
RTCRtpPacket lasting(const RTCRtpPacket& packet) {
  RTCRtpPacket copy = packet;
  if (!copy.owner) {
    auto payload = share(packet.payload);
    copy.payload = {payload.get(), packet.payload.size()};
    copy.owner = std::move(payload);
  }
  return copy;
}

}  // namespace

template <class Media, class Share>
void TrackSource::fan_out(const Senders& senders, const Media& media, Share share) {
  std::shared_ptr<const Media> shared;
  for (const Sending& sending : senders) {
    const auto track = sending.track.lock();
    if (!track || !passes(*track, media)) continue;
    if (sending.loop->is_current()) {
      send(sending.sender, media);
    } else {
      if (!shared) shared = share();
      sending.loop->post([sender = sending.sender, shared] { send(sender, *shared); });
    }
  }
}

/// Packets of one turn of the loop, and who gets them.
class TrackSource::Outbox {
 public:
  explicit Outbox(EventLoop& loop) : reactor_(loop.reactor()) {}
  static void push(const std::shared_ptr<Outbox>& self, RTCRtpPacket packet,
                   const std::shared_ptr<const Senders>& senders) {
    if (self->senders_ != senders || self->packets_.size() >= kMost) self->flush();
    self->senders_ = senders;
    self->packets_.push_back(std::move(packet));
    if (std::exchange(self->due_, true)) return;
    self->reactor_.at_turn_end([self] {
      self->due_ = false;
      self->flush();
    });
  }
  void flush() {
    if (packets_.empty()) return;
    Packets packets = std::exchange(packets_, {});
    fan_out(*std::exchange(senders_, nullptr), packets, [&] { return std::make_shared<const Packets>(packets); });
    packets.clear();
    if (packets_.empty()) packets_ = std::move(packets);  // for its memory
  }

 private:
  static constexpr std::size_t kMost = 64;
  Reactor& reactor_;
  Packets packets_;
  std::shared_ptr<const Senders> senders_;
  bool due_ = false;
};

void TrackSource::add_track(const std::shared_ptr<TrackCore>& track) {
  const std::lock_guard lock(mutex_);
  auto tracks = std::make_shared<Tracks>(*tracks_);
  std::erase_if(*tracks, [](const auto& known) { return known.expired(); });
  tracks->push_back(track);
  tracks_ = std::move(tracks);
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
  if (loop_->is_current() && outbox_) outbox_->flush();
  auto shared = std::make_shared<const EncodedFrame>(std::move(frame));
  fan_out(*senders(), *shared, [&] { return shared; });
  if (listeners == Listeners::No) return;
  for (const auto all = tracks(); const auto& weak : *all)
    if (const auto track = weak.lock(); track && passes(*track, *shared)) fire_media(*track, *shared);
}

void TrackSource::deliver(const RTCRtpPacket& packet) {
  const auto all = senders();
  if (all->empty()) return;
  if (!loop_->is_current())
    return fan_out(*all, packet, [&] { return std::make_shared<const RTCRtpPacket>(lasting(packet)); });
  if (!outbox_) outbox_ = std::make_shared<Outbox>(*loop_);
  Outbox::push(outbox_, lasting(packet), all);
}

// Who lets go of a track's last reference does so without the lock: what ends with it may come back here.
std::shared_ptr<const TrackSource::Tracks> TrackSource::tracks() {
  const std::lock_guard lock(mutex_);
  return tracks_;
}
std::shared_ptr<const TrackSource::Senders> TrackSource::senders() {
  const std::lock_guard lock(mutex_);
  return senders_;
}

std::shared_ptr<const TrackSource::Tracks> TrackSource::packet_listeners() {
  auto all = tracks();
  const bool any = std::ranges::any_of(*all, [](const auto& weak) {
    const auto track = weak.lock();
    return track && !track->lists->template get<"rtp">()->empty();
  });
  return any ? std::move(all) : nullptr;
}

void TrackSource::fire(const Tracks& tracks, const RTCRtpPacket& packet) {
  for (const auto& weak : tracks)
    if (const auto track = weak.lock(); track && passes(*track)) track->lists->get<"rtp">()->fire_kept(packet);
}

std::vector<std::shared_ptr<TrackCore>> TrackSource::live_tracks() {
  std::vector<std::shared_ptr<TrackCore>> live;
  for (const auto all = tracks(); const auto& weak : *all)
    if (auto track = weak.lock(); track && track->state == MediaStreamTrackState::Live)
      live.push_back(std::move(track));
  return live;
}

/// Calls `act` with the tracks, on the source's loop. They keep the source alive until then.
template <class Act>
void TrackSource::on_loop(Act act) {
  auto tracks = live_tracks();
  if (loop_->is_current()) {
    act(tracks);
  } else {
    loop_->post([tracks = std::move(tracks), act = std::move(act)] { act(tracks); });
  }
}

void TrackSource::request_key_frame(const std::string& rid, const std::shared_ptr<RTCRtpSender>& sender) {
  on_loop([request = request_, rid, sender](const auto& tracks) {
    if (request) return request("");
    for (const auto& track : tracks)
      track->lists->template get<"keyframerequest">()->fire(KeyFrameRequestEvent{rid, sender});
  });
}

void TrackSource::begin_anew(const TrackCore& track) {
  const auto all = senders();
  for (const Sending& sending : *all) {
    if (sending.track.lock().get() != &track) continue;
    auto begin = [sender = sending.sender] {
      const auto core = sender.lock();
      if (const auto peer = core ? core->peer.lock() : nullptr) peer->begin_anew(*core);
    };
    if (sending.loop->is_current()) {
      begin();
    } else {
      sending.loop->post(std::move(begin));
    }
  }
}

void TrackSource::request_layer(const std::string& rid) {
  on_loop([request = request_, rid](const auto& /*tracks*/) { request(rid); });
}

void TrackSource::tell_target(double bits_per_second, const std::shared_ptr<RTCRtpSender>& sender) {
  if (is_remote()) return;
  on_loop([bits_per_second, sender](const auto& tracks) {
    for (const auto& track : tracks)
      track->lists->template get<"targetbitrate">()->fire(TargetBitrateEvent{bits_per_second, sender});
  });
}

void TrackSource::tell_loss(double fraction, const std::shared_ptr<RTCRtpSender>& sender) {
  if (is_remote()) return;
  on_loop([fraction, sender](const auto& tracks) {
    for (const auto& track : tracks)
      track->lists->template get<"packetloss">()->fire(PacketLossEvent{fraction, sender});
  });
}

}  // namespace parley::api
