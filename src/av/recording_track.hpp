#pragma once

#include <algorithm>
#include <chrono>
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
  std::uint16_t rotation = 0;
  std::uint32_t source = 0;
  TimePoint arrival{};
  /// As metadata has them, on a wall clock that the connection has looked at once.
  std::optional<double> received = std::nullopt, made = std::nullopt;
};

/// Times of a connection's wall clock on the steady one, whatever becomes of the wall clock meanwhile. Pure.
class WallClock {
 public:
  /// When the frame was made. Frames are never here before they have been received, and most of them at once.
  std::optional<TimePoint> steady(const IncomingFrame& frame) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    using Duration = TimePoint::duration;
    if (!frame.received) return std::nullopt;
    const TimePoint zero = frame.arrival - std::chrono::duration_cast<Duration>(Milliseconds(*frame.received));
    zero_ = std::min(zero_.value_or(zero), zero);
    if (!frame.made) return std::nullopt;
    return *zero_ + std::chrono::duration_cast<Duration>(Milliseconds(*frame.made));
  }

 private:
  std::optional<TimePoint> zero_;
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
  WallClock wall_clock{};

 private:
  Kind kind_;
  std::optional<std::string> rid_;
  const CodecEntry* codec_ = nullptr;
  bool refused_ = false;
};

}  // namespace parley::av
