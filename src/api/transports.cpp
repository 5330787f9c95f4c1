// RTCIceTransport, RTCDtlsTransport and RTCSctpTransport: views of what the connection has.
#include "api/candidates.hpp"
#include "api/cores.hpp"
#include "api/peer.hpp"
#include "jsep/remote_candidates.hpp"
#include "jsep/view.hpp"

namespace parley {
namespace {

/// The section that a transport is described in.
struct Place {
  std::optional<std::string> mid;
  std::uint16_t index;
};

/// The transport of a connection and its place.
struct Asked {
  const session::Transport& transport;
  Place place;
};

/// What the remote description says of a transport, and its place.
struct Received {
  const jsep::Snapshot& snapshot;
  jsep::RemoteTransport remote;
  Place place;
};

Place place_of(const jsep::Agreement& agreement, const jsep::Transport& transport) {
  const jsep::Section& section = agreement.sections[transport.index];
  return {.mid = section.mid_is_signaled ? std::optional(section.mid) : std::nullopt,
          .index = static_cast<std::uint16_t>(transport.index)};
}

RTCIceCandidate to_w3c(const Place& place, const ice::Candidate& candidate, const std::string& ufrag) {
  RTCIceCandidateInit init(ice::print_candidate(candidate), place.mid, place.index, candidate.username_fragment);
  if (candidate.username_fragment.empty()) init.usernameFragment = ufrag;
  return RTCIceCandidate(std::move(init));
}

RTCIceCandidate to_w3c_local(const Place& place, const ice::Agent& agent, const ice::Candidate& candidate) {
  RTCIceCandidate shown = to_w3c(place, candidate, agent.local_credentials().ufrag);
  for (const auto& [known, source] : agent.local_candidates())
    if (known == candidate) api::set_source(shown, source);
  return shown;
}

/// Runs `ask` with the transport on its loop; what `ask` would answer without one is `otherwise`.
template <class T, class Ask>
T ask_transport(const api::IceTransportCore& core, T otherwise, Ask ask) {
  return core.loop->run([&]() -> T {
    const auto peer = core.peer.lock();
    const session::Transport* transport = peer ? peer->connection().transport(core.id) : nullptr;
    if (transport == nullptr || transport->active() == nullptr) return std::move(otherwise);
    const jsep::Agreement& now = peer->connection().snapshot().now;
    const jsep::Transport* described = jsep::transport_by_id(now, core.id);
    if (described == nullptr) return std::move(otherwise);
    return ask(Asked{.transport = *transport, .place = place_of(now, *described)});
  });
}

/// The same with what setRemoteDescription() and addIceCandidate() have brought, answered or not.
template <class T, class Ask>
T ask_received(const api::IceTransportCore& core, T otherwise, Ask ask) {
  return core.loop->run([&]() -> T {
    const auto peer = core.peer.lock();
    if (!peer) return std::move(otherwise);
    const jsep::Snapshot& snapshot = peer->connection().snapshot();
    const jsep::Transport* described = jsep::transport_by_id(snapshot.now, core.id);
    const jsep::AppliedDescription* remote = jsep::remote_description(snapshot);
    if (described == nullptr || remote == nullptr || described->index >= remote->parsed.media.size())
      return std::move(otherwise);
    const jsep::TransportView view = jsep::transport_view(remote->parsed, described->index);
    if (!view.ice) return std::move(otherwise);
    return ask(Received{.snapshot = snapshot,
                        .remote = {.credentials = *view.ice, .tls_id = view.tls_id},
                        .place = place_of(snapshot.now, *described)});
  });
}

}  // namespace

RTCIceTransport::RTCIceTransport(std::shared_ptr<api::IceTransportCore> core)
    : RTCIceTransportEvents(core->lists), core_(std::move(core)) {}
RTCIceTransport::~RTCIceTransport() = default;

RTCIceRole RTCIceTransport::role() const {
  return core_->loop->run([this] {
    // An agent may have changed it: RFC 8445 section 7.3.1.1.
    core_->role = ask_transport(*core_, core_->role, [](const Asked& asked) {
      return asked.transport.active()->role() == ice::Role::Controlling ? RTCIceRole::Controlling
                                                                        : RTCIceRole::Controlled;
    });
    return core_->role;
  });
}

RTCIceTransportState RTCIceTransport::state() const {
  return core_->loop->run([this] { return core_->state; });
}

RTCIceGathererState RTCIceTransport::gatheringState() const {
  return core_->loop->run([this] { return core_->gathering; });
}

std::vector<RTCIceCandidate> RTCIceTransport::getLocalCandidates() const {
  return ask_transport(*core_, std::vector<RTCIceCandidate>{}, [](const Asked& asked) {
    std::vector<RTCIceCandidate> candidates;
    const ice::Agent& agent = *asked.transport.newest();
    for (const auto& [candidate, source] : agent.local_candidates())
      candidates.push_back(to_w3c_local(asked.place, agent, candidate));
    return candidates;
  });
}

std::vector<RTCIceCandidate> RTCIceTransport::getRemoteCandidates() const {
  return ask_received(*core_, std::vector<RTCIceCandidate>{}, [](const Received& received) {
    std::vector<RTCIceCandidate> candidates;
    for (const std::string& text : jsep::candidates_of(received.snapshot, received.remote).candidates)
      candidates.emplace_back(RTCIceCandidateInit("candidate:" + text, received.place.mid, received.place.index,
                                                  received.remote.credentials.ufrag));
    return candidates;
  });
}

std::optional<RTCIceCandidatePair> RTCIceTransport::getSelectedCandidatePair() const {
  using Pair = std::optional<RTCIceCandidatePair>;
  return ask_transport(*core_, Pair{}, [this](const Asked& asked) -> Pair {
    const ice::Agent* agent = asked.transport.carrier();
    const bool none = core_->state == RTCIceTransportState::New || core_->state == RTCIceTransportState::Closed;
    const auto pair = agent == nullptr || none ? std::nullopt : agent->selected_pair();
    if (!pair) return std::nullopt;
    const auto& remote = agent->remote_credentials();
    return RTCIceCandidatePair{to_w3c_local(asked.place, *agent, pair->local),
                               to_w3c(asked.place, pair->remote, remote ? remote->ufrag : std::string())};
  });
}

std::optional<RTCIceParameters> RTCIceTransport::getLocalParameters() const {
  using Parameters = std::optional<RTCIceParameters>;
  return ask_transport(*core_, Parameters{}, [](const Asked& asked) -> Parameters {
    const ice::Credentials& credentials = asked.transport.newest()->local_credentials();
    return RTCIceParameters{credentials.ufrag, credentials.password};
  });
}

std::optional<RTCIceParameters> RTCIceTransport::getRemoteParameters() const {
  using Parameters = std::optional<RTCIceParameters>;
  return ask_received(*core_, Parameters{}, [](const Received& received) -> Parameters {
    return RTCIceParameters{received.remote.credentials.ufrag, received.remote.credentials.pwd};
  });
}

RTCDtlsTransport::RTCDtlsTransport(std::shared_ptr<api::DtlsTransportCore> core)
    : RTCDtlsTransportEvents(core->lists), core_(std::move(core)) {}
RTCDtlsTransport::~RTCDtlsTransport() = default;

const std::shared_ptr<RTCIceTransport>& RTCDtlsTransport::iceTransport() const { return core_->ice; }

RTCDtlsTransportState RTCDtlsTransport::state() const {
  return core_->loop->run([this] { return core_->state; });
}

std::vector<std::vector<std::uint8_t>> RTCDtlsTransport::getRemoteCertificates() const {
  return core_->loop->run([this] { return core_->remote_certificates; });
}

RTCSctpTransport::RTCSctpTransport(std::shared_ptr<api::SctpTransportCore> core)
    : RTCSctpTransportEvents(core->lists), core_(std::move(core)) {}
RTCSctpTransport::~RTCSctpTransport() = default;

std::shared_ptr<RTCDtlsTransport> RTCSctpTransport::transport() const {
  return core_->loop->run([this] { return core_->dtls; });
}

std::optional<double> RTCSctpTransport::maxMessageSize() const {
  return core_->loop->run([this] { return core_->max_message_size; });
}

RTCSctpTransportState RTCSctpTransport::state() const {
  return core_->loop->run([this] { return core_->state; });
}

std::optional<std::uint16_t> RTCSctpTransport::maxChannels() const {
  return core_->loop->run([this] { return core_->max_channels; });
}

}  // namespace parley
