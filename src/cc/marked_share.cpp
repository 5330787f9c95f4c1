#include "cc/marked_share.hpp"

namespace parley::cc {

/// Of a round trip's share in the mean.
static constexpr double kWeight = 1.0 / 16;

std::optional<double> MarkedShare::add(std::size_t marked, std::size_t arrived, Duration round_trip, TimePoint now) {
  if (arrived == 0) return std::nullopt;
  if (!began_) began_ = now;
  marked_ += marked;
  arrived_ += arrived;
  if (now - *began_ < round_trip) return std::nullopt;
  share_ += kWeight * (static_cast<double>(marked_) / static_cast<double>(arrived_) - share_);
  const bool yields = marked_ > 0;
  marked_ = arrived_ = 0;
  began_ = now;
  return yields ? std::optional(1 - share_ / 2) : std::nullopt;
}

}  // namespace parley::cc
