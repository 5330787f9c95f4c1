#pragma once

#include <span>

#include "dtls/transport.hpp"
#include "ice/agent.hpp"
#include "jsep/transport.hpp"
#include "session/transport.hpp"

/// The states of a connection that are summed up from its transports: webrtc-pc sections 4.3.2 to 4.3.4. Values only.
namespace parley::session {

enum class GatheringState { New, Gathering, Complete };
enum class ConnectionState { Closed, Failed, Disconnected, New, Connecting, Connected };

struct TransportStates {
  jsep::TransportId id{};
  ice::State ice = ice::State::New;
  dtls::State dtls = dtls::State::New;
  Transport::Gathering gathering = Transport::Gathering::New;
};

/// RTCIceGatheringState.
GatheringState gathering_state(std::span<const TransportStates> transports);
/// RTCIceConnectionState, which has the values of RTCIceTransportState.
ice::State ice_connection_state(std::span<const TransportStates> transports);
/// RTCPeerConnectionState.
ConnectionState connection_state(std::span<const TransportStates> transports);

}  // namespace parley::session
