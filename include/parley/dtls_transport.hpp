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
PARLEY_EXPORT std::string_view to_string(RTCDtlsTransportState state);

/// webrtc-pc section 11.4.
struct RTCErrorEvent {
  RTCError error;
};

using RTCDtlsTransportEvents = EventTarget<EventType<"statechange", Event>, EventType<"error", RTCErrorEvent>>;

/// The DTLS association over an ICE transport: webrtc-pc section 5.5. Any thread may call.
class PARLEY_EXPORT RTCDtlsTransport : public RTCDtlsTransportEvents {
 public:
  [[nodiscard]] const std::shared_ptr<RTCIceTransport>& iceTransport() const;
  [[nodiscard]] RTCDtlsTransportState state() const;
  /// The peer's certificate chain as DER, its own first; empty until connected.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> getRemoteCertificates() const;

  EventHandler<Event> onstatechange{list<"statechange">()};
  EventHandler<RTCErrorEvent> onerror{list<"error">()};

  explicit RTCDtlsTransport(std::shared_ptr<api::DtlsTransportCore> core);
  ~RTCDtlsTransport();

 private:
  std::shared_ptr<api::DtlsTransportCore> core_;
};

}  // namespace parley
