#include "parley/av/file_player.hpp"

#include <chrono>
#include <utility>

#include "av/demuxer.hpp"
#include "av/playback.hpp"

namespace parley::av {

using Clock = std::chrono::steady_clock;

/// Touched on the loop only, but for what is constant.
struct FilePlayerCore {
  FilePlayerCore(const std::string& path, const FilePlayerOptions& options,
                 std::shared_ptr<FilePlayerEvents::Lists> event_lists);

  static void run(const std::shared_ptr<FilePlayerCore>& core);
  void give(Unit&& unit) const;
  void end();
  void fail(const DOMException& error);
  void close();

  const std::shared_ptr<EventLoop> loop;
  Demuxer demuxer;
  Playback playback;
  const std::optional<microseconds> duration{demuxer.duration()};
  std::string video_codec, audio_codec;
  std::shared_ptr<MediaStreamTrack> video, audio;
  std::shared_ptr<MediaStream> stream;
  std::shared_ptr<FilePlayerEvents::Lists> lists;
  std::optional<PromiseResolver<void>> ended;  // if somebody waits
  std::optional<DOMException> failed;
  std::uint64_t serial = 0;  // of the newest wake-up: older ones are void
};

FilePlayerCore::FilePlayerCore(const std::string& path, const FilePlayerOptions& options,
                               std::shared_ptr<FilePlayerEvents::Lists> event_lists)
    : loop(options.loop ? options.loop : EventLoop::current_or_shared()),
      demuxer(path),
      playback(demuxer,
               options.at_end == FilePlayerOptions::AtEnd::Stop ? Playback::AtEnd::Stop : Playback::AtEnd::BeginAgain),
      stream(MediaStream::create()),
      lists(std::move(event_lists)) {
  if (demuxer.video()) {
    video_codec = demuxer.video()->mime_type;
    video = MediaStreamTrack::create("video", path, loop);
    stream->addTrack(video);
  }
  if (demuxer.audio()) {
    audio_codec = *demuxer.audio();
    audio = MediaStreamTrack::create("audio", path, loop);
    stream->addTrack(audio);
  }
}

/// Gives what is due, and comes again when something is.
void FilePlayerCore::run(const std::shared_ptr<FilePlayerCore>& core) {
  const std::uint64_t serial = ++core->serial;
  try {
    const auto now = Clock::now();
    while (auto unit = core->playback.next(now)) core->give(*std::move(unit));
  } catch (const DOMException& error) {
    return core->fail(error);
  }
  if (core->playback.at_end()) return core->end();
  const auto next = core->playback.next_deadline();
  if (!next) return;
  core->loop->after(*next - Clock::now(), [weak = std::weak_ptr(core), serial] {
    if (const auto core = weak.lock(); core && core->serial == serial) run(core);
  });
}

void FilePlayerCore::give(Unit&& unit) const {
  if (unit.kind == Kind::Audio) {
    RTCEncodedAudioFrame frame{.data = std::move(unit.data), .timestamp = unit.show_at};
    frame.metadata.mimeType = audio_codec;
    audio->write(std::move(frame));
    return;
  }
  RTCEncodedVideoFrame frame{.type = unit.key ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta,
                             .data = std::move(unit.data),
                             .timestamp = unit.show_at};
  frame.metadata.mimeType = video_codec;
  frame.metadata.rotation = demuxer.video()->rotation;  // how large it is, key frames say themselves
  video->write(std::move(frame));
}

void FilePlayerCore::end() {
  if (ended) std::exchange(ended, std::nullopt)->resolve();
  loop->post([lists = lists] { lists->get<"ended">()->fire({"ended"}); });
}

void FilePlayerCore::fail(const DOMException& error) {
  playback.pause(Clock::now());
  failed = error;
  if (ended) std::exchange(ended, std::nullopt)->reject(DataError(error.message()));
  loop->post([lists = lists, error] { lists->get<"error">()->fire({error}); });
}

void FilePlayerCore::close() {
  ++serial;
  for (const auto& track : {video, audio})
    if (track) track->stop();
  ended.reset();
  lists->close();
}

FilePlayer::FilePlayer(const std::string& path, const FilePlayerOptions& options)
    : core_(std::make_shared<FilePlayerCore>(path, options, lists())) {
  if (!core_->video) return;
  core_->video->addEventListener<"keyframerequest">([weak = std::weak_ptr(core_)] {
    const auto core = weak.lock();
    if (!core || core->failed) return;
    core->playback.want_key_frame(Clock::now());
    if (core->playback.is_playing()) FilePlayerCore::run(core);
  });
}

FilePlayer::~FilePlayer() {
  try {
    core_->loop->run([this] { core_->close(); });
  } catch (const AbortError&) {  // the loop has ended, and with it everything on it
  }
}

const std::shared_ptr<MediaStream>& FilePlayer::stream() const { return core_->stream; }
std::shared_ptr<MediaStreamTrack> FilePlayer::video_track() const { return core_->video; }
std::shared_ptr<MediaStreamTrack> FilePlayer::audio_track() const { return core_->audio; }
const std::string& FilePlayer::video_codec() const { return core_->video_codec; }
const std::string& FilePlayer::audio_codec() const { return core_->audio_codec; }

void FilePlayer::play() {
  // A handler of what is played at once may destroy the player.
  core_->loop->run([core = core_] {
    if (core->failed || core->playback.is_playing()) return;
    try {
      core->playback.play(Clock::now());
    } catch (const DOMException& error) {
      return core->fail(error);
    }
    FilePlayerCore::run(core);
  });
}

void FilePlayer::pause() {
  core_->loop->run([this] {
    ++core_->serial;
    core_->playback.pause(Clock::now());
  });
}

void FilePlayer::seek(std::chrono::microseconds position) {
  core_->loop->run([core = core_, position] {
    if (core->failed) return;
    try {
      core->playback.seek(position, Clock::now());
    } catch (const DOMException& error) {
      return core->fail(error);
    }
    if (core->playback.is_playing()) FilePlayerCore::run(core);
  });
}

std::chrono::microseconds FilePlayer::position() const {
  return core_->loop->run([this] { return core_->playback.position(); });
}

std::optional<std::chrono::microseconds> FilePlayer::duration() const { return core_->duration; }

Promise<void> FilePlayer::ended() const {
  return core_->loop->run([this] {
    if (core_->failed) return Promise<void>::reject(DataError(core_->failed->message()));
    if (core_->playback.at_end()) return Promise<void>::resolve();
    if (!core_->ended) core_->ended.emplace(core_->loop.get());
    return core_->ended->promise();
  });
}

}  // namespace parley::av
