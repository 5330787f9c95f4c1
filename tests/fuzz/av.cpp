// A file that is played: whatever it says, what comes out of it has an order and a length. Or, behind an R, a
// recording: the second byte chooses the container, the rest are frames with times, codecs and contents as a peer may
// send them. FFmpeg itself is others' to look after, so it is built without instruments; what it is given and gives is
// ours.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "av/demuxer.hpp"
#include "av/muxer.hpp"
#include "av/playback.hpp"
#include "av/recording_track.hpp"
#include "parley/errors.hpp"

namespace {

using namespace parley;
using namespace parley::av;
using namespace std::chrono_literals;

/// Of a file that says it has more.
constexpr int kMostUnits = 400;

void require(bool condition) {
  if (!condition) std::abort();
}

/// A file in memory, with a name.
class File {
 public:
  File(const std::uint8_t* data, std::size_t size) : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
    require(descriptor_ >= 0 && write(descriptor_, data, size) == static_cast<ssize_t>(size));
  }
  ~File() { close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// How many units there are. Frames of a stream are decoded one after the other, and none is shown before that.
int read_all(UnitSource& source) {
  std::array<std::optional<microseconds>, 2> last;
  int count = 0;
  while (count < kMostUnits) {
    const auto unit = source.read();
    if (!unit) break;
    ++count;
    require(!unit->data.empty() && unit->duration >= 0us);
    require(unit->show_at >= unit->decode_at && unit->show_at - unit->decode_at < 1h);
    auto& before = last[unit->kind == Kind::Audio ? 0 : 1];
    require(!before || unit->decode_at >= *before);
    before = unit->decode_at;
  }
  return count;
}

/// Every third time somebody has lost a frame. Units are due in order, and none before its time.
void play(UnitSource& source) {
  Playback playback(source, Playback::AtEnd::BeginAgain);
  TimePoint now{1h};
  playback.play(now);
  for (int i = 0; i < kMostUnits && playback.is_playing(); ++i) {
    if (i % 3 == 2) playback.want_key_frame(now);
    if (i % 50 == 49) {
      playback.pause(now);
      playback.play(now += 1s);
    }
    const auto due = playback.next_deadline();
    // A file may say thirty years, and be played again and again: nobody waits for what is beyond the clock.
    if (!due || *due > TimePoint{24h * 365 * 100}) break;
    if (*due > now) require(!playback.next(now));
    now = std::max(now, *due);
    (void)playback.next(now);
  }
}

void play_file(const std::string& path) {
  try {
    Demuxer demuxer(path);
    require(demuxer.video() || demuxer.audio());
    int first = 0;
    try {
      first = read_all(demuxer);
    } catch (const DataError&) {  // broken further on
      return;
    }
    demuxer.rewind();
    require(read_all(demuxer) == first);
    demuxer.rewind();
    play(demuxer);
  } catch (const DOMException&) {  // and says why
  }
}

/// The input, whose end is followed by zeros.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}
  [[nodiscard]] bool is_over() const { return rest_.empty(); }
  std::uint8_t u8() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  std::int32_t i32() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | u8();
    return static_cast<std::int32_t>(value);
  }
  std::vector<std::uint8_t> bytes() {
    const std::size_t count = std::min<std::size_t>(u8(), rest_.size());
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return {taken.begin(), taken.end()};
  }

 private:
  std::span<const std::uint8_t> rest_;
};

constexpr const char* kExtensions[] = {"webm", "mkv", "mp4", "ogg", "opus"};
constexpr const char* kTypes[] = {"video/VP8",  "video/VP9",  "video/H264", "video/H265", "video/AV1",
                                  "audio/opus", "audio/PCMU", "audio/PCMA", "video/XYZ",  ""};

/// As FileRecorder does it, but for waiting.
class Recorder {
 public:
  explicit Recorder(const std::string& path) : muxer_(path) {}

