#pragma once

#include <cmath>
#include <cstddef>
#include <optional>

#include "cc/feedback.hpp"

namespace parley::media {

/// How much is sent again, or in case it will be missed, over the last second or so.
class RepeatedRate {
 public:
  void add(std::size_t bytes, TimePoint now) {
    decay(now);
    bits_ += static_cast<double>(bytes) * 8;
  }
  double rate(TimePoint now) {
    decay(now);
    return bits_;
  }

 private:
  void decay(TimePoint now) {
    if (last_ && now > *last_) bits_ *= std::exp(-cc::seconds(now - *last_));
    last_ = now;
  }
  double bits_ = 0;
  std::optional<TimePoint> last_;
};

}  // namespace parley::media
