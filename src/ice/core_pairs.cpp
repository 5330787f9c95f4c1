// What is counted and measured for each pair that has carried packets.
#include <algorithm>

#include "ice/core.hpp"

namespace parley::ice {
namespace {

/// Applies `change` to each of the numbers of two.
template <class F>
Counters combined(Counters a, const Counters& b, F change) {
  for (const auto member :
       {&Counters::packets_sent, &Counters::bytes_sent, &Counters::packets_received, &Counters::bytes_received,
        &Counters::packets_discarded, &Counters::bytes_discarded, &Counters::packets_refused, &Counters::pair_changes})
    a.*member = change(a.*member, b.*member);
  return a;
}

}  // namespace

Counters operator+(Counters a, const Counters& b) { return combined(a, b, std::plus{}); }
Counters operator-(Counters a, const Counters& b) { return combined(a, b, std::minus{}); }

/// The pair is selected from now on, in place of one whose path was `left`. What came before there was one belongs to
/// the first: the peer may have selected it sooner.
void Agent::Core::begin_pair(const CandidatePair& pair, const std::optional<Path>& left) {
  if (pair_) {
    ++counters_.pair_changes;
    if (left_pairs_.size() == kMaxUsedPairs - 1) left_pairs_.erase(left_pairs_.begin());
    left_pairs_.push_back({.pair = *pair_, .path = left, .traffic = counters_ - not_of_pair_, .last = last_});
    last_ = {};
    not_of_pair_ = counters_;
  }
  const auto again = std::ranges::find(left_pairs_, pair, &LeftPair::pair);
  if (again != left_pairs_.end()) {
    not_of_pair_ = not_of_pair_ - again->traffic;
    last_ = again->last;
    left_pairs_.erase(again);
  }
  pair_ = pair;
}

std::vector<UsedPair> Agent::Core::used_pairs() const {
  std::vector<UsedPair> used;
  used.reserve(left_pairs_.size() + 1);
  const auto round_trips = [this](const std::optional<Path>& path) {
    return path ? paths_.round_trips(*path) : RoundTrips{};
  };
  for (const LeftPair& left : left_pairs_)
    used.push_back(
        {.pair = left.pair, .traffic = left.traffic, .last = left.last, .round_trips = round_trips(left.path)});
  if (pair_)
    used.push_back({.pair = *pair_,
                    .selected = true,
                    .traffic = counters_ - not_of_pair_,
                    .last = last_,
                    .round_trips = round_trips(paths_.selected_path())});
  return used;
}

void Agent::Core::measure_round_trip() {
  const bool sees_answers = config_.fast_path && !config_.relay_only;
  if (closed_ || !sees_answers || !paths_.measure(Clock::now())) return;
  later([](Core& core) { core.run_paths(); });
}

}  // namespace parley::ice
