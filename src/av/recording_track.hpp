#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "av/container.hpp"
#include "av/timeline.hpp"
#include "parley/media_stream.hpp"

namespace parley::av {

/// A frame of either kind, as far as a file needs it.
struct IncomingFrame {
  bool key = true;
  std::vector<std::uint8_t> data{};
  microseconds timestamp{0};
  std::string mime_type{};
  std::string rid{};
  std::uint16_t width = 0, height = 0;
  TimePoint arrival{};
  /// On the same clock, if the peer has told of its own.
  std::optional<TimePoint> made = std::nullopt;
};

/// Which frames of a track are recorded. Pure.
class RecordingTrack {
 public:
  enum class Verdict {
    Take,
    Leave,          ///< of another encoding, or behind a change of the codec that has been told of
    NeedsKeyFrame,  ///< cannot begin with it
    WrongCodec,     ///< nothing of the track is taken any more
  };

  RecordingTrack(Kind kind, std::optional<std::string> rid) : kind_(kind), rid_(std::move(rid)) {}

  Verdict judge(const IncomingFrame& frame, const Container& container);
  [[nodiscard]] Kind kind() const { return kind_; }
  /// nullptr before the first frame that was taken.
  [[nodiscard]] const CodecEntry* codec() const { return codec_; }
  [[nodiscard]] bool refused() const { return refused_; }

  Timeline timeline{};

 private:
  Kind kind_;
  std::optional<std::string> rid_;
  const CodecEntry* codec_ = nullptr;
  bool refused_ = false;
};

}  // namespace parley::av
