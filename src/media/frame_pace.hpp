#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/last_second.hpp"
#include "base/time.hpp"

namespace parley::media {

/// How evenly the frames of a video follow each other, and where they stop: webrtc-stats section 8.4. A frame counts as
/// shown when it is handed over.
class FramePace {
 public:
  /// Times in which nothing new was shown, counted when something is again.
  struct Gaps {
    std::uint32_t count = 0;
    Duration total{};
  };

  void shown(TimePoint now);

  [[nodiscard]] std::uint32_t per_second(TimePoint now) const { return frames_.sum(now); }
  /// Of the times between frames: their sum, and that of their squares, in seconds.
  [[nodiscard]] Duration between() const { return between_; }
  [[nodiscard]] double squares() const { return squares_; }
  /// Longer than three times the usual, and than the usual and 150 ms.
  [[nodiscard]] const Gaps& freezes() const { return freezes_; }
  /// Longer than 5 seconds.
  [[nodiscard]] const Gaps& pauses() const { return pauses_; }

 private:
  LastSecond frames_;
  std::optional<TimePoint> last_;
  Duration between_{};
  double squares_ = 0;
  Gaps freezes_, pauses_;
  /// The last times between frames, a ring, and their sum: what is usual.
  std::array<Duration, 30> recent_{};
  std::size_t count_ = 0;
  Duration recent_sum_{};
};

}  // namespace parley::media
