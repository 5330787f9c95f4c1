// Candidates in and out, trickled or inside descriptions.
#include <algorithm>

#include "base/log.hpp"
#include "session/connection.hpp"

namespace parley::session {

Result<void> Connection::add_remote_candidate(const jsep::CandidateInit& init) {
  auto plan = jsep::add_remote_candidate(snapshot_, init);
  if (!plan) return Unexpected(plan.error());
  if (!init.candidate.empty()) {
    const auto parsed = ice::parse_candidate(init.candidate);
    if (!parsed) return Unexpected(parsed.error());
  }
  snapshot_ = std::move(plan->result);
  for (const jsep::RemoteCandidates& remote : plan->remote_candidates) add_candidates(remote);
  return {};
}

void Connection::add_candidates(const jsep::RemoteCandidates& remote) {
  Transport* transport = find_transport(remote.generation.transport);
  if (transport == nullptr) return;
  for (const std::string& value : remote.candidates) {
    const auto candidate = ice::parse_candidate("candidate:" + value);
    if (candidate) {
      transport->add_remote_candidate(remote.generation.local_ufrag, *candidate);
    } else {
      log(LogLevel::Warning, "ice", "ignored a candidate of the peer: ", candidate.error().message);
    }
  }
  if (remote.end_of_candidates) transport->set_remote_end_of_candidates(remote.generation.local_ufrag);
}

Connection::Gathered* Connection::find_gathered(const jsep::GenerationId& id) {
  const auto found = std::ranges::find(gathered_, id, &Gathered::id);
  return found == gathered_.end() ? nullptr : &*found;
}

void Connection::on_local_candidate(Transport& transport, const std::string& ufrag, const ice::Candidate& candidate,
                                    const ice::CandidateSource& source) {
  Gathered* gathered = find_gathered({id_of(transport), ufrag});
  if (gathered == nullptr || observer_ == nullptr) return;
  gathered->candidates.push_back(candidate);
  observer_->on_local_candidate({.text = ice::print_candidate(candidate),
                                 .sdp_mid = gathered->sdp_mid,
                                 .sdp_mline_index = static_cast<std::uint16_t>(gathered->index),
                                 .username_fragment = ufrag,
                                 .source = source});
}

void Connection::set_candidate_pool_size(std::size_t size) {
  if (observer_ == nullptr || snapshot_.current_local) return;
  // What descriptions have taken is not put back.
  pool_.fill(snapshot_.pending_local ? std::min(size, pool_.size()) : size, config_.ice);
}

void Connection::on_candidate_error(Transport&, const ice::CandidateError& error) {
  if (observer_ != nullptr) observer_->on_candidate_error(error);
}

void Connection::on_gathering_complete(Transport& transport, const std::string& ufrag) {
  Gathered* gathered = find_gathered({id_of(transport), ufrag});
  if (gathered == nullptr || observer_ == nullptr) return;
  gathered->complete = true;
  observer_->on_local_candidate({.text = "",
                                 .sdp_mid = gathered->sdp_mid,
                                 .sdp_mline_index = static_cast<std::uint16_t>(gathered->index),
                                 .username_fragment = ufrag,
                                 .source = {}});
  if (observer_ != nullptr) observer_->on_transport_states();
}

}  // namespace parley::session
