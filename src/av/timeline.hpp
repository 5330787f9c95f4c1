#pragma once

#include <chrono>
#include <optional>

namespace parley::av {

using std::chrono::microseconds;
using TimePoint = std::chrono::steady_clock::time_point;

/// Puts the frames of one track on a clock that all tracks of a recording share. Each track counts from a zero of its
/// own; where that is, the peer's reports tell, and as long as there are none the arrival of its first frame. Arrivals
/// after that do not matter, so jitter is not recorded.
class Timeline {
 public:
  /// A track whose time is further from the arrivals than that has begun to count anew, or its clock runs wrong.
  static constexpr std::chrono::seconds kMostOff{6};

  /// The frame with this timestamp was made at `made`, on the arrivals' clock: better than any arrival.
  void align(microseconds timestamp, TimePoint made) {
    zero_ = made - timestamp;
    aligned_ = true;
  }
  [[nodiscard]] bool is_aligned() const { return aligned_; }
  /// When the frame is to be shown, on the arrivals' clock.
  TimePoint place(microseconds timestamp, TimePoint arrival) {
    if (!zero_ || off(*zero_ + timestamp, arrival)) zero_ = arrival - timestamp;
    return *zero_ + timestamp;
  }

 private:
  static bool off(TimePoint placed, TimePoint arrival) {
    return placed - arrival > kMostOff || arrival - placed > kMostOff;
  }
  std::optional<TimePoint> zero_;
  bool aligned_ = false;
};

}  // namespace parley::av
