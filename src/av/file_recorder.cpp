#include "parley/av/file_recorder.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "av/muxer.hpp"
#include "av/recording_track.hpp"
#include "parley/errors.hpp"
#include "parley/rtp_transceiver.hpp"

namespace parley::av {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

/// What waits for the file's beginning; with more it begins without the tracks that are missing.
constexpr std::size_t kMostWaiting = 32U << 20;
/// How often a key frame is asked for while there is none.
constexpr auto kAskAgain = 1s;
/// How long a file whose tracks have begun waits for the peers' clocks: browsers tell of sound's after three seconds.
constexpr auto kWaitForClocks = 3s;

/// Without a time of its own, as a transform may have made it, a frame is from now.
microseconds time_of(const std::optional<microseconds>& timestamp) {
  return timestamp.value_or(std::chrono::duration_cast<microseconds>(Clock::now().time_since_epoch()));
}

IncomingFrame incoming(const RTCEncodedVideoFrame& frame) {
  return {.key = frame.type == RTCEncodedVideoFrameType::Key,
          .data = frame.data,
          .timestamp = time_of(frame.timestamp),
          .mime_type = frame.metadata.mimeType,
          .rid = frame.metadata.rid,
          .width = frame.metadata.width,
          .height = frame.metadata.height,
          .rotation = frame.metadata.rotation,
          .source = frame.metadata.synchronizationSource.value_or(0),
          .arrival = Clock::now(),
          .received = frame.metadata.receiveTime,
          .made = frame.metadata.common_time};
}

IncomingFrame incoming(const RTCEncodedAudioFrame& frame) {
  return {.data = frame.data,
          .timestamp = time_of(frame.timestamp),
          .mime_type = frame.metadata.mimeType,
          .source = frame.metadata.synchronizationSource.value_or(0),
          .arrival = Clock::now(),
          .received = frame.metadata.receiveTime,
          .made = frame.metadata.common_time};
}

}  // namespace

/// Touched on the loop only, but for what is constant.
struct FileRecorderCore {
  FileRecorderCore(const std::string& path, const FileRecorderOptions& options,
                   std::shared_ptr<FileRecorderEvents::Lists> event_lists)
      : loop(options.loop ? options.loop : EventLoop::current_or_shared()),
        wait_for_tracks(options.wait_for_tracks),
        muxer(path, options.fragments ? Muxer::Mp4::Fragments : Muxer::Mp4::OneIndex),
        lists(std::move(event_lists)) {}

  struct Track {
    std::shared_ptr<MediaStreamTrack> track;
    RecordingTrack recording;
    std::vector<ScopedEventListener> listeners;
    std::vector<std::uint8_t> first;    // a copy, until the header is written
    std::optional<std::size_t> stream;  // in the file
    TimePoint asked{};                  // for a key frame
    bool needs_key_frame = false;       // after a pause
    bool left_out = false;              // as it came too late, and that has been said
    bool told = false;                  // when its frames were made
    std::optional<TimePoint> shown;     // the latest that is in the file
    RecordedTrack result;
  };
  struct Waiting {
    std::size_t track;
    Sample sample;
    Moment moment;
    TimePoint::duration left_out;  // before it, in pauses
  };

  template <class Frame>
  static std::function<void(const Frame&)> handler(const std::shared_ptr<FileRecorderCore>& core, std::size_t index);
  static void take(const std::shared_ptr<FileRecorderCore>& core, std::size_t index, IncomingFrame&& frame);
  [[nodiscard]] const CodecEntry* expected_codec(const Track& track) const;
  void leave_out(Track& track);
  void begin_track(Track& track, const IncomingFrame& frame);
  void keep(Waiting&& one);
  [[nodiscard]] bool aligned() const;
  [[nodiscard]] bool complete() const;
  void begin();
  void place_tracks(const std::vector<Waiting>& kept);
  void write(Waiting& one);
  void ask(Track& track);
  void tell(const DOMException& error);
  void stop();
  [[nodiscard]] Recording result() const;

