// The part of the browser guide that caller and callee have in common: candidates travel as they are found.
#pragma once

#include <parley/json.hpp>
#include <parley/parley.hpp>
#include <parley/signaling_channel.hpp>
#include <string>

#include "common/say.hpp"

inline void exchangeCandidates(parley::RTCPeerConnection& peerConnection, parley::SignalingChannel& signalingChannel) {
  peerConnection.addEventListener<"icecandidate">([&](const parley::RTCPeerConnectionIceEvent& event) {
    if (event.candidate) {
      // The guide's page sends the first name and reads the second: whichever a page reads, it finds it.
      signalingChannel.send({{"new-ice-candidate", *event.candidate}, {"iceCandidate", *event.candidate}});
      say("candidate sent: " + event.candidate->address().value_or("the last"));
    }
  });
  signalingChannel.addEventListener<"message">([&](const nlohmann::json& message) -> parley::Promise<void> {
    for (const char* name : {"new-ice-candidate", "iceCandidate"}) {
      if (!message.contains(name)) continue;
      // The last candidates of the other side may come when all has been said already.
      if (peerConnection.signalingState() == parley::RTCSignalingState::Closed) co_return;
      try {
        co_await peerConnection.addIceCandidate(message[name].get<parley::RTCIceCandidateInit>());
      } catch (const std::exception& error) {
        say(std::string("error adding received ice candidate: ") + error.what());
      }
      co_return;
    }
  });
}
