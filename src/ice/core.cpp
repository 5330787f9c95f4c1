#include "ice/core.hpp"

#include "base/random.hpp"
#include "parley/event_loop.hpp"

namespace parley::ice {
namespace {

/// RFC 8445 section 5.3 asks for at least 24 bits of ufrag and 128 of password.
constexpr std::size_t kUfragLength = 8;
constexpr std::size_t kPasswordLength = 24;

}  // namespace

std::string_view to_string(State state) {
  static constexpr std::string_view kNames[] = {"new",          "checking", "connected", "completed",
                                                "disconnected", "failed",   "closed"};
  return kNames[static_cast<std::size_t>(state)];
}

std::shared_ptr<Agent::Core> Agent::Core::create(Reactor& reactor, Config config, Handler& handler) {
  auto core = std::make_shared<Core>(reactor, std::move(config), handler);
  core->self_ = core;
  return core;
}

Agent::Core::Core(Reactor& reactor, Config config, Handler& handler)
    : config_(std::move(config)),
      reactor_(reactor),
      handler_(&handler),
      checks_({.patience = config_.times.patience, .trickle_patience = config_.times.trickle_patience}),
      paths_(config_.role == Role::Controlling),
      stun_tag_(system_random().u32()),
      stun_client_(stun_tag_) {
  Random& random = system_random();
  if (config_.local.ufrag.empty()) config_.local.ufrag = random.text(kUfragLength, kIceChars);
  if (config_.local.password.empty()) config_.local.password = random.text(kPasswordLength, kIceChars);
  paths_.set_local(config_.local);
  nice_ = std::make_unique<NiceSession>(reactor,
                                        NiceSession::Options{.controlling = config_.role == Role::Controlling,
                                                             .relay_only = config_.relay_only,
                                                             .tap = config_.fast_path && !config_.relay_only,
                                                             .local = config_.local,
                                                             .port_min = config_.port_min,
                                                             .port_max = config_.port_max},
                                        *this);
}

Agent::Agent(EventLoop& loop, Config config, Handler& handler)
    : core_(Core::create(loop.reactor(), std::move(config), handler)) {}
Agent::~Agent() {
  if (!core_) return;
  core_->close();
  core_->forget();
}

const Credentials& Agent::local_credentials() const { return core_->config_.local; }
const std::optional<Credentials>& Agent::remote_credentials() const { return core_->remote(); }
void Agent::gather() { core_->gather(); }
void Agent::hand_over(const Purpose& purpose) { core_->hand_over(purpose); }
void Agent::set_role(Role role) { core_->set_role(role); }
void Agent::set_remote_credentials(const Credentials& remote) { core_->set_remote_credentials(remote); }
void Agent::add_remote_candidate(const Candidate& candidate) { core_->add_remote_candidate(candidate); }
void Agent::set_remote_end_of_candidates() { core_->set_remote_end_of_candidates(); }
void Agent::send(ByteView packet, Mark mark) { core_->send(packet, mark); }
void Agent::send_probe(ByteView packet) { core_->send_probe(packet); }
void Agent::flush() { core_->flush(); }
void Agent::close() { core_->close(); }
Role Agent::role() const { return core_->role(); }
State Agent::state() const { return core_->state_; }
bool Agent::writable() const { return core_->writable(); }
bool Agent::gathering_complete() const { return core_->gathering_complete_; }
std::optional<CandidatePair> Agent::selected_pair() const { return core_->pair_; }
const std::vector<std::pair<Candidate, CandidateSource>>& Agent::local_candidates() const {
  return core_->local_candidates_;
}
const std::vector<Candidate>& Agent::remote_candidates() const { return core_->remote_candidates_; }
std::size_t Agent::ignored_remote_candidates() const { return core_->ignored_remote_; }
const Counters& Agent::counters() const { return core_->counters_; }
std::vector<UsedPair> Agent::used_pairs() const { return core_->used_pairs(); }
void Agent::measure_round_trip() { core_->measure_round_trip(); }
Ecn Agent::arrival_mark() const { return core_->arrival_mark_; }
bool Agent::on_fast_path() const { return core_->direct_ != nullptr; }

}  // namespace parley::ice
