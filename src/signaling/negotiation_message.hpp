#pragma once

#include <nlohmann/json.hpp>
#include <variant>

#include "parley/ice_candidate.hpp"
#include "parley/perfect_negotiator.hpp"
#include "parley/session_description.hpp"

namespace parley::signaling {

/// What a message means for negotiation: nothing, a description, or a candidate.
using NegotiationMessage = std::variant<std::monostate, RTCSessionDescriptionInit, RTCIceCandidateInit>;

/// By the names that the specification, the browser guide and we use for them. Throws TypeError for what has one of the
/// names and not the form.
NegotiationMessage read_message(const nlohmann::json& message);
nlohmann::json write_message(const RTCSessionDescription& description, PerfectNegotiatorOptions::Words words);
nlohmann::json write_message(const RTCIceCandidate& candidate, PerfectNegotiatorOptions::Words words);

}  // namespace parley::signaling
