#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/ice_candidate.hpp"

namespace parley {

namespace api {
struct IceTransportCore;
}

/// webrtc-pc section 5.6.
enum class RTCIceGathererState { New, Gathering, Complete };
enum class RTCIceTransportState { Closed, Failed, Disconnected, New, Checking, Completed, Connected };
enum class RTCIceRole { Unknown, Controlling, Controlled };
PARLEY_EXPORT std::string_view to_string(RTCIceGathererState state);
PARLEY_EXPORT std::string_view to_string(RTCIceTransportState state);
PARLEY_EXPORT std::string_view to_string(RTCIceRole role);

struct RTCIceParameters {
  std::string usernameFragment;
  std::string password;
};

struct RTCIceCandidatePair {
  RTCIceCandidate local;
  RTCIceCandidate remote;
};

using RTCIceTransportEvents = EventTarget<EventType<"statechange", Event>, EventType<"gatheringstatechange", Event>,
                                          EventType<"selectedcandidatepairchange", Event>>;

/// The ICE agent of a transport: webrtc-pc section 5.6. Any thread may call.
class PARLEY_EXPORT RTCIceTransport : public RTCIceTransportEvents {
 public:
  [[nodiscard]] RTCIceRole role() const;
  [[nodiscard]] RTCIceComponent component() const { return RTCIceComponent::Rtp; }
  [[nodiscard]] RTCIceTransportState state() const;
  [[nodiscard]] RTCIceGathererState gatheringState() const;
  [[nodiscard]] std::vector<RTCIceCandidate> getLocalCandidates() const;
  /// Those signaled; peer-reflexive ones are not among them.
  [[nodiscard]] std::vector<RTCIceCandidate> getRemoteCandidates() const;
  [[nodiscard]] std::optional<RTCIceCandidatePair> getSelectedCandidatePair() const;
  [[nodiscard]] std::optional<RTCIceParameters> getLocalParameters() const;
  [[nodiscard]] std::optional<RTCIceParameters> getRemoteParameters() const;

  EventHandler<Event> onstatechange{list<"statechange">()};
  EventHandler<Event> ongatheringstatechange{list<"gatheringstatechange">()};
  EventHandler<Event> onselectedcandidatepairchange{list<"selectedcandidatepairchange">()};

  explicit RTCIceTransport(std::shared_ptr<api::IceTransportCore> core);
  ~RTCIceTransport();

 private:
  std::shared_ptr<api::IceTransportCore> core_;
};

}  // namespace parley