  const std::shared_ptr<EventLoop> loop;
  const std::chrono::milliseconds wait_for_tracks;
  Muxer muxer;
  std::shared_ptr<FileRecorderEvents::Lists> lists;
  std::deque<Track> tracks;  // they stay where they are
  std::vector<Waiting> waiting;
  std::size_t waiting_bytes = 0;
  std::optional<TimePoint> zero;  // the first arrival, and then the earliest of what waited
  TimePoint last{};
  std::optional<TimePoint> paused_at;
  TimePoint::duration left_out{0};  // in pauses
  bool begun = false, stopped = false;
  std::optional<DOMException> failed;  // the file, not a track
};

/// On the track's loop, which may be another one.
template <class Frame>
std::function<void(const Frame&)> FileRecorderCore::handler(const std::shared_ptr<FileRecorderCore>& core,
                                                            std::size_t index) {
  return [weak = std::weak_ptr(core), index](const Frame& frame) {
    const auto core = weak.lock();
    if (!core) return;
    IncomingFrame taken = incoming(frame);
    if (core->loop->is_current()) return take(core, index, std::move(taken));
    core->loop->post([weak, index, taken = std::move(taken)]() mutable {
      if (const auto core = weak.lock()) take(core, index, std::move(taken));
    });
  };
}

void FileRecorderCore::take(const std::shared_ptr<FileRecorderCore>& core, std::size_t index, IncomingFrame&& frame) {
  if (core->stopped || core->failed) return;
  Track& track = core->tracks.at(index);
  if (core->begun && !track.stream) return core->leave_out(track);
  const Moment moment{.timestamp = frame.timestamp,
                      .arrival = frame.arrival,
                      .made = track.recording.wall_clock.steady(frame),
                      .source = frame.source};
  if (core->paused_at && !track.stream) return;
  switch (track.recording.judge(frame, core->muxer.container())) {
    case RecordingTrack::Verdict::Leave:
      return;
    case RecordingTrack::Verdict::NeedsKeyFrame:
      return core->ask(track);
    case RecordingTrack::Verdict::WrongCodec:
      core->tell(NotSupportedError("a ." + std::string(core->muxer.container().extension) + " file cannot go on with " +
                                   frame.mime_type));
      if (!core->begun && core->complete() && !core->waiting.empty()) core->begin();
      return;
    case RecordingTrack::Verdict::Take:
      break;
  }
  if (core->paused_at) return static_cast<void>(track.recording.timeline.place(moment));  // clocks run on
  if (track.needs_key_frame && !frame.key) return core->ask(track);
  track.needs_key_frame = false;
  if (!core->zero) {
    core->zero = frame.arrival - core->left_out;
    core->loop->after(core->wait_for_tracks, [weak = std::weak_ptr(core)] {
      if (const auto core = weak.lock(); core && !core->begun && !core->stopped) core->begin();
    });
  }
  if (track.result.frames == 0) core->begin_track(track, frame);
  ++track.result.frames;
  track.told = track.told || Timeline::is_told(moment);
  core->keep({.track = index,
              .sample = {.stream = 0, .key = frame.key, .data = std::move(frame.data), .show_at = {}},
              .moment = moment,
              .left_out = core->left_out});
}

/// What is in the file's header can only be this, whatever is said of it later.
const CodecEntry* FileRecorderCore::expected_codec(const Track& track) const {
  const bool may_come = track.recording.kind() == Kind::Audio && !track.recording.refused() &&
                        track.track->readyState() != MediaStreamTrackState::Ended;
  return may_come ? only_sound(muxer.container()) : nullptr;
}

void FileRecorderCore::leave_out(Track& track) {
  if (std::exchange(track.left_out, true) || track.recording.refused()) return;
  tell(NotSupportedError("a track of " + track.result.kind + " has begun when the file's header had been written"));
}

