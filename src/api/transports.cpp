// RTCIceTransport, RTCDtlsTransport and RTCSctpTransport: views of what the connection has.
#include "api/candidates.hpp"
#include "api/cores.hpp"
#include "api/peer.hpp"

namespace parley {
namespace {

/// The transport of a connection and the section that it is described in.
struct Asked {
  const session::Transport& transport;
  std::optional<std::string> mid;
  std::uint16_t index;
};

RTCIceCandidate to_w3c(const Asked& asked, const ice::Candidate& candidate, const std::string& ufrag) {
  RTCIceCandidateInit init(ice::print_candidate(candidate), asked.mid, asked.index, candidate.username_fragment);
  if (candidate.username_fragment.empty()) init.usernameFragment = ufrag;
  return RTCIceCandidate(std::move(init));
}

RTCIceCandidate to_w3c_local(const Asked& asked, const ice::Agent& agent, const ice::Candidate& candidate) {
  RTCIceCandidate shown = to_w3c(asked, candidate, agent.local_credentials().ufrag);
  for (const auto& [known, source] : agent.local_candidates())
    if (known == candidate) api::set_source(shown, source);
  return shown;
}

RTCIceCandidate to_w3c_remote(const Asked& asked, const ice::Candidate& candidate) {
  const auto& credentials = asked.transport.remote_credentials();
  return to_w3c(asked, candidate, credentials ? credentials->ufrag : std::string());
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
    const jsep::Section& section = now.sections[described->index];
    return ask(Asked{.transport = *transport,
                     .mid = section.mid_is_signaled ? std::optional(section.mid) : std::nullopt,
                     .index = static_cast<std::uint16_t>(described->index)});
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
      candidates.push_back(to_w3c_local(asked, agent, candidate));
    return candidates;
  });
}

std::vector<RTCIceCandidate> RTCIceTransport::getRemoteCandidates() const {
  return ask_transport(*core_, std::vector<RTCIceCandidate>{}, [](const Asked& asked) {
    std::vector<RTCIceCandidate> candidates;
    for (const ice::Candidate& candidate : asked.transport.active()->remote_candidates())
      if (candidate.type != ice::CandidateType::Prflx) candidates.push_back(to_w3c_remote(asked, candidate));
    return candidates;
  });
}

std::optional<RTCIceCandidatePair> RTCIceTransport::getSelectedCandidatePair() const {
  using Pair = std::optional<RTCIceCandidatePair>;
  return ask_transport(*core_, Pair{}, [](const Asked& asked) -> Pair {
    const ice::Agent& agent = *asked.transport.active();
    const auto pair = agent.selected_pair();
    if (!pair) return std::nullopt;
    return RTCIceCandidatePair{to_w3c_local(asked, agent, pair->local), to_w3c_remote(asked, pair->remote)};
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
  return ask_transport(*core_, Parameters{}, [](const Asked& asked) -> Parameters {
    const auto& credentials = asked.transport.remote_credentials();
    if (!credentials) return std::nullopt;
    return RTCIceParameters{credentials->ufrag, credentials->password};
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
