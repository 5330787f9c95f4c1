#pragma once

#include <optional>

#include "base/time.hpp"

namespace parley::media {

/// The arrival times of feedback begin anywhere and go round: those of transport-wide feedback after 12 days, those of
/// RFC 8888 after 18 hours.
class FeedbackClock {
 public:
  static constexpr Duration kTransportWide = 64ms * (1 << 24), kBySource = 1s * (1 << 16);
  explicit FeedbackClock(Duration cycle = kTransportWide) : cycle_(cycle) {}

  Duration unwrap(Duration told) {
    if (last_) {
      Duration step = (told - *last_) % cycle_;
      if (step > cycle_ / 2) step -= cycle_;
      if (step < -cycle_ / 2) step += cycle_;
      // No call is so long: a peer that turns the clock on and on makes it begin anew, before numbers end.
      if (std::chrono::abs(*last_ + step) < kLongest) told = *last_ + step;
    }
    last_ = told;
    return told;
  }

 private:
  static constexpr Duration kLongest = 1000 * kTransportWide;
  Duration cycle_;
  std::optional<Duration> last_;
};

}  // namespace parley::media
