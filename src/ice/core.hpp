#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/reactor.hpp"
#include "ice/agent.hpp"
#include "ice/checks.hpp"
#include "ice/direct_socket.hpp"
#include "ice/nice_session.hpp"
#include "ice/send_batch.hpp"

namespace parley::ice {

/// The Agent's inside. Outlives it while it closes. Split by procedure: core.cpp (construction, what the Handler is
/// told), core_gather.cpp, core_checks.cpp, core_packets.cpp, core_close.cpp.
class Agent::Core final : public NiceSession::Sink, public DirectSocket::Sink {
 public:
  static std::shared_ptr<Core> create(Reactor& reactor, Config config, Handler& handler);
  Core(Reactor& reactor, Config config, Handler& handler);

  void gather();
  void set_role(Role role);
  void set_remote_credentials(const Credentials& remote);
  void add_remote_candidate(const Candidate& candidate);
  void set_remote_end_of_candidates();
  void send(ByteView packet);
  void flush();
  void close();

  [[nodiscard]] bool writable() const { return pair_.has_value() && (state_ != State::Failed) && !closed_; }

  // What the Agent's getters show.
  Config config_;
  State state_ = State::New;
  bool gathering_complete_ = false;
  std::optional<CandidatePair> pair_;
  std::vector<std::pair<Candidate, CandidateSource>> local_candidates_;
  std::vector<Candidate> remote_candidates_;
  std::size_t ignored_remote_ = 0;
  Counters counters_;
  std::unique_ptr<DirectSocket> direct_;

 private:
  // NiceSession::Sink
  void on_nice_candidate(NiceLocalCandidate local) override;
  void on_nice_gathered() override;
  void on_nice_progress(Progress progress) override;
  void on_nice_pair(Candidate local, Candidate remote) override;
  void on_nice_packet(ByteView packet) override;
  // DirectSocket::Sink
  void on_direct_heard() override { checks_.heard(Clock::now()); }
  void on_direct_packet(ByteView packet) override;
  void on_direct_stun(ByteView message, const SocketAddress& from) override;
  void on_direct_writable() override;
  bool wants_direct_packets() override { return !closed_; }
  Counters& direct_counters() override { return counters_; }

  /// Runs `act(core)` as a task of its own, unless the Agent is closed by then.
  template <class F>
  void later(F act) {
    reactor_.post([core = self_.lock(), act = std::move(act)]() mutable {
      if (core && !core->closed_) act(*core);
    });
  }
  /// Runs `call(handler)` as a task of its own.
  template <class F>
  void tell(F call) {
    later([call = std::move(call)](Core& core) mutable { call(core.handler_); });
  }

  void add_local(Candidate candidate, CandidateSource source);
  void finish_gathering();
  void offer_to_nice(const Candidate& candidate);
  void take_pair(Candidate local, Candidate remote);
  void open_direct(const SocketAddress& peer);
  void update_state();
  void teardown();
  void send_through_nice();

  Reactor& reactor_;
  Handler& handler_;
  std::weak_ptr<Core> self_;
  bool closed_ = false;
  std::unique_ptr<NiceSession> nice_;
  Checks checks_;
  Timer checks_timer_, watchdog_;
  bool gathering_ = false;
  std::optional<Credentials> remote_;
  bool remote_complete_ = false;
  std::vector<Candidate> early_candidates_;  // came before the credentials
  unsigned next_foundation_ = 0;
  std::uint32_t stun_tag_;
  SendBatch batch_;
  bool flush_due_ = false, blocked_ = false;
  Timer retry_;
};

}  // namespace parley::ice
