#include "cc/received_rate.hpp"

#include <algorithm>

namespace parley::cc {
namespace {

constexpr Duration kWindow = 500ms;
constexpr Duration kLeast = 150ms;

}  // namespace

void ReceivedRate::add(Duration arrival, std::size_t size) {
  if (!arrivals_.empty()) arrival = std::max(arrival, arrivals_.back().at);
  arrivals_.push_back({arrival, size});
  bytes_ += size;
  while (arrival - arrivals_.front().at > kWindow) {
    bytes_ -= arrivals_.front().size;
    arrivals_.pop_front();
  }
}

std::optional<double> ReceivedRate::rate() const {
  if (arrivals_.size() < 2) return std::nullopt;
  const Duration span = arrivals_.back().at - arrivals_.front().at;
  if (span < kLeast) return std::nullopt;
  // The first packet marks the beginning: its bytes came before it.
  return static_cast<double>(bytes_ - arrivals_.front().size) * 8 / seconds(span);
}

}  // namespace parley::cc
