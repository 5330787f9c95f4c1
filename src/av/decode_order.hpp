#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>

namespace parley::av {

using std::chrono::microseconds;

/// When frames are to be decoded that only tell when they are shown: the times of showing, sorted, with as much delay
/// as there are frames that are decoded early.
class DecodeOrder {
 public:
  /// `early`: how many frames may be decoded before one that is shown before them. 0: none are.
  explicit DecodeOrder(std::size_t early) : early_(early) {}

  microseconds next(microseconds shown) {
    // As if frames had come before the first.
    if (window_.empty())
      for (std::size_t i = early_; i > 0; --i) window_.push_back(shown - static_cast<std::int64_t>(i) * kStep);
    window_.insert(std::ranges::upper_bound(window_, shown), shown);
    const microseconds decoded = window_.front();
    window_.pop_front();
    if (early_ == 0) window_.clear();
    return decoded;
  }

 private:
  static constexpr microseconds kStep{10'000};
  std::size_t early_;
  std::deque<microseconds> window_;
};

}  // namespace parley::av
