#pragma once

#include <string>

#include "ice/agent.hpp"

namespace parley::session {

/// Between which networks a pair of candidates leads: what the path carries is another question when this changes, not
/// when a port does.
struct NetworkPath {
  std::string local, remote;
  bool relayed = false;
  bool operator==(const NetworkPath&) const = default;
};

inline NetworkPath path_of(const ice::CandidatePair& pair) {
  const auto is_relay = [](const ice::Candidate& one) { return one.type == ice::CandidateType::Relay; };
  // What a router makes of an address of ours may change while the path is the same.
  const ice::Candidate& local = pair.local;
  return {.local = is_relay(local) ? local.address : local.related_address.value_or(local.address),
          .remote = pair.remote.address,
          .relayed = is_relay(local) || is_relay(pair.remote)};
}

}  // namespace parley::session
