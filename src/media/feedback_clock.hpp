#pragma once

#include <optional>

#include "base/time.hpp"

namespace parley::media {

/// The arrival times of transport feedback go round after 12 days, and begin anywhere.
class FeedbackClock {
 public:
  Duration unwrap(Duration told) {
    if (last_) {
      Duration step = (told - *last_) % kCycle;
      if (step > kCycle / 2) step -= kCycle;
      if (step < -kCycle / 2) step += kCycle;
      // No call is so long: a peer that turns the clock on and on makes it begin anew, before numbers end.
      if (std::chrono::abs(*last_ + step) < kLongest) told = *last_ + step;
    }
    last_ = told;
    return told;
  }

 private:
  static constexpr Duration kCycle = 64ms * (1 << 24);
  static constexpr Duration kLongest = 1000 * kCycle;
  std::optional<Duration> last_;
};

}  // namespace parley::media
