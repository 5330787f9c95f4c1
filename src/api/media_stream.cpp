#include "parley/media_stream.hpp"

#include <algorithm>

#include "api/tracks.hpp"
#include "base/random.hpp"
#include "parley/errors.hpp"

namespace parley {
namespace api {

std::string new_uuid() {
  std::string uuid = system_random().text(36, "0123456789abcdef");
  for (const std::size_t at : {8U, 13U, 18U, 23U}) uuid[at] = '-';
  uuid[14] = '4';
  uuid[19] = system_random().text(1, "89ab").front();
  return uuid;
}

std::shared_ptr<MediaStreamTrack> make_remote_track(std::shared_ptr<EventLoop> loop, std::string kind,
                                                    TrackSource::Request request) {
  auto core = std::make_shared<TrackCore>();
  core->source = std::make_shared<TrackSource>(loop, std::move(request));
  core->source->add_track(core);
  core->loop = std::move(loop);
  core->id = new_uuid();
  core->label = "remote " + kind;
  core->kind = std::move(kind);
  core->muted = true;
  return std::make_shared<MediaStreamTrack>(std::move(core));
}

std::shared_ptr<MediaStream> make_stream(std::string id) {
  auto core = std::make_shared<StreamCore>();
  core->id = std::move(id);
  return std::make_shared<MediaStream>(std::move(core));
}

void set_muted(const TrackCore& track, bool muted) {
  for (const auto& one : track.source->live_tracks()) {
    if (one->muted.exchange(muted) == muted) continue;
    if (muted) {
      one->lists->get<"mute">()->fire({"mute"});
    } else {
      one->lists->get<"unmute">()->fire({"unmute"});
    }
  }
}

void end(const TrackCore& track) {
  for (const auto& one : track.source->live_tracks()) {
    if (one->state.exchange(MediaStreamTrackState::Ended) == MediaStreamTrackState::Ended) continue;
    one->lists->get<"ended">()->fire({"ended"});
    one->lists->close();
  }
}

void end_silently(const TrackCore& track) {
  for (const auto& one : track.source->live_tracks())
    if (one->state.exchange(MediaStreamTrackState::Ended) == MediaStreamTrackState::Live) one->lists->close();
}

bool add_track(StreamCore& stream, const std::shared_ptr<MediaStreamTrack>& track) {
  const std::lock_guard lock(stream.mutex);
  const auto same = [&](const auto& one) { return one->id() == track->id(); };
  if (std::ranges::any_of(stream.tracks, same)) return false;
  stream.tracks.push_back(track);
  return true;
}

bool remove_track(StreamCore& stream, const std::shared_ptr<MediaStreamTrack>& track) {
  std::shared_ptr<MediaStreamTrack> removed;  // destroyed after the lock
  const std::lock_guard lock(stream.mutex);
  const auto found = std::ranges::find(stream.tracks, track);
  if (found == stream.tracks.end()) return false;
  removed = std::move(*found);
  stream.tracks.erase(found);
  return true;
}

namespace {

std::vector<std::shared_ptr<MediaStreamTrack>> tracks_of(StreamCore& core, std::string_view kind) {
  const std::lock_guard lock(core.mutex);
  std::vector<std::shared_ptr<MediaStreamTrack>> tracks;
  for (const auto& track : core.tracks)
    if (kind.empty() || track->kind() == kind) tracks.push_back(track);
  return tracks;
}

}  // namespace
}  // namespace api

std::string_view to_string(RTCEncodedVideoFrameType type) {
  return type == RTCEncodedVideoFrameType::Key ? "key" : "delta";
}

std::string_view to_string(MediaStreamTrackState state) {
  return state == MediaStreamTrackState::Live ? "live" : "ended";
}

std::shared_ptr<MediaStreamTrack> MediaStreamTrack::create(std::string_view kind, std::string label,
                                                           const std::shared_ptr<EventLoop>& loop) {
  if (kind != "audio" && kind != "video") throw TypeError("a track is of the kind audio or video");
  auto core = std::make_shared<api::TrackCore>();
  core->loop = loop ? loop : EventLoop::current_or_shared();
  core->id = api::new_uuid();
  core->kind = std::string(kind);
  core->label = std::move(label);
  core->source = std::make_shared<api::TrackSource>(core->loop);
  core->source->add_track(core);
  return std::make_shared<MediaStreamTrack>(std::move(core));
}

MediaStreamTrack::MediaStreamTrack(std::shared_ptr<api::TrackCore> core)
    : MediaStreamTrackEvents(core->lists), core_(std::move(core)) {}
MediaStreamTrack::~MediaStreamTrack() = default;

const std::string& MediaStreamTrack::kind() const { return core_->kind; }
const std::string& MediaStreamTrack::id() const { return core_->id; }
const std::string& MediaStreamTrack::label() const { return core_->label; }
bool MediaStreamTrack::enabled() const { return core_->enabled; }
void MediaStreamTrack::enabled(bool value) {
  // What has been left out meanwhile is missing to whoever gets the next frames.
  if (value && !core_->enabled && core_->source->is_remote()) core_->gate.close();
  if (core_->enabled.exchange(value) || !value || core_->kind != "video") return;
  if (!core_->source->is_remote()) core_->source->begin_anew(*core_);
  core_->source->request_key_frame("");
}
bool MediaStreamTrack::muted() const { return core_->muted; }
MediaStreamTrackState MediaStreamTrack::readyState() const { return core_->state; }

std::shared_ptr<MediaStreamTrack> MediaStreamTrack::clone() const {
  auto core = std::make_shared<api::TrackCore>();
  core->loop = core_->loop;
  core->id = api::new_uuid();
  core->kind = core_->kind;
  core->label = core_->label;
  core->enabled = core_->enabled.load();
  core->muted = core_->muted.load();
  core->state = core_->state.load();
  core->source = core_->source;
  core->source->add_track(core);
  return std::make_shared<MediaStreamTrack>(std::move(core));
}

void MediaStreamTrack::stop() {
  if (core_->state.exchange(MediaStreamTrackState::Ended) == MediaStreamTrackState::Live) core_->lists->close();
}

namespace {

void write_to(const api::TrackCore& core, std::string_view kind, api::EncodedFrame&& frame) {
  if (core.kind != kind) throw TypeError("the frame is of the other kind");
  if (core.source->is_remote()) throw InvalidStateError("a remote track is written by its peer");
  core.source->deliver(std::move(frame), api::TrackSource::Listeners::No);
}

}  // namespace

void MediaStreamTrack::write(RTCEncodedVideoFrame frame) { write_to(*core_, "video", std::move(frame)); }
void MediaStreamTrack::write(RTCEncodedAudioFrame frame) { write_to(*core_, "audio", std::move(frame)); }

void MediaStreamTrack::write(const RTCRtpPacket& packet) {
  if (!packet.mimeType.empty() && !packet.mimeType.starts_with(core_->kind + '/'))
    throw TypeError("the packet is of the other kind");
  if (core_->source->is_remote()) throw InvalidStateError("a remote track is written by its peer");
  core_->source->deliver(packet);
}

void MediaStreamTrack::request_key_frame(const std::string& rid) {
  if (core_->source->is_remote()) {
    core_->source->request_layer(rid);
  } else {
    core_->source->request_key_frame(rid);
  }
}

std::shared_ptr<MediaStream> MediaStream::create(const std::vector<std::shared_ptr<MediaStreamTrack>>& tracks) {
  auto stream = api::make_stream(api::new_uuid());
  for (const auto& track : tracks) stream->addTrack(track);
  return stream;
}

MediaStream::MediaStream(std::shared_ptr<api::StreamCore> core)
    : MediaStreamEvents(core->lists), core_(std::move(core)) {}
MediaStream::~MediaStream() = default;

const std::string& MediaStream::id() const { return core_->id; }

bool MediaStream::active() const {
  return std::ranges::any_of(getTracks(),
                             [](const auto& track) { return track->readyState() == MediaStreamTrackState::Live; });
}

std::vector<std::shared_ptr<MediaStreamTrack>> MediaStream::getAudioTracks() const {
  return api::tracks_of(*core_, "audio");
}
std::vector<std::shared_ptr<MediaStreamTrack>> MediaStream::getVideoTracks() const {
  return api::tracks_of(*core_, "video");
}
std::vector<std::shared_ptr<MediaStreamTrack>> MediaStream::getTracks() const { return api::tracks_of(*core_, ""); }

std::shared_ptr<MediaStreamTrack> MediaStream::getTrackById(std::string_view id) const {
  for (auto& track : getTracks())
    if (track->id() == id) return track;
  return nullptr;
}

void MediaStream::addTrack(const std::shared_ptr<MediaStreamTrack>& track) {
  if (!track) throw TypeError("addTrack needs a track");
  api::add_track(*core_, track);
}

void MediaStream::removeTrack(const std::shared_ptr<MediaStreamTrack>& track) {
  if (!track) throw TypeError("removeTrack needs a track");
  api::remove_track(*core_, track);
}

std::shared_ptr<MediaStream> MediaStream::clone() const {
  auto stream = api::make_stream(api::new_uuid());
  for (const auto& track : getTracks()) stream->addTrack(track->clone());
  return stream;
}

}  // namespace parley
