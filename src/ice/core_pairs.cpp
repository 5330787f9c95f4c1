// What is counted and measured for each pair that has carried packets, or might.
#include <algorithm>
#include <iterator>

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
  for (const LeftPair& left : left_pairs_)
    used.push_back(with_stun({.pair = left.pair, .traffic = left.traffic, .last = left.last}, left.path));
  if (pair_)
    used.push_back(with_stun({.pair = *pair_, .selected = true, .traffic = counters_ - not_of_pair_, .last = last_},
                             paths_.selected_path()));
  std::vector<UsedPair> all;
  for (const Paths::Choice& valid : paths_.valid()) {
    const auto pair = pair_of(valid);
    if (!pair || std::ranges::find(used, *pair, &UsedPair::pair) != used.end() || was_selected(valid.path)) continue;
    all.push_back(with_stun({.pair = *pair, .nominated = false}, valid.path));
  }
  std::ranges::move(used, std::back_inserter(all));
  return all;
}

UsedPair Agent::Core::with_stun(UsedPair used, const std::optional<Path>& path) const {
  if (!path || !sees_stun()) return used;
  used.round_trips = paths_.round_trips(*path);
  used.heard = paths_.heard(*path);
  return used;
}

bool Agent::Core::was_selected(const Path& path) const {
  return paths_.selected_path() == path || std::ranges::find(left_pairs_, path, &LeftPair::path) != left_pairs_.end();
}

/// The candidates at both ends of a path, as far as they are known: of ours the one that the peer sees, else the base.
std::optional<CandidatePair> Agent::Core::pair_of(const Paths::Choice& valid) const {
  const auto is_at = [](const Candidate& candidate, const SocketAddress& address) {
    return candidate.protocol == Protocol::Udp && candidate.port == address.port() &&
           candidate.address == address.address();
  };
  const auto local_at = [&](const SocketAddress& address) {
    return std::ranges::find_if(local_candidates_, [&](const auto& local) { return is_at(local.first, address); });
  };
  auto local = local_at(valid.mapped);
  if (local == local_candidates_.end()) local = local_at(valid.path.base);
  const auto remote =
      std::ranges::find_if(remote_candidates_, [&](const Candidate& one) { return is_at(one, valid.path.remote); });
  if (local == local_candidates_.end() || remote == remote_candidates_.end()) return std::nullopt;
  return CandidatePair{local->first, *remote};
}

void Agent::Core::measure_round_trip() {
  if (closed_ || !sees_stun() || !paths_.measure(Clock::now())) return;
  later([](Core& core) { core.run_paths(); });
}

}  // namespace parley::ice