  void take(std::size_t index, IncomingFrame frame) {
    Track& track = tracks_[index];
    if (begun_ && !track.stream) return;
    if (track.recording.judge(frame, muxer_.container()) != RecordingTrack::Verdict::Take) return;
    require(track.recording.codec() != nullptr && track.recording.codec()->kind == track.recording.kind());
    if (!track.first) track.first = frame;
    const Moment moment{.timestamp = frame.timestamp,
                        .arrival = frame.arrival,
                        .made = track.recording.wall_clock.steady(frame),
                        .source = frame.source};
    if (begun_) return write(track, frame, moment);
    track.moments.push_back(moment);
    waiting_.push_back({index, std::move(frame)});
    if (waiting_.size() >= 8) begin();
  }
  void begin() {
    if (std::exchange(begun_, true)) return;
    for (Track& track : tracks_)
      if (const CodecEntry* const codec = track.recording.codec())
        track.stream = muxer_.add_stream(
            {.codec = codec, .width = track.first->width, .height = track.first->height, .first = track.first->data});
    muxer_.begin();
    for (Track& track : tracks_) track.recording.timeline.begin(track.moments);
    for (const auto& [index, frame] : std::exchange(waiting_, {})) {
      Track& track = tracks_[index];
      write(track, frame, track.moments.at(track.written++));
    }
  }
  void finish() {
    if (!waiting_.empty()) begin();
    muxer_.finish();
  }

 private:
  struct Track {
    RecordingTrack recording;
    std::optional<IncomingFrame> first{};
    std::optional<std::size_t> stream{};
    std::vector<Moment> moments{};  // of what waits
    std::size_t written = 0;        // of them
  };
  void write(Track& track, const IncomingFrame& frame, const Moment& moment) {
    const TimePoint shown = track.recording.timeline.place(moment);
    // Nobody's clock is believed that is far from ours; what is found out after a while has its time to be found out.
    require(shown - frame.arrival <= 4 * Timeline::kMostOff);
    if (!zero_) zero_ = shown;
    muxer_.write({.stream = *track.stream,
                  .key = frame.key,
                  .data = frame.data,
                  .show_at = std::chrono::duration_cast<microseconds>(std::max(shown, *zero_) - *zero_)});
  }

  Muxer muxer_;
  std::array<Track, 2> tracks_{Track{RecordingTrack(Kind::Video, std::nullopt)},
                               Track{RecordingTrack(Kind::Audio, std::nullopt)}};
  std::vector<std::pair<std::size_t, IncomingFrame>> waiting_;
  std::optional<TimePoint> zero_;
  bool begun_ = false;
};

void record(Input input) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("parley_fuzz_av_" + std::to_string(getpid()))).string() + "." +
      kExtensions[input.u8() % std::size(kExtensions)];
  TimePoint arrival{1h};
  microseconds timestamp{0};
  try {
    Recorder recorder(path);
    while (!input.is_over()) {
      const std::uint8_t kind = input.u8(), how = input.u8();
      // RTP times are 32 bits at 8000 Hz or more, of which each frame may jump by half.
      timestamp += (how & 0x10) != 0 ? microseconds(input.i32()) * 64 : microseconds(input.u8()) * 1000;
      arrival += std::chrono::milliseconds(input.u8());
      const double received = std::chrono::duration<double, std::milli>(arrival.time_since_epoch()).count();
      const auto made = (how & 0x20) != 0 ? std::optional(received + input.i32()) : std::nullopt;
      IncomingFrame frame{.key = (how & 0x40) == 0,
                          .data = input.bytes(),
                          .timestamp = timestamp,
                          .mime_type = kTypes[kind % std::size(kTypes)],
                          .rid = (kind & 0x80) != 0 ? "r" : "",
                          .width = static_cast<std::uint16_t>((how & 0x0F) * 4097),
                          .height = static_cast<std::uint16_t>((how & 0x0F) * 64),
                          .source = kind >> 6 & 1U,
                          .arrival = arrival,
                          .received = received,
                          .made = made};
      const bool audio = frame.mime_type.starts_with("audio") != ((how & 0x80) != 0);
      recorder.take(audio ? 1 : 0, std::move(frame));
    }
    recorder.finish();
  } catch (const DOMException&) {  // FFmpeg takes not everything
  }
  if (std::filesystem::exists(path)) play_file(path);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  if (data[0] == 'R') {
    record(Input(data + 1, size - 1));
  } else {
    play_file(File(data, size).path());
  }
  return 0;
}
