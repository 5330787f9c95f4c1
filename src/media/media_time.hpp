#pragma once

#include <chrono>
#include <cstdint>

#include "rtp/sequence.hpp"

namespace parley::media {

/// The RTP timestamps of a source as time, from the first one on. The rate of its clock may change: until then the time
/// counts by the rate before (RFC 7160 section 4.2.1).
class MediaTime {
 public:
  using microseconds = std::chrono::microseconds;

  microseconds at(std::uint32_t timestamp, std::uint32_t clock_rate) {
    const std::int64_t full = unwrapper_.unwrap(timestamp);
    if (clock_rate_ != clock_rate) {
      if (clock_rate_ != 0) before_ += in_microseconds(full - begin_, clock_rate_);
      begin_ = full;
      clock_rate_ = clock_rate;
    }
    return before_ + in_microseconds(full - begin_, clock_rate);
  }

 private:
  static microseconds in_microseconds(std::int64_t ticks, std::int64_t rate) {
    return microseconds(ticks / rate * 1'000'000 + (ticks % rate * 1'000'000 + rate / 2) / rate);
  }

  rtp::TimestampUnwrapper unwrapper_;
  std::int64_t begin_ = 0;
  std::uint32_t clock_rate_ = 0;
  microseconds before_{};  // begin_
};

}  // namespace parley::media
