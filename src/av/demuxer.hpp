#pragma once

#include <optional>
#include <string>

#include "av/ffmpeg.hpp"
#include "av/unit.hpp"

namespace parley::av {

/// A file that is read: the first video and the first audio stream of it that can be sent.
class Demuxer final : public UnitSource {
 public:
  struct Video {
    std::string mime_type;
    std::uint16_t width = 0, height = 0;
    std::uint16_t rotation = 0;  ///< how it has to be turned before it is shown, in degrees clockwise: 0, 90, 180, 270
  };

  /// Throws NotFoundError, NotReadableError, DataError if it is not a media file of a known kind, NotSupportedError if
  /// nothing in it can be sent.
  explicit Demuxer(std::string path);

  [[nodiscard]] const std::optional<Video>& video() const { return video_; }
  /// Its MIME type.
  [[nodiscard]] const std::optional<std::string>& audio() const { return audio_; }

  std::optional<Unit> read() override;
  void rewind() override;
  void seek(microseconds to) override;
  /// Not told by files that have frames and nothing else.
  [[nodiscard]] std::optional<microseconds> duration() const { return duration_; }

 private:
  struct Stream {
    int index = -1;
    AVRational time_base{1, 1};
    microseconds frame_duration{0};     // where packets do not tell
    FilterPtr filter;                   // makes of the container's form the one that travels
    std::vector<std::uint8_t> headers;  // AV1's sequence header, where the file has it but once
    std::optional<microseconds> last_decode_at;
    std::int64_t count = 0;
  };

  void open();
  void choose_video();
  void choose_audio();
  [[nodiscard]] std::optional<Unit> take(Stream& stream, Kind kind);
  void place(Unit& unit, Stream& stream) const;
  [[nodiscard]] bool has_clock() const { return (input_->iformat->flags & AVFMT_NOTIMESTAMPS) == 0; }
  [[nodiscard]] AVStream* best(AVMediaType type) const;

  std::string path_;
  InputPtr input_;
  PacketPtr packet_;
  microseconds start_{0};
  std::optional<microseconds> duration_;
  Stream video_stream_, audio_stream_;
  std::optional<Video> video_;
  std::optional<std::string> audio_;
};

}  // namespace parley::av
