#pragma once

#include <cstddef>
#include <optional>

#include "cc/feedback.hpp"

namespace parley::cc {

/// How much is sent: a mean of the last moments, in buckets of 100 ms.
class SentRate {
 public:
  void add(std::size_t bytes, TimePoint now) {
    pass(now);
    bytes_ += bytes;
  }
  double rate(TimePoint now) {
    pass(now);
    return rate_;
  }

 private:
  static constexpr Duration kBucket = 100ms;
  void pass(TimePoint now) {
    if (!bucket_) bucket_ = now;
    while (now - *bucket_ >= kBucket) {
      rate_ += 0.3 * (static_cast<double>(bytes_) * 8 / seconds(kBucket) - rate_);
      bytes_ = 0;
      *bucket_ += kBucket;
      if (now - *bucket_ <= 5s) continue;
      bucket_ = now;
      rate_ = 0;
    }
  }
  double rate_ = 0;
  std::size_t bytes_ = 0;
  std::optional<TimePoint> bucket_;
};

}  // namespace parley::cc
