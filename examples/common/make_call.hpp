// The caller of the browser guide: offers, and takes the answer when it comes.
#pragma once

#include <parley/json.hpp>
#include <parley/parley.hpp>
#include <parley/signaling_channel.hpp>

inline parley::Promise<void> makeCall(parley::RTCPeerConnection& peerConnection,
                                      parley::SignalingChannel& signalingChannel) {
  signalingChannel.addEventListener<"message">([&](const nlohmann::json& message) -> parley::Promise<void> {
    if (message.contains("answer"))
      co_await peerConnection.setRemoteDescription(message["answer"].get<parley::RTCSessionDescriptionInit>());
  });
  const auto offer = co_await peerConnection.createOffer();
  co_await peerConnection.setLocalDescription(offer);
  signalingChannel.send({{"offer", offer}});
}
