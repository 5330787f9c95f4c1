#include "parley/ice_candidate.hpp"

#include "api/candidates.hpp"
#include "ice/candidate.hpp"
#include "parley/errors.hpp"

namespace parley {
namespace {

std::optional<RTCIceCandidateType> to_w3c(ice::CandidateType type) {
  if (type == ice::CandidateType::Other) return std::nullopt;
  return static_cast<RTCIceCandidateType>(type);  // the same order
}

std::optional<RTCIceProtocol> to_w3c(ice::Protocol protocol) {
  if (protocol == ice::Protocol::Other) return std::nullopt;
  return protocol == ice::Protocol::Udp ? RTCIceProtocol::Udp : RTCIceProtocol::Tcp;
}

std::optional<RTCIceTcpCandidateType> to_w3c(std::optional<ice::TcpType> type) {
  if (!type) return std::nullopt;
  return static_cast<RTCIceTcpCandidateType>(*type);  // the same order
}

}  // namespace

/// webrtc-pc section 4.8.1.1.
RTCIceCandidate::RTCIceCandidate(RTCIceCandidateInit init) : init_(std::move(init)) {
  if (!init_.sdpMid && !init_.sdpMLineIndex) throw TypeError("a candidate needs sdpMid or sdpMLineIndex");
  if (init_.candidate.empty()) return;
  const auto candidate = ice::parse_candidate(init_.candidate);
  if (!candidate) return;
  const auto type = to_w3c(candidate->type);
  const auto protocol = to_w3c(candidate->protocol);
  if (!type || !protocol) return;  // "if any of the attributes has an invalid value, abort"
  parsed_ = {.foundation = candidate->foundation,
             .address = candidate->address,
             .relatedAddress = candidate->related_address,
             .component = candidate->component == 2 ? RTCIceComponent::Rtcp : RTCIceComponent::Rtp,
             .priority = candidate->priority,
             .protocol = protocol,
             .port = candidate->port,
             .relatedPort = candidate->related_port,
             .type = type,
             .tcpType = to_w3c(candidate->tcp_type)};
}

void RTCIceCandidate::set_server(std::optional<RTCIceServerTransportProtocol> relay_protocol,
                                 std::optional<std::string> url) {
  relay_protocol_ = relay_protocol;
  url_ = std::move(url);
}

void api::set_source(RTCIceCandidate& candidate, const ice::CandidateSource& source) {
  std::optional<RTCIceServerTransportProtocol> relay_protocol;
  if (source.relay_protocol)
    relay_protocol = *source.relay_protocol == ice::ServerTransport::Tcp ? RTCIceServerTransportProtocol::Tcp
                                                                         : RTCIceServerTransportProtocol::Udp;
  candidate.set_server(relay_protocol, source.url.empty() ? std::nullopt : std::optional(source.url));
}

}  // namespace parley