void FileRecorderCore::begin_track(Track& track, const IncomingFrame& frame) {
  track.result.mimeType = std::string(track.recording.codec()->mime_type);
  track.result.width = frame.width;
  track.result.height = frame.height;
  track.result.rotation = frame.rotation;
  track.first = frame.data;
}

void FileRecorderCore::keep(Waiting&& one) {
  if (begun) return write(one);
  waiting_bytes += one.sample.data.size() + sizeof(Waiting);
  const TimePoint arrival = one.moment.arrival - one.left_out;
  last = std::max(last, arrival);
  waiting.push_back(std::move(one));
  const bool patient = arrival - *zero < kWaitForClocks && !aligned();
  if ((complete() && !patient) || waiting_bytes > kMostWaiting) begin();
}

/// Whether it is known how the tracks lie beside each other.
bool FileRecorderCore::aligned() const {
  if (tracks.size() < 2) return true;
  return std::ranges::all_of(tracks,
                             [](const Track& track) { return track.recording.codec() == nullptr || track.told; });
}

/// Whether every track has begun that ever will.
bool FileRecorderCore::complete() const {
  return std::ranges::all_of(tracks, [](const Track& track) {
    return track.recording.codec() != nullptr || track.recording.refused() ||
           track.track->readyState() == MediaStreamTrackState::Ended;
  });
}

void FileRecorderCore::begin() {
  begun = true;
  try {
    for (Track& track : tracks) {
      const bool late = track.recording.codec() == nullptr;
      const CodecEntry* const codec = late ? expected_codec(track) : track.recording.codec();
      if (codec == nullptr) continue;
      track.stream = muxer.add_stream({.codec = codec,
                                       .width = track.result.width,
                                       .height = track.result.height,
                                       .rotation = track.result.rotation,
                                       .late = late,
                                       .first = track.first});
      track.first = {};
    }
    muxer.begin();
  } catch (const DOMException& error) {
    failed = error;
    return tell(error);
  }
  std::vector<Waiting> kept = std::exchange(waiting, {});
  place_tracks(kept);
  last = *zero;
  for (std::size_t i = 0; i < kept.size() && !failed; ++i) write(kept[i]);
}

/// The file begins with the earliest of the frames that each track begins with.
void FileRecorderCore::place_tracks(const std::vector<Waiting>& kept) {
  std::vector<std::vector<Moment>> moments(tracks.size());
  for (const Waiting& one : kept) moments[one.track].push_back(one.moment);
  std::optional<TimePoint> earliest;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    if (moments[i].empty()) continue;
    Timeline& timeline = tracks[i].recording.timeline;
    timeline.begin(moments[i]);
    Timeline rehearsal = timeline;
    for (const Waiting& one : kept) {
      if (one.track != i) continue;
      const TimePoint shown = rehearsal.place(one.moment) - one.left_out;
      earliest = std::min(earliest.value_or(shown), shown);
    }
  }
  if (earliest) zero = earliest;
}

void FileRecorderCore::write(Waiting& one) {
  Track& track = tracks[one.track];
  const TimePoint shown = std::max(track.recording.timeline.place(one.moment) - one.left_out, *zero);
  // Two pieces of sound cannot be heard at once: of those whose clock was put back the file has the first. Pictures are
  // needed by the next ones, and shown in a quicker sequence.
  if (track.recording.kind() == Kind::Audio && track.shown && shown <= *track.shown) {
    --track.result.frames;
    return;
  }
  track.shown = std::max(track.shown.value_or(shown), shown);
  last = std::max(last, shown);
  Sample& sample = one.sample;
  sample.stream = *track.stream;
  sample.show_at = std::chrono::duration_cast<microseconds>(shown - *zero);
  try {
    muxer.write(sample);
  } catch (const DOMException& error) {
    failed = error;
    tell(error);
  }
}

void FileRecorderCore::ask(Track& track) {
  const auto now = Clock::now();
  if (track.asked != TimePoint{} && now - track.asked < kAskAgain) return;
  track.asked = now;
  track.track->request_key_frame();
}

