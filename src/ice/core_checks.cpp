#include <algorithm>

#include "base/log.hpp"
#include "ice/core.hpp"

namespace parley::ice {
namespace {

bool is_literal_with_port(const Candidate& candidate, std::optional<SocketAddress>& address) {
  address = SocketAddress::parse(candidate.address, candidate.port);
  return address && candidate.port != 0 && !address->is_unspecified();
}

bool same_transport_address(const Candidate& a, const Candidate& b) {
  return a.protocol == b.protocol && a.port == b.port && a.address == b.address;
}

}  // namespace

void Agent::Core::set_role(Role role) {
  config_.role = role;
  paths_.set_controlling(role == Role::Controlling);
  if (!closed_) nice_->set_controlling(role == Role::Controlling);
}

Role Agent::Core::role() const { return paths_.controlling() ? Role::Controlling : Role::Controlled; }

void Agent::Core::set_remote_credentials(const Credentials& remote) {
  if (closed_ || remote_) return;
  remote_ = remote;
  if (paths_.too_many_early()) nice_->refuse_checks(false);
  paths_.set_remote(remote);
  nice_->set_remote_credentials(remote);
  checks_.begin(Clock::now());
  for (const Candidate& candidate : std::exchange(early_candidates_, {})) offer_to_nice(candidate);
  later([](Core& core) { core.update_state(); });
}

void Agent::Core::add_remote_candidate(const Candidate& candidate) {
  if (closed_) return;
  if (remote_) {
    offer_to_nice(candidate);
  } else {
    early_candidates_.push_back(candidate);
  }
}

void Agent::Core::offer_to_nice(const Candidate& candidate) {
  remote_candidates_.push_back(candidate);
  std::optional<SocketAddress> address;
  const bool other_generation = !candidate.username_fragment.empty() && candidate.username_fragment != remote_->ufrag;
  const bool known = candidate.protocol == Protocol::Udp && candidate.type != CandidateType::Other;
  if (!known || other_generation || candidate.component != 1 || !is_literal_with_port(candidate, address)) {
    ++ignored_remote_;
    log(LogLevel::Debug, "ice", "remote candidate ignored: ", print_candidate(candidate));
    return;
  }
  paths_.add_remote(*address, candidate.priority);
  nice_->add_remote_candidate(candidate, *address, "r" + std::to_string(next_foundation_++));
}

void Agent::Core::set_remote_end_of_candidates() {
  if (closed_ || remote_complete_) return;
  remote_complete_ = true;
  nice_->end_of_remote_candidates();
  checks_.remote_candidates_complete();
  later([](Core& core) { core.update_state(); });
}

void Agent::Core::on_nice_progress(Progress progress) {
  later([progress](Core& core) {
    core.checks_.progress(progress, Clock::now());
    if (progress == Progress::Ready) core.nice_->settle();
    core.update_state();
  });
}

void Agent::Core::on_nice_pair(Candidate local, Candidate remote) {
  later([local = std::move(local), remote = std::move(remote)](Core& core) mutable {
    core.take_pair(std::move(local), std::move(remote));
  });
}

void Agent::Core::take_pair(Candidate local, Candidate remote) {
  const auto address = SocketAddress::parse(remote.address, remote.port);
  local.username_fragment = config_.local.ufrag;
  for (const auto& [candidate, source] : local_candidates_)
    if (same_transport_address(candidate, local)) local = candidate;
  const auto known = std::find_if(remote_candidates_.begin(), remote_candidates_.end(),
                                  [&](const Candidate& c) { return same_transport_address(c, remote); });
  if (known != remote_candidates_.end()) {
    remote = *known;
  } else {
    remote.type = CandidateType::Prflx;
    if (remote_) remote.username_fragment = remote_->ufrag;
    remote_candidates_.push_back(remote);
  }
  const auto left = paths_.selected_path();
  note_selected(address);
  direct_peer_ = config_.fast_path ? address : std::nullopt;
  through_nice_ = 0;
  if (direct_) open_direct();
  CandidatePair pair{std::move(local), std::move(remote)};
  if (pair_ && pair_->local == pair.local && pair_->remote == pair.remote) return;
  begin_pair(pair, left);
  tell([pair = std::move(pair)](Handler& handler) { handler.on_ice_selected_pair(pair.local, pair.remote); });
}

void Agent::Core::update_state() {
  checks_.advance(Clock::now());
  if (checks_.take_renewal()) nice_->renew_consent();
  const State state = checks_.state();
  if (state != state_) {
    state_ = state;
    tell([state](Handler& handler) { handler.on_ice_state(state); });
  }
  checks_timer_.cancel();
  if (const auto deadline = checks_.next_deadline())
    checks_timer_ = reactor_.at(*deadline, [this] { later([](Core& core) { core.update_state(); }); });
}

}  // namespace parley::ice
