#include "cc/received_rate.hpp"

#include <algorithm>

namespace parley::cc {
namespace {

constexpr Duration kWindow = 500ms;
constexpr Duration kLeastSpan = 150ms;
/// A receiver that was busy finds many packets at once, which have arrived before.
constexpr Duration kAtOnce = 5ms;
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
  const Duration first = arrivals_.front().at, last = arrivals_.back().at;
  if (last - first < kLeastSpan) return std::nullopt;
  // The first packets mark the beginning: their bytes came before it.
  std::size_t before = 0;
  Duration begin = first;
  for (auto one = arrivals_.begin(); one->at - first <= kAtOnce; ++one) {
    before += one->size;
    begin = one->at;
  }
  return static_cast<double>(bytes_ - before) * 8 / seconds(last - begin);
}

}  // namespace parley::cc
