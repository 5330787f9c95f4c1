#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/av/file_error.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/media_stream.hpp"
#include "parley/promise.hpp"
#include "parley/rtp_parameters.hpp"

namespace parley::av {

struct FileRecorderCore;

/// How a FileRecorder does its work.
struct FileRecorderOptions {
  /// How long the file waits for tracks that have given nothing yet, since the first one has: containers list their
  /// tracks before everything else. Sound that begins later is recorded nevertheless where it can only be Opus (.webm,
  /// .mp4); everything else that begins later is left out, and `error` says so.
  std::chrono::milliseconds wait_for_tracks{10'000};
  /// Whether an MP4 file is written in fragments of a second, so that whatever ends the program leaves a file that
  /// plays. false: with one index at its end, for players that know no fragments. The other containers survive anyway.
  bool fragments = true;
  /// Where the recorder works and writes. nullptr: the current loop, else EventLoop::shared().
  std::shared_ptr<EventLoop> loop{};
};

/// What a file has got of one track.
struct RecordedTrack {
  /// "audio" or "video".
  std::string kind;
  /// Empty if nothing came.
  std::string mimeType;
  /// How many were written.
  std::uint64_t frames = 0;
  /// Of the first picture, in pixels.
  std::uint16_t width = 0;
  /// Likewise.
  std::uint16_t height = 0;
  /// How the first picture has to be turned before it is shown, in degrees clockwise: a phone held upright. MP4 files
  /// tell it to players, the others cannot.
  std::uint16_t rotation = 0;
};

/// What a file has got.
struct Recording {
  /// In the order in which they were added.
  std::vector<RecordedTrack> tracks;
  /// From the first frame to the last.
  std::chrono::microseconds duration{0};
};

/// The events of a FileRecorder, and what they carry.
using FileRecorderEvents = EventTarget<EventType<"error", FileErrorEvent>>;

/// Writes remote tracks into a file as they arrive; nothing is decoded. By the name's extension:
///   .webm        VP8, VP9, AV1; Opus
///   .mkv         VP8, VP9, AV1, H.264, H.265; Opus, G.711, G.722
///   .mp4         H.264, H.265, VP9, AV1; Opus
///   .ogg, .opus  Opus
/// Video begins with a key frame, for which the peer is asked. Frames are placed by their RTP timestamps; how tracks
/// lie to each other, the peers' reports tell (`common_time` of frames), for which the file waits up to three seconds;
/// without, the arrivals that were fastest. Clocks that run apart are followed, a change of the source and timestamps
/// that leap are no gap. The size of pictures may change within a file, a codec and how they are turned cannot. What is
/// written is on the disk two seconds later. Any thread may call; what arrives is handled, and events are fired, on the
/// recorder's loop.
class PARLEY_EXPORT FileRecorder : public FileRecorderEvents {
 public:
  /// Makes the file, or empties the one that is there. Throws NotSupportedError for another extension, OperationError
  /// if it cannot be written.
  explicit FileRecorder(const std::string& path, const FileRecorderOptions& options = {});
  /// As stop(), and waits for it.
  ~FileRecorder();

  /// Records what arrives from now on. Of simulcast the encoding `rid`; not given: the one whose key frame comes first.
  /// Throws NotSupportedError if the file takes no codec of the track's kind, InvalidStateError after stop() and once
  /// the file has begun.
  void add(const std::shared_ptr<MediaStreamTrack>& track, std::optional<std::string> rid = std::nullopt);

  /// What can be received of a kind and be recorded here, for RTCRtpTransceiver::setCodecPreferences, so that the peer
  /// sends nothing else.
  [[nodiscard]] std::vector<RTCRtpCodec> codecs(std::string_view kind) const;

  /// Leaves out what arrives from now on, and the time that passes, until resume().
  void pause();
  /// Goes on; pictures with a key frame, for which the peer is asked.
  void resume();
  /// Completes the file and tells what is in it; without a single frame there is none. Rejected with OperationError if
  /// it could not be written. Once more: the same again.
  Promise<Recording> stop();
  /// What has been written, or waits to be, so far.
  [[nodiscard]] Recording so_far() const;

  /// NotSupportedError: a track's codec does not fit the file, or has changed, or the track has begun too late; it is
  /// left out from then on.
  /// OperationError: the file cannot be written any further; what it has is completed as far as possible.
  EventHandler<FileErrorEvent> onerror{list<"error">()};

 private:
  std::shared_ptr<FileRecorderCore> core_;
};

}  // namespace parley::av
