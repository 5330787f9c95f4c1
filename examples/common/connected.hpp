// Waiting for a connection, and ending it.
#pragma once

#include <parley/parley.hpp>
#include <parley/signaling_channel.hpp>

#include "common/say.hpp"

/// Resolves when the peers are connected, rejects when they cannot be.
inline parley::Promise<void> whenConnected(parley::RTCPeerConnection& peerConnection,
                                           parley::SignalingChannel& signalingChannel) {
  using namespace parley;
  const PromiseResolver<void> connected;
  peerConnection.addEventListener<"connectionstatechange">([&peerConnection, connected] {
    if (peerConnection.connectionState() == RTCPeerConnectionState::Connected) {
      say("Peers connected!");
      connected.resolve();
    }
    if (peerConnection.connectionState() == RTCPeerConnectionState::Failed)
      connected.reject(NetworkError("the peers cannot reach each other"));
  });
  signalingChannel.addEventListener<"error">(
      [](const SignalingErrorEvent& event) { say("signaling: " + event.message); });
  signalingChannel.addEventListener<"close">([connected] { connected.reject(NetworkError("signaling has ended")); });
  return connected.promise();
}

/// The handlers of a connection and of its signaling channel refer to both. Once the connection is closed, none of its
/// own runs any more, so at the end of a scope that comes first, then the channel goes, then the connection.
struct CloseFirst {
  parley::RTCPeerConnection& peerConnection;
  ~CloseFirst() { peerConnection.close(); }
};
