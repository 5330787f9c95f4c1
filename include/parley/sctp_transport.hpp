#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "parley/dtls_transport.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"

namespace parley {

namespace api {
struct SctpTransportCore;
}

/// webrtc-pc section 6.1.2.
enum class RTCSctpTransportState { Connecting, Connected, Closed };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCSctpTransportState state);

/// The events of an RTCSctpTransport, and what they carry.
using RTCSctpTransportEvents = EventTarget<EventType<"statechange", Event>>;

/// The SCTP association that carries the data channels: webrtc-pc section 6.1. Any thread may call.
class PARLEY_EXPORT RTCSctpTransport : public RTCSctpTransportEvents {
 public:
  /// Another one after an answer that bundles the data section with others.
  [[nodiscard]] std::shared_ptr<RTCDtlsTransport> transport() const;
  /// Of the association.
  [[nodiscard]] RTCSctpTransportState state() const;
  /// The largest message, in bytes, that send() accepts; infinity if there is no limit. Absent until the peer has
  /// answered, or been answered.
  [[nodiscard]] std::optional<double> maxMessageSize() const;
  /// How many channels can be open at a time; absent until connected.
  [[nodiscard]] std::optional<std::uint16_t> maxChannels() const;

  /// state() has changed.
  EventHandler<Event> onstatechange{list<"statechange">()};

  /// For the library's own use.
  explicit RTCSctpTransport(std::shared_ptr<api::SctpTransportCore> core);
  ~RTCSctpTransport();

 private:
  std::shared_ptr<api::SctpTransportCore> core_;
};

}  // namespace parley
