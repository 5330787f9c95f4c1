#include <algorithm>

#include "ice/core.hpp"
#include "parley/event_loop.hpp"

namespace parley::ice {
namespace {

/// Relays are asked for this much later than everything else. libnice nominates the best pair as soon as two are valid,
/// and without the head start two relayed ones can be there before the direct one that should win.
constexpr Duration kHeadStart = 100ms;
/// A TURN server that has given nothing for this long is asked why. libnice itself repeats after 500 ms.
constexpr Duration kPatience = 1s;
/// The least lifetime of a binding that RFC 8445 section 11 assumes of NATs.
constexpr Duration kMappingRefresh = 15s;

}  // namespace

void Agent::Core::resolve_servers() {
  for (const Server& server : config_.servers) servers_.push_back({.server = server});
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const std::string host = servers_[i].server.url.host;
    if (!own_stun() && !nice_stun_server_ && !servers_[i].is_turn()) nice_stun_server_ = i;
    if (SocketAddress::parse(host, 0)) {
      take_addresses(i, {host});
    } else if (config_.resolve) {
      const auto loop = reactor_.owner->weak_from_this();
      config_.resolve(host, [loop, core = self_, i](std::vector<std::string> literals) {
        const auto alive = loop.lock();
        if (!alive) return;
        alive->post([core, i, literals = std::move(literals)] {
          if (const auto self = core.lock()) self->take_addresses(i, literals);
        });
      });
    } else {
      if (!resolver_) resolver_ = std::make_unique<Resolver>(reactor_);
      resolver_->look_up(host, [this, i](std::vector<std::string> literals) {
        later([i, literals = std::move(literals)](Core& core) { core.take_addresses(i, literals); });
      });
    }
  }
}

void Agent::Core::take_addresses(std::size_t server, const std::vector<std::string>& literals) {
  if (closed_ || server >= servers_.size()) return;  // gathering is over
  ServerTask& task = servers_[server];
  if (task.phase != ServerTask::Phase::Resolving) return;
  for (const std::string& literal : literals)
    if (const auto address = SocketAddress::parse(literal, task.server.url.port)) task.addresses.push_back(*address);
  task.phase = ServerTask::Phase::Resolved;
  if (task.addresses.empty()) give_up(server, {701, "the server's name has no address"});
  if (nice_stun_server_ == server && !nice_started_) start_nice();
  if (hosts_known_) ask_servers();
}

void Agent::Core::ask_servers() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i].phase != ServerTask::Phase::Resolved) continue;
    if (servers_[i].is_turn() && !relays_due()) continue;
    servers_[i].phase = ServerTask::Phase::Asking;
    if (servers_[i].is_turn()) {
      ask_turn(i);
    } else {
      ask_stun(i);
    }
  }
  evaluate_gathering();
}

bool Agent::Core::relays_due() {
  if (config_.relay_only) return true;
  if (!relays_due_) {
    relays_due_ = Clock::now() + kHeadStart;
    relays_timer_ = reactor_.at(*relays_due_, [this] { later([](Core& core) { core.ask_servers(); }); });
  }
  return Clock::now() >= *relays_due_;
}

std::optional<SocketAddress> Agent::Core::server_address(const ServerTask& task, int family) const {
  const auto found = std::find_if(task.addresses.begin(), task.addresses.end(),
                                  [&](const SocketAddress& a) { return a.family() == family; });
  return found == task.addresses.end() ? std::nullopt : std::optional(*found);
}

void Agent::Core::ask_stun(std::size_t server) {
  ServerTask& task = servers_[server];
  if (nice_stun_server_ == server && !addresses_.empty()) return;  // libnice does it
  if (config_.relay_only || !own_stun()) {
    task.phase = ServerTask::Phase::Done;
    return;
  }
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const auto to = server_address(task, hosts_[i].base.family());
    if (!to) continue;
    if (!hosts_[i].direct) {
      const int socket = nice_->socket_of(hosts_[i].base);
      if (socket >= 0)
        hosts_[i].direct = DirectSocket::open(reactor_, socket, stun_tag_, DirectSocket::Purpose::Servers, *this);
    }
    if (!hosts_[i].direct) continue;
    stun_client_.ask({i, server, *to}, Clock::now());
    ++task.open_questions;
  }
  if (task.open_questions == 0) give_up(server, {701, "no local address can reach the server"});
  run_stun_client();
}

