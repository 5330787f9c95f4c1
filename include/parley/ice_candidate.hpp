#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parley/export.hpp"

namespace parley {

/// webrtc-pc section 4.8.1.
enum class RTCIceProtocol { Udp, Tcp };
enum class RTCIceTcpCandidateType { Active, Passive, So };
enum class RTCIceCandidateType { Host, Srflx, Prflx, Relay };
enum class RTCIceServerTransportProtocol { Udp, Tcp, Tls };
enum class RTCIceComponent { Rtp, Rtcp };
PARLEY_EXPORT std::string_view to_string(RTCIceProtocol protocol);
PARLEY_EXPORT std::string_view to_string(RTCIceTcpCandidateType type);
PARLEY_EXPORT std::string_view to_string(RTCIceCandidateType type);
PARLEY_EXPORT std::string_view to_string(RTCIceServerTransportProtocol protocol);
PARLEY_EXPORT std::string_view to_string(RTCIceComponent component);

/// webrtc-pc section 4.8.1. `candidate` is the text after "a=" of RFC 8839 section 5.1; "" says that there are no more.
/// (With a constructor for the same reason as RTCSessionDescriptionInit.)
struct RTCIceCandidateInit {
  RTCIceCandidateInit() {}                                                              // NOLINT
  RTCIceCandidateInit(std::string candidate_, std::optional<std::string> sdp_mid = {},  // NOLINT: implicit by design
                      std::optional<std::uint16_t> sdp_mline_index = {},
                      std::optional<std::string> username_fragment = {})
      : candidate(std::move(candidate_)),
        sdpMid(std::move(sdp_mid)),
        sdpMLineIndex(sdp_mline_index),
        usernameFragment(std::move(username_fragment)) {}
  std::string candidate;
  std::optional<std::string> sdpMid;
  std::optional<std::uint16_t> sdpMLineIndex;
  std::optional<std::string> usernameFragment;
  bool operator==(const RTCIceCandidateInit&) const = default;
};

/// One address at which a peer may be reached: webrtc-pc section 4.8.1. A value. The attributes below `candidate` are
/// taken from its text and absent when that does not parse or lacks them.
class PARLEY_EXPORT RTCIceCandidate {
 public:
  /// Throws TypeError if both sdpMid and sdpMLineIndex are absent.
  explicit RTCIceCandidate(RTCIceCandidateInit init);

  [[nodiscard]] const std::string& candidate() const { return init_.candidate; }
  [[nodiscard]] const std::optional<std::string>& sdpMid() const { return init_.sdpMid; }
  [[nodiscard]] std::optional<std::uint16_t> sdpMLineIndex() const { return init_.sdpMLineIndex; }
  [[nodiscard]] const std::optional<std::string>& foundation() const { return parsed_.foundation; }
  [[nodiscard]] std::optional<RTCIceComponent> component() const { return parsed_.component; }
  [[nodiscard]] std::optional<std::uint32_t> priority() const { return parsed_.priority; }
  /// An IP address, or a name ending in ".local".
  [[nodiscard]] const std::optional<std::string>& address() const { return parsed_.address; }
  [[nodiscard]] std::optional<RTCIceProtocol> protocol() const { return parsed_.protocol; }
  [[nodiscard]] std::optional<std::uint16_t> port() const { return parsed_.port; }
  [[nodiscard]] std::optional<RTCIceCandidateType> type() const { return parsed_.type; }
  [[nodiscard]] std::optional<RTCIceTcpCandidateType> tcpType() const { return parsed_.tcpType; }
  [[nodiscard]] const std::optional<std::string>& relatedAddress() const { return parsed_.relatedAddress; }
  [[nodiscard]] std::optional<std::uint16_t> relatedPort() const { return parsed_.relatedPort; }
  [[nodiscard]] const std::optional<std::string>& usernameFragment() const { return init_.usernameFragment; }
  /// Local relay candidates: how the TURN server is reached.
  [[nodiscard]] std::optional<RTCIceServerTransportProtocol> relayProtocol() const { return relay_protocol_; }
  /// Local candidates from a server: its URL.
  [[nodiscard]] const std::optional<std::string>& url() const { return url_; }
  /// The members that travel over signaling. parley/json.hpp turns them into JSON.
  [[nodiscard]] const RTCIceCandidateInit& toJSON() const { return init_; }
  operator const RTCIceCandidateInit&() const { return init_; }  // NOLINT: one is accepted as the other in IDL, too

  /// For the connection: what only the gatherer of a candidate knows.
  void set_server(std::optional<RTCIceServerTransportProtocol> relay_protocol, std::optional<std::string> url);

 private:
  struct Parsed {
    std::optional<std::string> foundation, address, relatedAddress;
    std::optional<RTCIceComponent> component;
    std::optional<std::uint32_t> priority;
    std::optional<RTCIceProtocol> protocol;
    std::optional<std::uint16_t> port, relatedPort;
    std::optional<RTCIceCandidateType> type;
    std::optional<RTCIceTcpCandidateType> tcpType;
  };
  RTCIceCandidateInit init_;
  Parsed parsed_;
  std::optional<RTCIceServerTransportProtocol> relay_protocol_;
  std::optional<std::string> url_;
};

}  // namespace parley
