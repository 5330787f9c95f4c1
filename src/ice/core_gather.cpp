#include <algorithm>

#include "ice/core.hpp"
#include "ice/interfaces.hpp"

namespace parley::ice {
namespace {

/// libnice may not say that it is done (a TURN server that closes its connection, dependencies aside): once every
/// server has been judged, this long without news is the end.
constexpr Duration kQuiet = 500ms;
/// RFC 8445 section 5.1.2.2.
constexpr std::uint32_t kReflexivePreference = 100;

bool same_address(const Candidate& a, const Candidate& b) {
  return a.address == b.address && a.port == b.port && a.protocol == b.protocol;
}

}  // namespace

void Agent::Core::gather() {
  if (gathering_ || closed_) return;
  gathering_ = true;
  watchdog_ = reactor_.after(config_.times.gathering, [this] { later([](Core& core) { core.finish_gathering(); }); });
  resolve_servers();
  // Without our own client libnice must know its STUN server from the start.
  if (!nice_stun_server_ || servers_[*nice_stun_server_].phase != ServerTask::Phase::Resolving) start_nice();
}

void Agent::Core::start_nice() {
  if (nice_started_) return;
  nice_started_ = true;
  std::optional<SocketAddress> stun;
  if (nice_stun_server_ && !servers_[*nice_stun_server_].addresses.empty())
    stun = servers_[*nice_stun_server_].addresses.front();
  addresses_ = choose_addresses(list_interface_addresses(), config_.loopback, config_.allow);
  nice_busy_ = true;
  if (addresses_.empty() || !nice_->gather(addresses_, stun)) nice_busy_ = false;
  for (const int socket : nice_->sockets()) enlarge_buffers(socket);
  later([](Core& core) {  // after the host candidates
    core.hosts_known_ = true;
    core.ask_servers();
  });
}

void Agent::Core::on_nice_candidate(NiceLocalCandidate local) {
  later([local = std::move(local)](Core& core) mutable { core.take_nice_candidate(std::move(local)); });
}

void Agent::Core::on_nice_gathered() {
  later([round = nice_round_](Core& core) {
    if (round != core.nice_round_) return;  // another server has been added since
    core.nice_busy_ = false;
    for (std::size_t i = 0; i < core.servers_.size(); ++i) {
      const ServerTask& task = core.servers_[i];
      const bool by_nice = task.is_turn() || core.nice_stun_server_ == i;
      if (by_nice && task.phase == ServerTask::Phase::Asking && !task.gave_candidate) core.diagnose(i);
    }
    core.evaluate_gathering();
  });
}

void Agent::Core::take_nice_candidate(NiceLocalCandidate local) {
  Candidate& candidate = local.candidate;
  switch (candidate.type) {
    case CandidateType::Host:
      if (const auto address = SocketAddress::parse(candidate.address, candidate.port)) {
        hosts_.push_back({*address, candidate.priority, nullptr});
        paths_.add_base(*address, candidate.priority);
      }
      if (!config_.relay_only) add_local(std::move(candidate), {});
      break;
    case CandidateType::Srflx:
      take_nice_reflexive(local);
      break;
    case CandidateType::Relay:
      take_nice_relay(std::move(local));
      break;
    default:
      break;
  }
  evaluate_gathering();
}

/// libnice asks its STUN server, and takes along what a TURN server says (RFC 8656 section 7.3).
void Agent::Core::take_nice_reflexive(const NiceLocalCandidate& local) {
  const auto mapped = SocketAddress::parse(local.candidate.address, local.candidate.port);
  if (gathering_complete_ || !mapped || (!nice_stun_server_ && relay_servers_.empty())) return;
  const std::size_t server = nice_stun_server_ ? *nice_stun_server_ : relay_servers_.front();
  if (nice_stun_server_) servers_[server].gave_candidate = true;
  for (const HostSocket& host : hosts_)
    if (host.base == local.base) add_reflexive(host, *mapped, server);
}

void Agent::Core::take_nice_relay(NiceLocalCandidate local) {
  if (local.relay >= relay_servers_.size() || gathering_complete_) return;
  ServerTask& task = servers_[relay_servers_[local.relay]];
  task.gave_candidate = true;
  task.patience.cancel();
  // RFC 8839 section 5.1: the address that the server saw, or one that says nothing.
  Candidate& candidate = local.candidate;
  candidate.related_address = local.base.family() == AF_INET6 ? "::" : "0.0.0.0";
  candidate.related_port = 0;
  for (const auto& [other, source] : local_candidates_) {
    if (other.type != CandidateType::Srflx || other.related_address != local.base.address() ||
        other.related_port != local.base.port())
      continue;
    candidate.related_address = other.address;
    candidate.related_port = other.port;
  }
  add_local(std::move(candidate), {task.server.url.text, task.server.url.transport});
}

void Agent::Core::add_reflexive(const HostSocket& host, const SocketAddress& mapped, std::size_t server) {
  if (config_.relay_only || mapped == host.base) return;  // RFC 8445 section 5.1.3: redundant
  Candidate candidate{
      // libnice's own are small numbers. One for each base and server, RFC 8445 section 5.1.1.3.
      .foundation = std::to_string(1000 * (server + 1) + static_cast<std::size_t>(&host - hosts_.data())),
      .priority = (kReflexivePreference << 24) | (host.priority & 0xFFFFFF),
      .address = mapped.address(),
      .port = mapped.port(),
      .type = CandidateType::Srflx,
      .related_address = host.base.address(),
      .related_port = host.base.port()};
  for (const auto& [other, source] : local_candidates_)
    if (same_address(other, candidate) && other.related_address == candidate.related_address &&
        other.related_port == candidate.related_port)
      return;
  add_local(std::move(candidate), {servers_[server].server.url.text, std::nullopt});
}

void Agent::Core::add_local(Candidate candidate, CandidateSource source) {
  if (gathering_complete_) return;  // too late to be told
  candidate.username_fragment = config_.local.ufrag;
  tell_candidate(candidate, source);
  local_candidates_.emplace_back(std::move(candidate), std::move(source));
}

void Agent::Core::tell_candidate(const Candidate& candidate, const CandidateSource& source) {
  tell([candidate, source](Handler& handler) { handler.on_ice_candidate(candidate, source); });
}

void Agent::Core::tell_error(const CandidateError& error) {
  tell([error](Handler& handler) { handler.on_ice_candidate_error(error); });
}

void Agent::Core::hand_over(const Purpose& purpose) {
  if (closed_) return;
  handler_ = &purpose.handler;
  config_.local = purpose.local;
  paths_.set_local(purpose.local);
  nice_->set_local_credentials(purpose.local);
  set_role(purpose.role);
  for (auto& [candidate, source] : local_candidates_) {
    candidate.username_fragment = purpose.local.ufrag;
    tell_candidate(candidate, source);
  }
  for (const CandidateError& error : errors_) tell_error(error);
  if (gathering_complete_) tell([](Handler& handler) { handler.on_ice_gathering_complete(); });
  if (state_ != State::New) tell([state = state_](Handler& handler) { handler.on_ice_state(state); });
}

void Agent::Core::evaluate_gathering() {
  quiet_timer_.cancel();
  if (gathering_complete_ || !hosts_known_ || !stun_client_.idle()) return;
  for (const ServerTask& task : servers_) {
    const bool judged =
        task.phase == ServerTask::Phase::Done || (task.phase == ServerTask::Phase::Asking && task.gave_candidate);
    if (!judged) return;
  }
  if (!nice_busy_) {
    finish_gathering();
  } else {
    quiet_timer_ = reactor_.after(kQuiet, [this] { later([](Core& core) { core.finish_gathering(); }); });
  }
}

void Agent::Core::finish_gathering() {
  if (gathering_complete_) return;
  for (std::size_t i = 0; i < servers_.size(); ++i)
    if (servers_[i].phase != ServerTask::Phase::Done && !servers_[i].gave_candidate)
      give_up(i, {701, "nothing came from the server in time"});
  gathering_complete_ = true;
  watchdog_.cancel();
  quiet_timer_.cancel();
  stun_timer_.cancel();
  relays_timer_.cancel();
  servers_.clear();
  resolver_.reset();
  for (HostSocket& host : hosts_)
    if (host.mapped_by.empty()) host.direct.reset();
  nice_->expect_no_sockets();
  checks_.local_candidates_complete(!local_candidates_.empty());
  tell([](Handler& handler) { handler.on_ice_gathering_complete(); });
  update_state();
}

}  // namespace parley::ice
