#pragma once

#include <chrono>
#include <optional>

namespace parley::av {

using std::chrono::microseconds;
using TimePoint = std::chrono::steady_clock::time_point;

/// Puts the frames of one track on a clock that all tracks of a recording share. Each track counts from a zero of its
/// own; where that is, the arrival of its first frame tells. Arrivals after that do not matter, so jitter is not
/// recorded.
class Timeline {
 public:
  /// A track whose time is further from the arrivals than that has begun to count anew, or its clock runs wrong.
  static constexpr std::chrono::seconds kMostOff{2};

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
};

}  // namespace parley::av
