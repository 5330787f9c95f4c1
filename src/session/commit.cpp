// A description that was planned becomes real: webrtc-pc section 4.4.1.5, as far as transports are concerned.
#include "base/log.hpp"
#include "session/connection.hpp"

namespace parley::session {
namespace {

std::vector<dtls::Fingerprint> to_dtls(const std::vector<sdp::Fingerprint>& fingerprints) {
  std::vector<dtls::Fingerprint> parsed;
  for (const sdp::Fingerprint& fingerprint : fingerprints)
    if (auto good = dtls::parse_fingerprint(fingerprint.algorithm, fingerprint.value))
      parsed.push_back(*std::move(good));
  return parsed;
}

}  // namespace

Result<std::vector<jsep::TrackChange>> Connection::set_description(jsep::Side side, jsep::SdpType type,
                                                                   const std::string& sdp) {
  auto plan = jsep::plan(snapshot_, side, type, sdp);
  if (!plan) return Unexpected(plan.error());
  log(LogLevel::Debug, "jsep", "set ", to_string(side), " ", to_string(type), "\n", redact_sdp(sdp));
  commit(*plan);
  make_sources();
  return std::move(plan->tracks);
}

void Connection::commit(const jsep::Plan& plan) {
  snapshot_ = plan.result;
  commit_generations(plan);
  for (const jsep::StartDtls& start : plan.start_dtls) {
    const dtls::Role role = start.dtls.role == jsep::DtlsRole::Client ? dtls::Role::Client : dtls::Role::Server;
    transport_for(start.transport).start_dtls(role, to_dtls(start.dtls.remote_fingerprints));
  }
  if (snapshot_.current_local) pool_.clear();
  commit_data(plan);
  configure_media();
  if (observer_ != nullptr) observer_->on_transport_states();
}

void Connection::commit_generations(const jsep::Plan& plan) {
  for (const jsep::GenerationId& id : plan.abandoned_generations) {
    if (Transport* transport = find_transport(id.transport)) transport->abandon(id.local_ufrag);
    std::erase_if(gathered_, [&](const Gathered& gathered) { return gathered.id == id; });
  }
  for (const jsep::TransportId id : plan.closed_transports) drop_transport(id);
  if (!plan.start_gathering.empty()) fresh_.clear();
  for (const jsep::StartGathering& start : plan.start_gathering) {
    gathered_.push_back(
        {.id = start.generation, .tls_id = start.tls_id, .index = start.index, .sdp_mid = start.sdp_mid});
    ice::Agent::Config config = config_.ice;
    config.role = start.role == jsep::IceRole::Controlling ? ice::Role::Controlling : ice::Role::Controlled;
    config.local = {start.local.ufrag, start.local.pwd};
    transport_for(start.generation.transport).start_generation(std::move(config), pool_.take());
  }
  for (const jsep::StartChecks& start : plan.start_checks) {
    Transport& transport = transport_for(start.generation.transport);
    if (start.remote.lite) transport.take_control(start.generation.local_ufrag);
    transport.start_checks(start.generation.local_ufrag,
                           {start.remote.credentials.ufrag, start.remote.credentials.pwd});
  }
  for (const jsep::RemoteCandidates& remote : plan.remote_candidates) add_candidates(remote);
}

void Connection::commit_data(const jsep::Plan& plan) {
  const auto& data = snapshot_.now.data;
  data_carrier_ = data && data->transport ? find_transport(*data->transport) : nullptr;
  if (plan.stop_sctp) data_.end(std::nullopt);
  if (plan.start_sctp)
    data_.establish({.local_port = plan.start_sctp->local_port,
                     .remote_port = plan.start_sctp->remote_port,
                     .remote_max_message_size = plan.start_sctp->remote_max_message_size});
  if (plan.data_answered && data && data->sctp) {
    data_.set_remote_max_message_size(data->sctp->remote_max_message_size);
    const jsep::Transport* agreed = data->transport ? jsep::transport_by_id(snapshot_.now, *data->transport) : nullptr;
    if (agreed != nullptr && agreed->dtls)
      data_.set_dtls_role(agreed->dtls->role == jsep::DtlsRole::Client ? dcep::DtlsRole::Client
                                                                       : dcep::DtlsRole::Server);
  }
  connect_data_if_ready();
}

Transport& Connection::transport_for(jsep::TransportId id) {
  std::unique_ptr<Transport>& transport = transports_[id];
  if (!transport)
    transport =
        std::make_unique<Transport>(loop_, config_.certificates.front(), static_cast<Transport::Observer&>(*this));
  return *transport;
}

Transport* Connection::find_transport(jsep::TransportId id) const {
  const auto found = transports_.find(id);
  return found == transports_.end() ? nullptr : found->second.get();
}

void Connection::drop_transport(jsep::TransportId id) {
  const auto found = transports_.find(id);
  if (found == transports_.end()) return;
  media_.forget(*found->second);  // whose goodbye still leaves
  found->second->close();
  if (data_carrier_ == found->second.get()) data_carrier_ = nullptr;
  std::erase_if(gathered_, [&](const Gathered& gathered) { return gathered.id.transport == id; });
  loop_.post([gone = std::shared_ptr<Transport>(std::move(found->second))] {});  // it may be the one calling us
  transports_.erase(found);
}

}  // namespace parley::session
