#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/key_frame_gate.hpp"
#include "api/track_source.hpp"
#include "parley/event_loop.hpp"
#include "parley/media_stream.hpp"

/// What is behind tracks and streams.
namespace parley::api {

/// Members may be read anywhere; `muted` and the end are the loop's business, but for MediaStreamTrack::stop().
struct TrackCore {
  std::shared_ptr<EventLoop> loop;
  std::string id, kind, label;  // constant
  std::shared_ptr<MediaStreamTrackEvents::Lists> lists = std::make_shared<MediaStreamTrackEvents::Lists>();
  std::atomic<bool> enabled = true;
  KeyFrameGate gate;  // of a remote track: closed when it is enabled again
  std::atomic<bool> muted = false;
  std::atomic<MediaStreamTrackState> state = MediaStreamTrackState::Live;
  std::shared_ptr<TrackSource> source;  // constant; clones share it
};

struct StreamCore {
  std::string id;  // constant
  std::shared_ptr<MediaStreamEvents::Lists> lists = std::make_shared<MediaStreamEvents::Lists>();
  std::mutex mutex;
  std::vector<std::shared_ptr<MediaStreamTrack>> tracks;
};

/// A version 4 UUID (RFC 9562 section 5.4), as browsers name tracks and streams.
std::string new_uuid();

/// The track of a receiver: muted until media arrives. `request` asks the peer for a key frame.
std::shared_ptr<MediaStreamTrack> make_remote_track(std::shared_ptr<EventLoop> loop, std::string kind,
                                                    TrackSource::Request request);
std::shared_ptr<MediaStream> make_stream(std::string id);

/// Media Capture and Streams section 4.2, "add a track" and "remove a track": whether the set has changed, which is
/// when there is an event.
bool add_track(StreamCore& stream, const std::shared_ptr<MediaStreamTrack>& track);
bool remove_track(StreamCore& stream, const std::shared_ptr<MediaStreamTrack>& track);

/// What happens to a source and so to all its tracks, clones as well, with their events: "set a track's muted state"
/// and "the track ended" of Media Capture and Streams section 4.3.1. On the source's loop.
void set_muted(const TrackCore& track, bool muted);
void end(const TrackCore& track);
/// Without a word.
void end_silently(const TrackCore& track);

}  // namespace parley::api
