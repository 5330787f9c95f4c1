#pragma once

#include <cstddef>
#include <list>
#include <optional>

#include "ice/agent.hpp"

namespace parley::session {

/// iceCandidatePoolSize: agents that gather before a description needs them, so that their candidates can be told as
/// soon as one does (RFC 9429 section 3.5.4). For the first negotiation only.
class CandidatePool final : private ice::Agent::Handler {
 public:
  explicit CandidatePool(EventLoop& loop) : loop_(loop) {}

  /// So many agents from now on, and with these servers: those that have asked others go.
  void fill(std::size_t size, const ice::Agent::Config& config);
  /// The agent that has gathered longest; nullopt if there is none.
  std::optional<ice::Agent> take();
  void clear() { agents_.clear(); }
  [[nodiscard]] std::size_t size() const { return agents_.size(); }

 private:
  // Whoever takes an agent is told everything.
  void on_ice_candidate(const ice::Candidate&, const ice::CandidateSource&) override {}
  void on_ice_candidate_error(const ice::CandidateError&) override {}
  void on_ice_gathering_complete() override {}
  void on_ice_state(ice::State) override {}
  void on_ice_selected_pair(const ice::Candidate&, const ice::Candidate&) override {}
  void on_ice_packet(ByteView) override {}

  EventLoop& loop_;
  ice::Agent::Config config_;  // of the agents
  std::list<ice::Agent> agents_;
};

}  // namespace parley::session
