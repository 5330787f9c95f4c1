// The callee of the browser guide: whoever offers gets an answer.
#pragma once

#include <parley/json.hpp>
#include <parley/parley.hpp>
#include <parley/signaling_channel.hpp>

inline void answerOffers(parley::RTCPeerConnection& peerConnection, parley::SignalingChannel& signalingChannel) {
  signalingChannel.addEventListener<"message">([&](const nlohmann::json& message) -> parley::Promise<void> {
    if (message.contains("offer")) {
      co_await peerConnection.setRemoteDescription(message["offer"].get<parley::RTCSessionDescriptionInit>());
      const auto answer = co_await peerConnection.createAnswer();
      co_await peerConnection.setLocalDescription(answer);
      signalingChannel.send({{"answer", answer}});
    }
  });
}
