#pragma once

#include <agent.h>

#include "ice/address.hpp"
#include "ice/candidate.hpp"

/// Between libnice's types and ours.
namespace parley::ice {

inline constexpr unsigned kComponent = 1;  // rtcp-mux always: RFC 8834 section 4.5

NiceAddress to_nice(const SocketAddress& address);
SocketAddress from_nice(const NiceAddress& address);
NiceCandidateType from_type(CandidateType type);
NiceCandidateTransport transport_of(const Candidate& candidate);
Candidate from_nice(const NiceCandidate& nice);

}  // namespace parley::ice