void Agent::Core::run_stun_client() {
  for (const auto& out : stun_client_.advance(Clock::now()))
    if (hosts_[out.socket].direct) hosts_[out.socket].direct->send_stun(out.message, out.to);
  for (const auto& outcome : stun_client_.take_unanswered()) take_stun_outcome(outcome);
  stun_timer_.cancel();
  if (const auto deadline = stun_client_.next_deadline())
    stun_timer_ = reactor_.at(*deadline, [this] { later([](Core& core) { core.run_stun_client(); }); });
}

void Agent::Core::on_direct_stun(ByteView message, const SocketAddress& from) {
  const auto outcome = stun_client_.receive(message, from);
  if (outcome) later([outcome = *outcome](Core& core) { core.take_stun_outcome(outcome); });
}

void Agent::Core::take_stun_outcome(const StunClient::Outcome& outcome) {
  const std::size_t server = outcome.question.server;
  if (server >= servers_.size()) return;
  ServerTask& task = servers_[server];
  --task.open_questions;
  if (outcome.mapped) {
    task.gave_candidate = true;
    HostSocket& host = hosts_[outcome.question.socket];
    if (!(*outcome.mapped == host.base)) {
      host.mapped_by.push_back(outcome.question.to);
      mapping_timer_ = reactor_.after(kMappingRefresh, [this] { keep_mappings(); });
    }
    add_reflexive(host, *outcome.mapped, server);
  } else if (outcome.error) {
    give_up(server, *outcome.error);
  }
  if (task.open_questions == 0) {
    if (!task.gave_candidate && !task.told_error) give_up(server, {701, "the server does not answer"});
    task.phase = ServerTask::Phase::Done;
  }
  evaluate_gathering();
}

void Agent::Core::keep_mappings() {
  if (closed_ || pair_) return;  // consent checks keep the selected pair's
  for (const HostSocket& host : hosts_)
    for (const SocketAddress& server : host.mapped_by) {
      const auto id = stun::make_transaction_id(0);
      stun::Writer indication(stun::Method::Binding, stun::Class::Indication, id);
      if (host.direct) host.direct->send_stun(indication.fingerprint().take(), server);
    }
  mapping_timer_ = reactor_.after(kMappingRefresh, [this] { keep_mappings(); });
}

void Agent::Core::ask_turn(std::size_t server) {
  ServerTask& task = servers_[server];
  bool asked = false;
  for (const int family : {AF_INET, AF_INET6}) {
    const auto to = server_address(task, family);
    const bool have_host =
        std::any_of(addresses_.begin(), addresses_.end(), [&](const auto& own) { return own.family() == family; });
    if (!to || !have_host) continue;
    nice_busy_ = true;
    ++nice_round_;
    const bool begun = nice_->add_relay(*to, task.server.url.transport, task.server.username, task.server.credential);
    if (begun) relay_servers_.push_back(server);
    asked = asked || begun;
  }
  if (!asked) {
    give_up(server, {701, "no local address can reach the server"});
    return;
  }
  task.patience = reactor_.after(kPatience, [this, server] {
    later([server](Core& core) {
      if (server < core.servers_.size() && !core.servers_[server].gave_candidate) core.diagnose(server);
    });
  });
}

void Agent::Core::diagnose(std::size_t server) {
  ServerTask& task = servers_[server];
  if (task.phase != ServerTask::Phase::Asking) return;
  task.phase = ServerTask::Phase::Diagnosing;
  task.probe = std::make_unique<ServerProbe>(reactor_, task.server, task.addresses.front(),
                                             [this, server](const ServerProbe::Verdict& verdict) {
                                               later([server, verdict](Core& core) {
                                                 if (server >= core.servers_.size()) return;
                                                 if (verdict.error && !core.servers_[server].gave_candidate)
                                                   core.give_up(server, *verdict.error);
                                                 core.servers_[server].phase = ServerTask::Phase::Done;
                                                 core.evaluate_gathering();
                                               });
                                             });
}

void Agent::Core::give_up(std::size_t server, const stun::ErrorCode& error) {
  ServerTask& task = servers_[server];
  task.told_error = true;
  if (task.open_questions == 0) task.phase = ServerTask::Phase::Done;
  CandidateError report{
      .address = {}, .port = {}, .url = task.server.url.text, .code = error.code, .text = error.reason};
  const auto host = std::find_if(hosts_.begin(), hosts_.end(), [&](const HostSocket& h) {
    return !task.addresses.empty() && h.base.family() == task.addresses.front().family();
  });
  if (host != hosts_.end() && !config_.relay_only) {
    report.address = host->base.address();
    report.port = host->base.port();
  }
  errors_.push_back(report);
  tell_error(report);
}

}  // namespace parley::ice
