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
/// Who connects: webrtc-pc section 4.8.1.3.
enum class RTCIceTcpCandidateType { Active, Passive, So };
/// Where a candidate comes from: webrtc-pc section 4.8.1.4.
enum class RTCIceCandidateType { Host, Srflx, Prflx, Relay };
/// How a TURN server is reached: webrtc-pc section 4.8.1.5.
enum class RTCIceServerTransportProtocol { Udp, Tcp, Tls };
/// What a candidate carries: webrtc-pc section 5.6.7. RTCP has no candidates of its own here.
enum class RTCIceComponent { Rtp, Rtcp };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceProtocol protocol);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceTcpCandidateType type);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceCandidateType type);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceServerTransportProtocol protocol);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceComponent component);

/// webrtc-pc section 4.8.1. `candidate` is the text after "a=" of RFC 8839 section 5.1; "" says that there are no more.
/// (With a constructor for the same reason as RTCSessionDescriptionInit.)
struct RTCIceCandidateInit {
  RTCIceCandidateInit() {}  // NOLINT
  /// All members.
  RTCIceCandidateInit(std::string candidate_, std::optional<std::string> sdp_mid = {},  // NOLINT: implicit by design
                      std::optional<std::uint16_t> sdp_mline_index = {},
                      std::optional<std::string> username_fragment = {})
      : candidate(std::move(candidate_)),
        sdpMid(std::move(sdp_mid)),
        sdpMLineIndex(sdp_mline_index),
        usernameFragment(std::move(username_fragment)) {}
  /// "candidate:…", or "".
  std::string candidate;
  /// Which section it belongs to, by its a=mid.
  std::optional<std::string> sdpMid;
  /// The same by its place, from 0 on.
  std::optional<std::uint16_t> sdpMLineIndex;
  /// Which ICE generation it belongs to; the present one if absent.
  std::optional<std::string> usernameFragment;
  /// Member by member.
  bool operator==(const RTCIceCandidateInit&) const = default;
};

/// One address at which a peer may be reached: webrtc-pc section 4.8.1. A value. The attributes below `candidate` are
/// taken from its text and absent when that does not parse or lacks them.
class PARLEY_EXPORT RTCIceCandidate {
 public:
  /// Throws TypeError if both sdpMid and sdpMLineIndex are absent.
  explicit RTCIceCandidate(RTCIceCandidateInit init);

  /// The text.
  [[nodiscard]] const std::string& candidate() const { return init_.candidate; }
  /// See RTCIceCandidateInit.
  [[nodiscard]] const std::optional<std::string>& sdpMid() const { return init_.sdpMid; }
  /// See RTCIceCandidateInit.
  [[nodiscard]] std::optional<std::uint16_t> sdpMLineIndex() const { return init_.sdpMLineIndex; }
  /// Equal for candidates of the same kind, address and server.
  [[nodiscard]] const std::optional<std::string>& foundation() const { return parsed_.foundation; }
  /// What it carries.
  [[nodiscard]] std::optional<RTCIceComponent> component() const { return parsed_.component; }
  /// The higher, the rather it is used.
  [[nodiscard]] std::optional<std::uint32_t> priority() const { return parsed_.priority; }
  /// An IP address, or a name ending in ".local".
  [[nodiscard]] const std::optional<std::string>& address() const { return parsed_.address; }
  /// What packets travel in.
  [[nodiscard]] std::optional<RTCIceProtocol> protocol() const { return parsed_.protocol; }
  /// The port at that address.
  [[nodiscard]] std::optional<std::uint16_t> port() const { return parsed_.port; }
  /// Where it comes from.
  [[nodiscard]] std::optional<RTCIceCandidateType> type() const { return parsed_.type; }
  /// Of a TCP candidate: who connects.
  [[nodiscard]] std::optional<RTCIceTcpCandidateType> tcpType() const { return parsed_.tcpType; }
  /// Of a candidate that was learned elsewhere: the address it was learned through.
  [[nodiscard]] const std::optional<std::string>& relatedAddress() const { return parsed_.relatedAddress; }
  /// The port at that address.
  [[nodiscard]] std::optional<std::uint16_t> relatedPort() const { return parsed_.relatedPort; }
  /// See RTCIceCandidateInit.
  [[nodiscard]] const std::optional<std::string>& usernameFragment() const { return init_.usernameFragment; }
  /// Local relay candidates: how the TURN server is reached.
  [[nodiscard]] std::optional<RTCIceServerTransportProtocol> relayProtocol() const { return relay_protocol_; }
  /// Local candidates from a server: its URL.
  [[nodiscard]] const std::optional<std::string>& url() const { return url_; }
  /// The members that travel over signaling. parley/json.hpp turns them into JSON.
  [[nodiscard]] const RTCIceCandidateInit& toJSON() const { return init_; }
  /// For addIceCandidate() and signaling.
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
