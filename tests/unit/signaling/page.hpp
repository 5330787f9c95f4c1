#pragma once

#include <string>
#include <vector>

#include "parley/json.hpp"
#include "parley/parley.hpp"
#include "parley/signaling_channel.hpp"

namespace parley::test {

/// The code of webrtc-pc section 10.7 as a page has it, which knows nothing of negotiators. Loop thread only.
class Page {
 public:
  Page(RTCPeerConnection& connection, std::shared_ptr<SignalingChannel> channel, bool is_polite)
      : pc(connection), signaling(std::move(channel)), polite(is_polite) {
    pc.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) {
      signaling->send({{"candidate", event.candidate ? nlohmann::json(*event.candidate) : nlohmann::json(nullptr)}});
    };
    pc.onnegotiationneeded = [this]() -> Promise<void> {
      makingOffer = true;
      co_await pc.setLocalDescription();
      signaling->send({{"description", *pc.localDescription()}});
      makingOffer = false;
    };
    signaling->onmessage = [this](const nlohmann::json& message) -> Promise<void> {
      try {
        if (message.contains("description")) {
          co_await take(message["description"].get<RTCSessionDescriptionInit>());
        } else if (message.contains("candidate") && !message["candidate"].is_null()) {
          co_await add(message["candidate"].get<RTCIceCandidateInit>());
        }
      } catch (const std::exception& error) {
        errors.emplace_back(error.what());
      }
    };
  }
  ~Page() {
    pc.onicecandidate = nullptr;
    pc.onnegotiationneeded = nullptr;
    signaling->onmessage = nullptr;
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  std::vector<std::string> errors;
  /// The code has a gap: a candidate of an ignored offer is refused when the next description has already been taken,
  /// and then nobody remembers that the offer was ignored. A page only logs it.
  std::vector<std::string> candidateErrors;

 private:
  Promise<void> take(RTCSessionDescriptionInit description) {
    const bool readyForOffer =
        !makingOffer && (pc.signalingState() == RTCSignalingState::Stable || isSettingRemoteAnswerPending);
    const bool offerCollision = description.type == RTCSdpType::Offer && !readyForOffer;
    ignoreOffer = !polite && offerCollision;
    if (ignoreOffer) co_return;
    isSettingRemoteAnswerPending = description.type == RTCSdpType::Answer;
    co_await pc.setRemoteDescription(description);
    isSettingRemoteAnswerPending = false;
    if (description.type == RTCSdpType::Offer) {
      co_await pc.setLocalDescription();
      signaling->send({{"description", *pc.localDescription()}});
    }
  }
  Promise<void> add(RTCIceCandidateInit candidate) {
    try {
      co_await pc.addIceCandidate(candidate);
    } catch (const std::exception& error) {
      if (!ignoreOffer) candidateErrors.emplace_back(error.what());
    }
  }

  RTCPeerConnection& pc;
  std::shared_ptr<SignalingChannel> signaling;
  const bool polite;
  bool makingOffer = false, ignoreOffer = false, isSettingRemoteAnswerPending = false;
};

}  // namespace parley::test
