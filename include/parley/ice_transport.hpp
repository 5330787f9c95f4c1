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
/// webrtc-pc section 5.6.5.
enum class RTCIceTransportState { Closed, Failed, Disconnected, New, Checking, Completed, Connected };
/// Who chooses the pair: webrtc-pc section 5.6.6.
enum class RTCIceRole { Unknown, Controlling, Controlled };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceGathererState state);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceTransportState state);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceRole role);

/// What authenticates connectivity checks: webrtc-pc section 5.6.1.
struct RTCIceParameters {
  /// The name, a=ice-ufrag.
  std::string usernameFragment;
  /// The password, a=ice-pwd.
  std::string password;
};

/// Two addresses that reach each other: webrtc-pc section 5.6.2.
struct RTCIceCandidatePair {
  /// Ours.
  RTCIceCandidate local;
  /// The peer's.
  RTCIceCandidate remote;
};

/// The events of an RTCIceTransport, and what they carry.
using RTCIceTransportEvents = EventTarget<EventType<"statechange", Event>, EventType<"gatheringstatechange", Event>,
                                          EventType<"selectedcandidatepairchange", Event>>;

/// The ICE agent of a transport: webrtc-pc section 5.6. Any thread may call.
class PARLEY_EXPORT RTCIceTransport : public RTCIceTransportEvents {
 public:
  /// Unknown before the first description.
  [[nodiscard]] RTCIceRole role() const;
  /// Always Rtp: RTCP travels with RTP.
  [[nodiscard]] RTCIceComponent component() const { return RTCIceComponent::Rtp; }
  /// How the connectivity checks do.
  [[nodiscard]] RTCIceTransportState state() const;
  /// Whether there may be more local candidates.
  [[nodiscard]] RTCIceGathererState gatheringState() const;
  /// Those gathered so far.
  [[nodiscard]] std::vector<RTCIceCandidate> getLocalCandidates() const;
  /// Those signaled; peer-reflexive ones are not among them.
  [[nodiscard]] std::vector<RTCIceCandidate> getRemoteCandidates() const;
  /// What packets travel between; absent before there is one.
  [[nodiscard]] std::optional<RTCIceCandidatePair> getSelectedCandidatePair() const;
  /// Absent before a local description.
  [[nodiscard]] std::optional<RTCIceParameters> getLocalParameters() const;
  /// Absent before a remote description.
  [[nodiscard]] std::optional<RTCIceParameters> getRemoteParameters() const;

  /// state() has changed.
  EventHandler<Event> onstatechange{list<"statechange">()};
  /// gatheringState() has changed.
  EventHandler<Event> ongatheringstatechange{list<"gatheringstatechange">()};
  /// Packets take another way.
  EventHandler<Event> onselectedcandidatepairchange{list<"selectedcandidatepairchange">()};

  /// For the library's own use.
  explicit RTCIceTransport(std::shared_ptr<api::IceTransportCore> core);
  ~RTCIceTransport();

 private:
  std::shared_ptr<api::IceTransportCore> core_;
};

}  // namespace parley
