#include "cc/received_rate.hpp"

#include <algorithm>

namespace parley::cc {
namespace {

constexpr Duration kWindow = 500ms;
constexpr Duration kLeastSpan = 150ms;
/// More do not arrive in the window honestly.
constexpr std::size_t kMost = 100'000;

}  // namespace

void ReceivedRate::add(Duration arrival, std::size_t size) {
  // Packets may overtake each other, but not by so much: the peer's clock has been set back.
  if (!arrivals_.empty() && arrivals_.back().at - arrival > kWindow) {
    arrivals_.clear();
    bytes_ = 0;
  }
  if (!arrivals_.empty()) arrival = std::max(arrival, arrivals_.back().at);
  arrivals_.push_back({arrival, size});
  bytes_ += size;
  while (arrival - arrivals_.front().at > kWindow || arrivals_.size() > kMost) {
    bytes_ -= arrivals_.front().size;
    arrivals_.pop_front();
  }
}

std::optional<double> ReceivedRate::rate() const {
  if (arrivals_.size() < 2) return std::nullopt;
  const Duration span = arrivals_.back().at - arrivals_.front().at;
  if (span < kLeastSpan) return std::nullopt;
  // The first packet marks the beginning: its bytes came before it.
  return static_cast<double>(bytes_ - arrivals_.front().size) * 8 / seconds(span);
}

}  // namespace parley::cc
