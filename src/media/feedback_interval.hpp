#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/time.hpp"

namespace parley::media {

/// How often the sender is told of its packets: so that this takes about a twentieth of what comes, which is RTCP's
/// part (RFC 3550 section 6.2), but often enough to react.
class FeedbackInterval {
 public:
  static constexpr Duration kShortest = 50ms, kLongest = 250ms;

  void add(std::size_t bytes) { bytes_ += bytes; }
  /// Until the next message. One is sent now.
  Duration next(TimePoint now) {
    constexpr double kMessage = 68, kPart = 0.05;  // bytes, with the headers below
    const double since = last_ ? std::chrono::duration<double>(now - *last_).count() : 0;
    if (since > 0 && bytes_ > 0) {
      const double wanted = kMessage * since / (kPart * static_cast<double>(bytes_));
      interval_ = wanted >= 1 ? kLongest
                              : std::clamp(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(wanted)),
                                           kShortest, kLongest);
    }
    last_ = now;
    bytes_ = 0;
    return interval_;
  }

 private:
  std::size_t bytes_ = 0;
  std::optional<TimePoint> last_;
  Duration interval_ = kShortest;
};

}  // namespace parley::media
