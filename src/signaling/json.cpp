#include "parley/json.hpp"

#include <limits>

#include "parley/errors.hpp"

namespace parley {
namespace {

using nlohmann::json;

/// The member as a text; absent and null are nothing.
std::optional<std::string> optional_text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_string()) throw TypeError(std::string(name) + " is not a string");
  return found->get<std::string>();
}

std::optional<std::uint16_t> optional_index(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > std::numeric_limits<std::uint16_t>::max())
    throw TypeError(std::string(name) + " is not an unsigned short");
  return found->get<std::uint16_t>();
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

}  // namespace

void to_json(json& out, const RTCSessionDescriptionInit& description) {
  out = {{"type", to_string(description.type)}, {"sdp", description.sdp}};
}

void to_json(json& out, const RTCSessionDescription& description) { to_json(out, description.toJSON()); }

void from_json(const json& in, RTCSessionDescriptionInit& description) {
  if (!in.is_object()) throw TypeError("a session description is not an object");
  const auto type = to_sdp_type(optional_text(in, "type").value_or(""));
  if (!type) throw TypeError("a session description has no valid type");
  description = {*type, optional_text(in, "sdp").value_or("")};
}

void to_json(json& out, const RTCIceCandidateInit& candidate) {
  out = {{"candidate", candidate.candidate},
         {"sdpMid", or_null(candidate.sdpMid)},
         {"sdpMLineIndex", or_null(candidate.sdpMLineIndex)},
         {"usernameFragment", or_null(candidate.usernameFragment)}};
}

void to_json(json& out, const RTCIceCandidate& candidate) { to_json(out, candidate.toJSON()); }

void from_json(const json& in, RTCIceCandidateInit& candidate) {
  candidate = {};
  if (in.is_null()) return;
  if (!in.is_object()) throw TypeError("a candidate is not an object");
  candidate = {optional_text(in, "candidate").value_or(""), optional_text(in, "sdpMid"),
               optional_index(in, "sdpMLineIndex"), optional_text(in, "usernameFragment")};
}

}  // namespace parley
