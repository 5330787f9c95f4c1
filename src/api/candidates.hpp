#pragma once

#include "ice/agent.hpp"
#include "parley/ice_candidate.hpp"

namespace parley::api {

/// Fills in what only the gatherer of a local candidate knows: relayProtocol and url.
void set_source(RTCIceCandidate& candidate, const ice::CandidateSource& source);

}  // namespace parley::api
