// The exact strings of every W3C enumeration, one table each.
#include <array>

#include "parley/parley.hpp"

namespace parley {
namespace {

/// Row i is the name of the enumerator with value i.
template <class E, std::size_t N>
std::string_view name(const std::array<std::string_view, N>& names, E value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : std::string_view{};
}

constexpr std::array<std::string_view, 4> kSdpTypes = {"offer", "pranswer", "answer", "rollback"};
constexpr std::array<std::string_view, 6> kSignalingStates = {
    "stable", "have-local-offer", "have-remote-offer", "have-local-pranswer", "have-remote-pranswer", "closed"};
constexpr std::array<std::string_view, 3> kGatheringStates = {"new", "gathering", "complete"};
constexpr std::array<std::string_view, 6> kConnectionStates = {"closed", "failed",     "disconnected",
                                                               "new",    "connecting", "connected"};
constexpr std::array<std::string_view, 7> kIceStates = {"closed",   "failed",    "disconnected", "new",
                                                        "checking", "completed", "connected"};
constexpr std::array<std::string_view, 3> kIceRoles = {"unknown", "controlling", "controlled"};
constexpr std::array<std::string_view, 5> kDtlsStates = {"new", "connecting", "connected", "closed", "failed"};
constexpr std::array<std::string_view, 3> kSctpStates = {"connecting", "connected", "closed"};
constexpr std::array<std::string_view, 4> kChannelStates = {"connecting", "open", "closing", "closed"};
constexpr std::array<std::string_view, 2> kIceProtocols = {"udp", "tcp"};
constexpr std::array<std::string_view, 3> kTcpTypes = {"active", "passive", "so"};
constexpr std::array<std::string_view, 4> kCandidateTypes = {"host", "srflx", "prflx", "relay"};
constexpr std::array<std::string_view, 3> kServerProtocols = {"udp", "tcp", "tls"};
constexpr std::array<std::string_view, 2> kComponents = {"rtp", "rtcp"};
constexpr std::array<std::string_view, 2> kTransportPolicies = {"all", "relay"};
constexpr std::array<std::string_view, 3> kBundlePolicies = {"balanced", "max-compat", "max-bundle"};
constexpr std::array<std::string_view, 1> kMuxPolicies = {"require"};
constexpr std::array<std::string_view, 2> kHeaderEncryptionPolicies = {"negotiate", "require"};
constexpr std::array<std::string_view, 14> kStatsTypes = {
    "codec",          "inbound-rtp",     "outbound-rtp",     "remote-inbound-rtp", "remote-outbound-rtp",
    "media-source",   "media-playout",   "peer-connection",  "data-channel",       "transport",
    "candidate-pair", "local-candidate", "remote-candidate", "certificate"};
constexpr std::array<std::string_view, 4> kLimitationReasons = {"none", "cpu", "bandwidth", "other"};
constexpr std::array<std::string_view, 3> kDtlsRoles = {"client", "server", "unknown"};
constexpr std::array<std::string_view, 5> kPairStates = {"frozen", "waiting", "in-progress", "failed", "succeeded"};
constexpr std::array<std::string_view, 4> kPriorities = {"very-low", "low", "medium", "high"};
constexpr std::array<std::string_view, 5> kSFrameSuites = {"AES_128_CTR_HMAC_SHA256_80", "AES_128_CTR_HMAC_SHA256_64",
                                                           "AES_128_CTR_HMAC_SHA256_32", "AES_128_GCM_SHA256_128",
                                                           "AES_256_GCM_SHA512_128"};
constexpr std::array<std::string_view, 3> kSFrameErrors = {"authentication", "keyID", "syntax"};

}  // namespace

std::string_view to_string(RTCSdpType type) { return name(kSdpTypes, type); }
std::string_view to_string(RTCSignalingState state) { return name(kSignalingStates, state); }
std::string_view to_string(RTCIceGatheringState state) { return name(kGatheringStates, state); }
std::string_view to_string(RTCIceGathererState state) { return name(kGatheringStates, state); }
std::string_view to_string(RTCPeerConnectionState state) { return name(kConnectionStates, state); }
std::string_view to_string(RTCIceConnectionState state) { return name(kIceStates, state); }
std::string_view to_string(RTCIceTransportState state) { return name(kIceStates, state); }
std::string_view to_string(RTCIceRole role) { return name(kIceRoles, role); }
std::string_view to_string(RTCDtlsTransportState state) { return name(kDtlsStates, state); }
std::string_view to_string(RTCSctpTransportState state) { return name(kSctpStates, state); }
std::string_view to_string(RTCDataChannelState state) { return name(kChannelStates, state); }
std::string_view to_string(RTCIceProtocol protocol) { return name(kIceProtocols, protocol); }
std::string_view to_string(RTCIceTcpCandidateType type) { return name(kTcpTypes, type); }
std::string_view to_string(RTCIceCandidateType type) { return name(kCandidateTypes, type); }
std::string_view to_string(RTCIceServerTransportProtocol protocol) { return name(kServerProtocols, protocol); }
std::string_view to_string(RTCIceComponent component) { return name(kComponents, component); }
std::string_view to_string(RTCIceTransportPolicy policy) { return name(kTransportPolicies, policy); }
std::string_view to_string(RTCBundlePolicy policy) { return name(kBundlePolicies, policy); }
std::string_view to_string(RTCRtcpMuxPolicy policy) { return name(kMuxPolicies, policy); }
std::string_view to_string(RTCRtpHeaderEncryptionPolicy policy) { return name(kHeaderEncryptionPolicies, policy); }
std::string_view to_string(RTCStatsType type) { return name(kStatsTypes, type); }
std::string_view to_string(RTCQualityLimitationReason reason) { return name(kLimitationReasons, reason); }
std::string_view to_string(RTCDtlsRole role) { return name(kDtlsRoles, role); }
std::string_view to_string(RTCStatsIceCandidatePairState state) { return name(kPairStates, state); }
std::string_view to_string(RTCPriorityType priority) { return name(kPriorities, priority); }
std::string_view to_string(SFrameCipherSuite suite) { return name(kSFrameSuites, suite); }
std::string_view to_string(SFrameTransformErrorEventType type) { return name(kSFrameErrors, type); }

std::optional<RTCSdpType> to_sdp_type(std::string_view text) {
  for (std::size_t i = 0; i < kSdpTypes.size(); ++i)
    if (kSdpTypes[i] == text) return static_cast<RTCSdpType>(i);
  return std::nullopt;
}

}  // namespace parley