void FileRecorderCore::tell(const DOMException& error) {
  loop->post([lists = lists, error] { lists->get<"error">()->fire({error}); });
}

void FileRecorderCore::stop() {
  if (std::exchange(stopped, true)) return;
  for (Track& track : tracks) track.listeners.clear();
  if (!begun && !waiting.empty()) begin();
  try {
    muxer.finish();
  } catch (const DOMException& error) {
    if (!failed) failed = error;
  }
}

Recording FileRecorderCore::result() const {
  Recording recording;
  recording.tracks.reserve(tracks.size());
  for (const Track& track : tracks) recording.tracks.push_back(track.result);
  if (zero) recording.duration = std::chrono::duration_cast<microseconds>(last - *zero);
  return recording;
}

FileRecorder::FileRecorder(const std::string& path, const FileRecorderOptions& options)
    : core_(std::make_shared<FileRecorderCore>(path, options, lists())) {}

FileRecorder::~FileRecorder() {
  try {
    core_->loop->run([this] { core_->stop(); });
  } catch (const AbortError&) {  // the loop has ended: the file is completed with the core
  }
  lists()->close();
}

void FileRecorder::add(const std::shared_ptr<MediaStreamTrack>& track, std::optional<std::string> rid) {
  if (!track) throw TypeError("add needs a track");
  const Kind kind = track->kind() == "audio" ? Kind::Audio : Kind::Video;
  if (!takes(core_->muxer.container(), kind))
    throw NotSupportedError("a ." + std::string(core_->muxer.container().extension) + " file takes no " +
                            track->kind());
  core_->loop->run([&] {
    if (core_->stopped || core_->begun) throw InvalidStateError("the file has begun, and its tracks are in it");
    const std::size_t index = core_->tracks.size();
    core_->tracks.push_back({.track = track, .recording = RecordingTrack(kind, std::move(rid))});
    FileRecorderCore::Track& added = core_->tracks.back();
    added.result.kind = track->kind();
    if (kind == Kind::Audio) {
      added.listeners.emplace_back(
          track->addEventListener<"audioframe">(FileRecorderCore::handler<RTCEncodedAudioFrame>(core_, index)));
    } else {
      added.listeners.emplace_back(
          track->addEventListener<"videoframe">(FileRecorderCore::handler<RTCEncodedVideoFrame>(core_, index)));
      core_->ask(added);
    }
  });
}

std::vector<RTCRtpCodec> FileRecorder::codecs(std::string_view kind) const {
  std::vector<RTCRtpCodec> codecs;
  const auto known = RTCRtpReceiver::getCapabilities(kind);
  if (!known) return codecs;
  std::ranges::copy_if(known->codecs, std::back_inserter(codecs), [this](const RTCRtpCodec& one) {
    const CodecEntry* const codec = find_codec(one.mimeType);
    return one.mimeType == "video/rtx" || (codec != nullptr && takes(core_->muxer.container(), *codec));
  });
  return codecs;
}

void FileRecorder::pause() {
  core_->loop->run([this] {
    if (!core_->paused_at) core_->paused_at = Clock::now();
  });
}

void FileRecorder::resume() {
  core_->loop->run([this] {
    if (!core_->paused_at) return;
    core_->left_out += Clock::now() - *std::exchange(core_->paused_at, std::nullopt);
    for (FileRecorderCore::Track& track : core_->tracks) {
      if (track.recording.kind() != Kind::Video) continue;
      track.needs_key_frame = true;
      track.asked = {};
      core_->ask(track);
    }
  });
}

Promise<Recording> FileRecorder::stop() {
  return core_->loop->run([this] {
    core_->stop();
    if (core_->failed) return Promise<Recording>::reject(OperationError(core_->failed->message()));
    return Promise<Recording>::resolve(core_->result());
  });
}

Recording FileRecorder::so_far() const {
  return core_->loop->run([this] { return core_->result(); });
}

}  // namespace parley::av
