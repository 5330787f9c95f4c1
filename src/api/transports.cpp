// RTCIceTransport, RTCDtlsTransport and RTCSctpTransport: views of what the connection has.
#include "api/cores.hpp"
#include "api/peer.hpp"

namespace parley {
namespace {

RTCIceCandidate to_w3c(const ice::Candidate& candidate, const std::string& mid) {
  RTCIceCandidateInit init(ice::print_candidate(candidate), mid);
  if (!candidate.username_fragment.empty()) init.usernameFragment = candidate.username_fragment;
  return RTCIceCandidate(std::move(init));
}

/// With the server that a candidate of the agent's came from.
RTCIceCandidate local_to_w3c(const ice::Candidate& candidate, const ice::Agent& agent, const std::string& mid) {
  RTCIceCandidate result = to_w3c(candidate, mid);
  for (const auto& [known, source] : agent.local_candidates())
    if (known == candidate) api::set_source(result, source);
  return result;
}

/// Runs `ask` with the transport on its loop; what `ask` would answer without one is `otherwise`.
template <class T, class Ask>
T ask_transport(const api::IceTransportCore& core, T otherwise, Ask ask) {
  return core.loop->run([&]() -> T {
    const auto peer = core.peer.lock();
    const session::Transport* transport = peer ? peer->connection().data_transport() : nullptr;
    if (transport == nullptr || transport->active() == nullptr) return std::move(otherwise);
    return ask(*transport, peer->connection().snapshot().now.data->mid);
  });
}

}  // namespace

RTCIceTransport::RTCIceTransport(std::shared_ptr<api::IceTransportCore> core)
    : RTCIceTransportEvents(core->lists), core_(std::move(core)) {}
RTCIceTransport::~RTCIceTransport() = default;

RTCIceRole RTCIceTransport::role() const {
  return ask_transport(*core_, RTCIceRole::Unknown, [](const session::Transport& transport, const std::string&) {
    return transport.active()->role() == ice::Role::Controlling ? RTCIceRole::Controlling : RTCIceRole::Controlled;
  });
}

RTCIceTransportState RTCIceTransport::state() const {
  return core_->loop->run([this] { return core_->state; });
}

RTCIceGathererState RTCIceTransport::gatheringState() const {
  return core_->loop->run([this] { return core_->gathering; });
}

std::vector<RTCIceCandidate> RTCIceTransport::getLocalCandidates() const {
  return ask_transport(*core_, std::vector<RTCIceCandidate>{},
                       [](const session::Transport& transport, const std::string& mid) {
                         std::vector<RTCIceCandidate> candidates;
                         for (const auto& [candidate, source] : transport.newest()->local_candidates())
                           api::set_source(candidates.emplace_back(to_w3c(candidate, mid)), source);
                         return candidates;
                       });
}

std::vector<RTCIceCandidate> RTCIceTransport::getRemoteCandidates() const {
  return ask_transport(*core_, std::vector<RTCIceCandidate>{},
                       [](const session::Transport& transport, const std::string& mid) {
                         std::vector<RTCIceCandidate> candidates;
                         for (const ice::Candidate& candidate : transport.active()->remote_candidates())
                           if (candidate.type != ice::CandidateType::Prflx)
                             candidates.push_back(to_w3c(candidate, mid));
                         return candidates;
                       });
}

std::optional<RTCIceCandidatePair> RTCIceTransport::getSelectedCandidatePair() const {
  using Pair = std::optional<RTCIceCandidatePair>;
  return ask_transport(*core_, Pair{}, [](const session::Transport& transport, const std::string& mid) -> Pair {
    const auto pair = transport.active()->selected_pair();
    if (!pair) return std::nullopt;
    return RTCIceCandidatePair{local_to_w3c(pair->local, *transport.active(), mid), to_w3c(pair->remote, mid)};
  });
}

std::optional<RTCIceParameters> RTCIceTransport::getLocalParameters() const {
  using Parameters = std::optional<RTCIceParameters>;
  return ask_transport(*core_, Parameters{}, [](const session::Transport& transport, const std::string&) -> Parameters {
    const ice::Credentials& credentials = transport.newest()->local_credentials();
    return RTCIceParameters{credentials.ufrag, credentials.password};
  });
}

std::optional<RTCIceParameters> RTCIceTransport::getRemoteParameters() const {
  using Parameters = std::optional<RTCIceParameters>;
  return ask_transport(*core_, Parameters{}, [](const session::Transport& transport, const std::string&) -> Parameters {
    const auto& credentials = transport.remote_credentials();
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

const std::shared_ptr<RTCDtlsTransport>& RTCSctpTransport::transport() const { return core_->dtls; }
double RTCSctpTransport::maxMessageSize() const { return core_->max_message_size; }

RTCSctpTransportState RTCSctpTransport::state() const {
  return core_->loop->run([this] { return core_->state; });
}

std::optional<std::uint16_t> RTCSctpTransport::maxChannels() const {
  return core_->loop->run([this] { return core_->max_channels; });
}

}  // namespace parley
