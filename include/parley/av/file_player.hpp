#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "parley/av/file_error.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/media_stream.hpp"
#include "parley/promise.hpp"

namespace parley::av {

struct FilePlayerCore;

/// How a FilePlayer does its work.
struct FilePlayerOptions {
  /// What happens at the end of the file.
  enum class AtEnd { Stop, BeginAgain };
  /// What happens at the end of the file.
  AtEnd at_end = AtEnd::Stop;
  /// Whose tracks they are. nullptr: the current loop, else EventLoop::shared().
  std::shared_ptr<EventLoop> loop{};
};

/// The events of a FilePlayer, and what they carry.
using FilePlayerEvents = EventTarget<EventType<"ended", Event>, EventType<"error", FileErrorEvent>>;

/// Plays a file into tracks, as it is: its frames are sent as they were encoded, when they are due. Files: IVF, H.264
/// and H.265 byte streams (Annex B), Ogg with Opus, WebM and Matroska, MP4; codecs: VP8, VP9, AV1, H.264, H.265, Opus.
/// The peer has to know the file's codec, which is not changed. A receiver that asks for a key frame gets the last one
/// of the file again and what came after it: with key frames every second or two nobody sees more than a small
/// repetition. Frames that are shown in another order than they are decoded (B frames) are sent, but browsers play them
/// badly. Any thread may call; events are fired on the loop. The file is read on the loop, too: not over a slow
/// network.
class PARLEY_EXPORT FilePlayer : public FilePlayerEvents {
 public:
  /// Opens the file, paused at its beginning. Throws NotFoundError if there is none, NotReadableError if it cannot be
  /// read, DataError if it is broken or of another kind, NotSupportedError if nothing in it is of a codec above.
  explicit FilePlayer(const std::string& path, const FilePlayerOptions& options = {});
  /// Ends the tracks. No handler runs afterwards.
  ~FilePlayer();

  /// The tracks that the file has, of a stream of their own: for `addTrack(track, player.stream())`.
  [[nodiscard]] const std::shared_ptr<MediaStream>& stream() const;
  /// nullptr if it has none.
  [[nodiscard]] std::shared_ptr<MediaStreamTrack> video_track() const;
  /// nullptr if it has none.
  [[nodiscard]] std::shared_ptr<MediaStreamTrack> audio_track() const;
  /// "video/VP8"; empty if it has none.
  [[nodiscard]] const std::string& video_codec() const;
  /// "audio/opus"; empty if it has none.
  [[nodiscard]] const std::string& audio_codec() const;

  /// Begins, goes on, or after the end begins again.
  void play();
  /// Stops where it is, until play().
  void pause();
  /// Goes on, or begins with the next play(), at that time since the file's beginning: with the last key frame that is
  /// not later, and sound from there on. Receivers see a cut and no gap. Beyond the end: the last key frame.
  void seek(std::chrono::microseconds position);
  /// Where in the file it is; after seek() where it has found its key frame.
  [[nodiscard]] std::chrono::microseconds position() const;
  /// How long the file is, if it says so: bare byte streams of H.264 and H.265 do not.
  [[nodiscard]] std::optional<std::chrono::microseconds> duration() const;
  /// Settles at the file's end, at once if it is there; rejected with DataError if the file turns out to be broken,
  /// with AbortError if the player is destroyed before.
  [[nodiscard]] Promise<void> ended() const;

  /// The end has been reached, and the file is not begun again.
  EventHandler<Event> onended{list<"ended">()};
  /// The file turned out to be broken; the tracks give nothing any more.
  EventHandler<FileErrorEvent> onerror{list<"error">()};

 private:
  std::shared_ptr<FilePlayerCore> core_;
};

}  // namespace parley::av
