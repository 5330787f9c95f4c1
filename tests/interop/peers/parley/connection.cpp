#include <cmath>
#include <utility>

#include "parley/json.hpp"
#include "peer.hpp"

namespace interop {

using namespace parley;
using nlohmann::json;

Connection::Connection(std::string connection_name, const RTCConfiguration& configuration, bool trickle)
    : pc(configuration), name(std::move(connection_name)), trickle_(trickle) {
  note_states();
  pc.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) {
    if (event.candidate && trickle_)
      emit("signal", {{"connection", name}, {"message", {{"new-ice-candidate", *event.candidate}}}});
  };
  pc.onicecandidateerror = [this](const RTCPeerConnectionIceErrorEvent& event) {
    emit("icecandidateerror",
         {{"connection", name}, {"url", event.url}, {"code", event.errorCode}, {"text", event.errorText}});
  };
}

void Connection::note_states() {
  const auto note = [this](const char* attribute, std::string_view value) {
    emit("state", {{"connection", name}, {"name", attribute}, {"value", value}});
  };
  pc.onconnectionstatechange = [this, note] { note("connectionState", to_string(pc.connectionState())); };
  pc.oniceconnectionstatechange = [this, note] { note("iceConnectionState", to_string(pc.iceConnectionState())); };
  pc.onsignalingstatechange = [this, note] { note("signalingState", to_string(pc.signalingState())); };
  pc.onicegatheringstatechange = [this, note] {
    note("iceGatheringState", to_string(pc.iceGatheringState()));
    if (pc.iceGatheringState() == RTCIceGatheringState::Complete)
      std::exchange(gathered_, PromiseResolver<void>()).resolve();
  };
}

void Connection::negotiate(const json& settings) {
  negotiated.emplace(pc, settings, [name = name](const json& message) {
    emit("signal", {{"connection", name}, {"message", message}});
  });
}

/// Something in it lives, and has no candidate yet.
static bool lacks_candidates(const std::string& sdp) {
  if (sdp.find("a=candidate:") != std::string::npos) return false;
  for (std::size_t at = sdp.find("\r\nm="); at != std::string::npos; at = sdp.find("\r\nm=", at + 1))
    if (sdp[sdp.find(' ', at) + 1] != '0') return true;
  return false;
}

/// When a restart has been set, the state is still what it was: gathering is told in a task of its own.
Promise<void> Connection::gather() {
  while (pc.iceGatheringState() != RTCIceGatheringState::Complete || lacks_candidates(pc.localDescription()->sdp()))
    co_await gathered_.promise();
}

Promise<void> Connection::describe(RTCSessionDescriptionInit description) {
  co_await pc.setLocalDescription(description);
  if (!trickle_) {
    co_await gather();
    description = *pc.localDescription();
  }
  emit("signal", {{"connection", name}, {"message", {{to_string(description.type), description}}}});
}

Promise<void> Connection::offer() {
  auto description = co_await pc.createOffer();
  co_await describe(std::move(description));
}

Promise<void> Connection::receive(json message) {
  if (negotiated) {
    negotiated->receive(std::move(message));
  } else if (message.contains("offer")) {
    co_await pc.setRemoteDescription(message["offer"].get<RTCSessionDescriptionInit>());
    auto answer = co_await pc.createAnswer();
    co_await describe(std::move(answer));
  } else if (message.contains("answer")) {
    co_await pc.setRemoteDescription(message["answer"].get<RTCSessionDescriptionInit>());
  } else {
    co_await pc.addIceCandidate(message.at("new-ice-candidate").get<RTCIceCandidateInit>());
  }
}

Promise<json> Connection::step(const json& request) {
  const std::string type = request.at("type");
  if (type == "rollback") {
    co_await pc.setLocalDescription({RTCSdpType::Rollback});
    co_return nullptr;
  }
  RTCSessionDescriptionInit made{RTCSdpType::Offer};
  if (type == "offer") {
    const json options = request.value("options", json::object());
    RTCOfferOptions wanted{.iceRestart = options.value("iceRestart", false)};
    if (options.contains("offerToReceiveAudio"))
      wanted.offerToReceiveAudio = options["offerToReceiveAudio"].get<bool>();
    if (options.contains("offerToReceiveVideo"))
      wanted.offerToReceiveVideo = options["offerToReceiveVideo"].get<bool>();
    made = co_await pc.createOffer(wanted);
  } else {
    made = co_await pc.createAnswer();
    if (type == "pranswer") made.type = RTCSdpType::Pranswer;
  }
  co_await pc.setLocalDescription(made);
  co_await gather();
  co_return json(*pc.localDescription());
}

json Connection::view() const {
  const auto sdp = [](const auto& description) { return description ? description->sdp() : std::string(); };
  return {{"signalingState", to_string(pc.signalingState())},
          {"connectionState", to_string(pc.connectionState())},
          {"local", sdp(pc.currentLocalDescription())},
          {"remote", sdp(pc.currentRemoteDescription())},
          {"table", acts.table()}};
}

static json side(const RTCIceCandidate& candidate) {
  json fields{{"address", candidate.address().value_or("")}, {"port", candidate.port().value_or(0)}};
  if (candidate.type()) fields["type"] = to_string(*candidate.type());
  if (candidate.protocol()) fields["protocol"] = to_string(*candidate.protocol());
  if (candidate.relayProtocol()) fields["relayProtocol"] = to_string(*candidate.relayProtocol());
  return fields;
}

json Connection::state() const {
  json fields{{"connectionState", to_string(pc.connectionState())},
              {"iceConnectionState", to_string(pc.iceConnectionState())},
              {"signalingState", to_string(pc.signalingState())},
              {"iceGatheringState", to_string(pc.iceGatheringState())},
              {"maxMessageSize", nullptr},
              {"selectedPair", nullptr}};
  const auto sctp = pc.sctp();
  if (!sctp) return fields;
  if (const auto maximum = sctp->maxMessageSize())
    fields["maxMessageSize"] = std::isinf(*maximum) ? json("unlimited") : json(static_cast<std::uint64_t>(*maximum));
  if (const auto pair = sctp->transport()->iceTransport()->getSelectedCandidatePair())
    fields["selectedPair"] = {{"local", side(pair->local)}, {"remote", side(pair->remote)}};
  return fields;
}

}  // namespace interop
