#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "parley/errors.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/ice_transport.hpp"

namespace parley {

namespace api {
struct DtlsTransportCore;
}

/// webrtc-pc section 5.5.1.
enum class RTCDtlsTransportState { New, Connecting, Connected, Closed, Failed };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCDtlsTransportState state);

/// webrtc-pc section 11.4.
struct RTCErrorEvent {
  /// What went wrong.
  RTCError error;
};

/// The events of an RTCDtlsTransport, and what they carry.
using RTCDtlsTransportEvents = EventTarget<EventType<"statechange", Event>, EventType<"error", RTCErrorEvent>>;

/// The DTLS association over an ICE transport: webrtc-pc section 5.5. Any thread may call.
class PARLEY_EXPORT RTCDtlsTransport : public RTCDtlsTransportEvents {
 public:
  /// What it runs over; always the same one.
  [[nodiscard]] const std::shared_ptr<RTCIceTransport>& iceTransport() const;
  /// The state of the handshake and of what follows it.
  [[nodiscard]] RTCDtlsTransportState state() const;
  /// The peer's certificate chain as DER, its own first; empty until connected.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> getRemoteCertificates() const;

  /// state() has changed.
  EventHandler<Event> onstatechange{list<"statechange">()};
  /// The handshake or the association has failed; the error tells of DTLS alerts.
  EventHandler<RTCErrorEvent> onerror{list<"error">()};

  /// For the library's own use.
  explicit RTCDtlsTransport(std::shared_ptr<api::DtlsTransportCore> core);
  ~RTCDtlsTransport();

 private:
  std::shared_ptr<api::DtlsTransportCore> core_;
};

}  // namespace parley
