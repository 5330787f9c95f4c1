#include "media/number_map.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {

void NumberMap::begin(std::int64_t first) {
  if (next_ == 0) next_ = first;
  oldest_ = expected_ = first;
}

std::optional<std::int64_t> NumberMap::map(std::int64_t number, Use use) {
  if (number < expected_) {
    if (number < oldest_) return std::nullopt;
    const std::int64_t kept = std::exchange(place(number), kTaken);
    return kept == kTaken ? std::nullopt : std::optional(kept);
  }
  if (number - expected_ >= kKept) {
    // All in between is given up; that something is missing must be seen nevertheless.
    oldest_ = expected_ = number;
    ++next_;
  }
  while (expected_ < number) place(expected_++) = next_++;
  place(expected_++) = kTaken;
  oldest_ = std::max(oldest_, expected_ - kKept);
  return use == Use::Forward ? std::optional(next_++) : std::nullopt;
}

}  // namespace parley::media
