#include "support/link_direction.hpp"

#include <algorithm>
#include <utility>

namespace parley::test {
namespace {

Duration time_on_line(std::size_t bytes, std::uint64_t bits_per_second) {
  const double seconds = static_cast<double>(bytes) * 8 / static_cast<double>(bits_per_second);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

/// SplitMix64: small, and the same on every machine, which std::bernoulli_distribution is not.
double LinkDirection::draw() {
  random_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = random_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

std::optional<TimePoint> LinkDirection::leave_queue(std::size_t size, TimePoint now) {
  if (rules_.bits_per_second == 0) return now;
  const std::size_t bytes = size + rules_.overhead_bytes;
  const TimePoint start = std::max(now, line_free_);
  if (start - now + time_on_line(bytes, rules_.bits_per_second) >
      time_on_line(rules_.queue_bytes, rules_.bits_per_second))
    return std::nullopt;
  line_free_ = start + time_on_line(bytes, rules_.bits_per_second);
  return line_free_;
}

void LinkDirection::receive(Bytes packet, TimePoint now) {
  ++counters_.received;
  const Dice dice{.loss = draw(), .duplicate = draw(), .reorder = draw(), .jitter = draw()};
  const auto left = under_way_.size() < kMaxUnderWay ? leave_queue(packet.size(), now) : std::nullopt;
  if (!left) {
    ++counters_.overflowed;
    return;
  }
  // A lost packet has used the line, as on a path that loses behind its narrowest link.
  if (dice.loss < rules_.loss) {
    ++counters_.lost;
    return;
  }
  const auto jitter = std::chrono::duration_cast<Duration>(rules_.jitter * dice.jitter);
  TimePoint arrival = std::max(*left + rules_.delay + jitter, last_arrival_);
  if (dice.reorder < rules_.reorder)
    arrival += rules_.reorder_hold;
  else
    last_arrival_ = arrival;
  if (dice.duplicate < rules_.duplicate) {
    ++counters_.duplicated;
    enqueue(packet, arrival);
  }
  enqueue(std::move(packet), arrival);
}

void LinkDirection::enqueue(Bytes packet, TimePoint arrival) {
  // Nearly always the place is the end, so the search starts there.
  const auto later = std::find_if(under_way_.rbegin(), under_way_.rend(),
                                  [&](const UnderWay& other) { return other.arrival <= arrival; });
  under_way_.insert(later.base(), UnderWay{.arrival = arrival, .packet = std::move(packet)});
}

std::vector<Bytes> LinkDirection::poll(TimePoint now) {
  std::vector<Bytes> due;
  while (!under_way_.empty() && under_way_.front().arrival <= now) {
    due.push_back(std::move(under_way_.front().packet));
    under_way_.pop_front();
  }
  counters_.delivered += due.size();
  return due;
}

std::optional<TimePoint> LinkDirection::next_deadline() const {
  if (under_way_.empty()) return std::nullopt;
  return under_way_.front().arrival;
}

}  // namespace parley::test
