#include "signaling/negotiation_message.hpp"

#include "parley/json.hpp"

namespace parley::signaling {
namespace {

using nlohmann::json;
using Words = PerfectNegotiatorOptions::Words;

/// null is what a page sends when there is none.
const json* member(const json& message, const char* name) {
  const auto found = message.find(name);
  return found == message.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

NegotiationMessage read_message(const json& message) {
  if (!message.is_object()) return {};
  for (const char* name : {"description", "offer", "answer"})
    if (const json* found = member(message, name)) return found->get<RTCSessionDescriptionInit>();
  for (const char* name : {"new-ice-candidate", "iceCandidate"})
    if (const json* found = member(message, name)) return found->get<RTCIceCandidateInit>();
  if (const json* found = member(message, "candidate")) {
    return found->is_string() ? message.get<RTCIceCandidateInit>() : found->get<RTCIceCandidateInit>();
  }
  const json *type = member(message, "type"), *sdp = member(message, "sdp");
  const bool is_description = type != nullptr && sdp != nullptr && type->is_string() && sdp->is_string();
  if (is_description && to_sdp_type(type->get<std::string>())) return message.get<RTCSessionDescriptionInit>();
  return {};
}

json write_message(const RTCSessionDescription& description, Words words) {
  if (words == Words::Description) return {{"description", description}};
  return {{description.type() == RTCSdpType::Offer ? "offer" : "answer", description}};
}

json write_message(const RTCIceCandidate& candidate, Words words) {
  return {{words == Words::Description ? "candidate" : "new-ice-candidate", candidate}};
}

}  // namespace parley::signaling
