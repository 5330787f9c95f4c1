#pragma once

#include <nlohmann/json.hpp>

#include "parley/export.hpp"
#include "parley/ice_candidate.hpp"
#include "parley/session_description.hpp"
#include "parley/stats_report.hpp"

/// The JSON form of descriptions and candidates, member for member what JSON.stringify() makes of the browser's objects
/// (their toJSON of webrtc-pc sections 4.6.2 and 4.8.1). Reading throws TypeError for what is not of that form: `type`
/// missing or unknown, a member of the wrong type, an index out of range. A missing `sdp` or `candidate` is "", and
/// null is as if it were missing. Unknown members are ignored.
namespace parley {

/// {"type": …, "sdp": …}.
PARLEY_EXPORT void to_json(nlohmann::json& json, const RTCSessionDescriptionInit& description);
/// Throws TypeError.
PARLEY_EXPORT void from_json(const nlohmann::json& json, RTCSessionDescriptionInit& description);
/// The same.
PARLEY_EXPORT void to_json(nlohmann::json& json, const RTCSessionDescription& description);
/// {"candidate": …, "sdpMid": …, "sdpMLineIndex": …, "usernameFragment": …}, with null for what is absent.
PARLEY_EXPORT void to_json(nlohmann::json& json, const RTCIceCandidateInit& candidate);
/// null and {} are the end of candidates.
PARLEY_EXPORT void from_json(const nlohmann::json& json, RTCIceCandidateInit& candidate);
/// The same.
PARLEY_EXPORT void to_json(nlohmann::json& json, const RTCIceCandidate& candidate);
/// An object of all its objects by their ids, as `Object.fromEntries(report)` makes it. Only written.
PARLEY_EXPORT void to_json(nlohmann::json& json, const RTCStatsReport& report);
/// One of its objects, as getStats() of a browser gives it.
PARLEY_EXPORT void to_json(nlohmann::json& json, const RTCStatsObject& object);

}  // namespace parley

/// \cond for nlohmann_json only
/// RTCSessionDescriptionInit has no default value for its type, so nlohmann_json is told how to make one.
template <>
struct nlohmann::adl_serializer<parley::RTCSessionDescriptionInit> {
  static void to_json(nlohmann::json& json, const parley::RTCSessionDescriptionInit& description) {
    parley::to_json(json, description);
  }
  static parley::RTCSessionDescriptionInit from_json(const nlohmann::json& json) {
    parley::RTCSessionDescriptionInit description(parley::RTCSdpType::Offer);
    parley::from_json(json, description);
    return description;
  }
};
/// \endcond
