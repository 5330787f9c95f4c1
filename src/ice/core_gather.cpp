#include "ice/core.hpp"
#include "ice/interfaces.hpp"

namespace parley::ice {

void Agent::Core::gather() {
  if (gathering_ || closed_) return;
  gathering_ = true;
  const auto addresses = choose_addresses(list_interface_addresses(), config_.loopback, config_.allow);
  if (addresses.empty() || !nice_->gather(addresses, std::nullopt)) {
    later([](Core& core) { core.finish_gathering(); });
    return;
  }
  for (const int socket : nice_->sockets()) enlarge_buffers(socket);
}

void Agent::Core::on_nice_candidate(NiceLocalCandidate local) {
  later([local = std::move(local)](Core& core) mutable { core.add_local(std::move(local.candidate), {}); });
}

void Agent::Core::on_nice_gathered() {
  later([](Core& core) { core.finish_gathering(); });
}

void Agent::Core::add_local(Candidate candidate, CandidateSource source) {
  candidate.username_fragment = config_.local.ufrag;
  local_candidates_.emplace_back(candidate, source);
  tell([candidate = std::move(candidate), source = std::move(source)](Handler& handler) {
    handler.on_ice_candidate(candidate, source);
  });
}

void Agent::Core::finish_gathering() {
  if (gathering_complete_) return;
  gathering_complete_ = true;
  watchdog_.cancel();
  checks_.local_candidates_complete(!local_candidates_.empty());
  tell([](Handler& handler) { handler.on_ice_gathering_complete(); });
  update_state();
}

}  // namespace parley::ice
