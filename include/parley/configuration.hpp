#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/certificate.hpp"
#include "parley/congestion_controller.hpp"
#include "parley/export.hpp"

namespace parley {

class EventLoop;

/// Which candidates are used: all, or those of TURN servers alone. webrtc-pc section 4.2.3.
enum class RTCIceTransportPolicy { All, Relay };
/// What becomes of sections that a peer cannot bundle: webrtc-pc section 4.2.4.
enum class RTCBundlePolicy { Balanced, MaxCompat, MaxBundle };
/// RTCP travels with RTP: webrtc-pc section 4.2.5.
enum class RTCRtcpMuxPolicy { Require };
/// Whether header extensions and contributing sources of media have to be encrypted (RFC 9335), or are wherever both
/// sides can: webrtc-extensions, "RTP Header Extension Encryption". With `Require`, setRemoteDescription() rejects with
/// InvalidAccessError where a peer cannot, and packets in which they can be read are not taken.
enum class RTCRtpHeaderEncryptionPolicy { Negotiate, Require };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceTransportPolicy policy);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCBundlePolicy policy);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCRtcpMuxPolicy policy);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCRtpHeaderEncryptionPolicy policy);

/// IDL's (DOMString or sequence<DOMString>): `.urls = "stun:host"` or `.urls = {"turn:a", "turn:b?transport=tcp"}`.
class StringOrStrings : public std::vector<std::string> {
 public:
  StringOrStrings() = default;
  /// One text.
  StringOrStrings(const char* one) : vector{std::string(one)} {}  // NOLINT: implicit by design
  /// One text.
  StringOrStrings(std::string one) : vector{std::move(one)} {}  // NOLINT
  /// Several.
  StringOrStrings(std::vector<std::string> many) : vector(std::move(many)) {}  // NOLINT
  /// Several, as `{"a", "b"}`.
  StringOrStrings(std::initializer_list<std::string> many) : vector(many) {}
};

/// A STUN or TURN server: webrtc-pc section 4.2.2.
struct RTCIceServer {
  /// "stun:host[:port]", "turn:host[:port][?transport=udp|tcp]" (RFC 7064, RFC 7065).
  StringOrStrings urls;
  /// The name of the user. Required for TURN.
  std::optional<std::string> username{};
  /// The password. Required for TURN.
  std::optional<std::string> credential{};
};

/// What the browser has no say in: where the connection runs and which addresses it may use.
struct NetworkOptions {
  /// The loop that owns the connection; nullptr: the current loop, else EventLoop::shared(). getConfiguration() says
  /// which.
  std::shared_ptr<EventLoop> loop{};
  /// Local UDP ports to choose from, from the first to the last; 0 and 0: any.
  std::uint16_t port_min = 0;
  /// The last one, itself included.
  std::uint16_t port_max = 0;
  /// Whether to use the interface of that name with that address; all but loopback and link-local if absent.
  /// An exception means no, and is reported as one of an event handler.
  std::function<bool(std::string_view interface, std::string_view address)> interface_filter{};
  /// Offer loopback addresses as well. Without another interface they are used anyway.
  bool include_loopback = false;
  /// Send and receive around libnice where the system allows it (Linux), and protect media without libsrtp2, with
  /// OpenSSL's ciphers alone. Off: the portable path, whose work libnice and libsrtp2 do (but for media whose header
  /// extensions are encrypted, which libsrtp2 cannot read).
  bool fast_path = true;
  /// The largest message we accept, announced as a=max-message-size (RFC 8841). A channel on which a larger one arrives
  /// fails, with `error` and `close`. 0: as large as the peer likes, all of it in memory.
  std::size_t max_message_size = 256 << 10;
  /// Makes what decides how much media is sent, on the connection's loop, for each transport that carries some; it must
  /// not throw. Empty: the library's own does. setConfiguration() does not change it.
  CongestionControllerFactory congestion_controller{};
  /// Mark packets of media with ECT(1), for networks that keep queues short by marking instead of dropping (L4S,
  /// RFC 9331): where the peer tells of marks (RFC 8888, which is agreed on where transport-wide-cc is not) and packets
  /// go through the fast path. The library's congestion control yields to marks; a program's own has to.
  /// setConfiguration() does not change it.
  bool l4s = false;
};

/// webrtc-pc section 4.2.1. The defaults are the specification's.
struct RTCConfiguration {
  /// STUN and TURN servers; all are asked at the same time.
  std::vector<RTCIceServer> iceServers{};
  /// Relay: addresses of TURN servers only, so that the peer learns no other.
  RTCIceTransportPolicy iceTransportPolicy = RTCIceTransportPolicy::All;
  /// webrtc-pc section 4.2.4.
  RTCBundlePolicy bundlePolicy = RTCBundlePolicy::Balanced;
  /// There is one value.
  RTCRtcpMuxPolicy rtcpMuxPolicy = RTCRtcpMuxPolicy::Require;
  /// What the connection authenticates with; one is made if there is none. With several, the first is used.
  std::vector<RTCCertificate> certificates{};
  /// For so many transports candidates are gathered ahead. What the first negotiation does not need is let go.
  std::uint8_t iceCandidatePoolSize = 0;
  /// webrtc-extensions, "Always negotiating data channels": the first offer has a data section, before all others,
  /// although there is no channel yet. setConfiguration() does not change it.
  bool alwaysNegotiateDataChannels = false;
  /// Another one makes setConfiguration() throw InvalidModificationError.
  RTCRtpHeaderEncryptionPolicy rtpHeaderEncryptionPolicy = RTCRtpHeaderEncryptionPolicy::Negotiate;
  /// Not in W3C.
  NetworkOptions network{};
};

}  // namespace parley
