// A connection's life, and its end.
#pragma once

#include <parley/parley.hpp>
#include <parley/signaling_channel.hpp>

#include "common/say.hpp"

/// Says when the peers are connected; rejects `finished` when they cannot be, or are no longer.
inline void watchConnection(parley::RTCPeerConnection& peerConnection, parley::SignalingChannel& signalingChannel,
                            const parley::PromiseResolver<void>& finished) {
  using namespace parley;
  peerConnection.addEventListener<"connectionstatechange">([&peerConnection, finished] {
    switch (peerConnection.connectionState()) {
      case RTCPeerConnectionState::Connected:
        return say("Peers connected!");
      case RTCPeerConnectionState::Disconnected:
        return say("The other side does not answer, waiting ...");
      case RTCPeerConnectionState::Failed:
        return finished.reject(NetworkError("the peers cannot reach each other"));
      default:
        return;
    }
  });
  // The signaling server's last word.
  signalingChannel.addEventListener<"message">([finished](const nlohmann::json& message) {
    if (message.contains("error")) finished.reject(NetworkError("signaling: " + message["error"].dump()));
  });
  signalingChannel.addEventListener<"error">(
      [](const SignalingErrorEvent& event) { say("signaling: " + event.message); });
  // Connected peers need it no more.
  signalingChannel.addEventListener<"close">([&peerConnection, finished] {
    const auto state = peerConnection.connectionState();
    if (state == RTCPeerConnectionState::New || state == RTCPeerConnectionState::Connecting)
      finished.reject(NetworkError("signaling has ended"));
  });
}

/// The handlers of a connection and of its signaling channel refer to both. Once the connection is closed, none of its
/// own runs any more, so at the end of a scope that comes first, then the channel goes, then the connection.
struct CloseFirst {
  parley::RTCPeerConnection& peerConnection;
  ~CloseFirst() { peerConnection.close(); }
};
