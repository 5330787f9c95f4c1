#pragma once

#include <cstddef>
#include <optional>
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

/// The peer's side of a transport in one ICE generation.
struct RemoteTransport {
  IceCredentials credentials;
  /// Tells it apart from transports with the same credentials, if the peer writes it.
  std::optional<std::string> tls_id;
};
RemoteTransport remote_transport(const Transport& transport, const RemoteIce& generation);

/// What the remote descriptions of a snapshot contain for `remote`.
CandidateSet candidates_of(const Snapshot& snapshot, const RemoteTransport& remote);

}  // namespace parley::jsep
