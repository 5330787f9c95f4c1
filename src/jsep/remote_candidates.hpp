#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "jsep/snapshot.hpp"

/// Candidates that the remote descriptions contain.
namespace parley::jsep {

/// No more than these are kept for an m= section: what a peer sends costs bounded memory.
inline constexpr std::size_t kMaxRemoteCandidates = 1000;

struct CandidateSet {
  /// Values of a=candidate, each once, in order.
  std::vector<std::string> candidates;
  bool end_of_candidates = false;
};

/// What the remote descriptions of a snapshot contain for the peer's ICE generation `remote`.
CandidateSet candidates_of(const Snapshot& snapshot, const IceCredentials& remote);

}  // namespace parley::jsep
