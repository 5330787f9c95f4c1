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
#include "ice/paths.hpp"
#include "ice/resolver.hpp"
#include "ice/send_batch.hpp"
#include "ice/server_probe.hpp"
#include "ice/stun_client.hpp"

namespace parley::ice {

/// The Agent's inside. Outlives it while it closes. Split by procedure: core.cpp (construction, what the Handler is
/// told), core_gather.cpp, core_servers.cpp, core_checks.cpp, core_paths.cpp, core_pairs.cpp, core_packets.cpp,
/// core_close.cpp.
class Agent::Core final : public NiceSession::Sink, public DirectSocket::Sink {
 public:
  static std::shared_ptr<Core> create(Reactor& reactor, Config config, Handler& handler);
  Core(Reactor& reactor, Config config, Handler& handler);

  void gather();
  void hand_over(const Purpose& purpose);
  void set_role(Role role);
  [[nodiscard]] Role role() const;
  [[nodiscard]] const std::optional<Credentials>& remote() const { return remote_; }
  void set_remote_credentials(const Credentials& remote);
  void add_remote_candidate(const Candidate& candidate);
  void set_remote_end_of_candidates();
  void send(ByteView packet, Mark mark);
  void send_probe(ByteView packet);
  void flush();
  void close();
  /// Nobody asks any more: what only the getters show goes before the rest, which has to wait for TURN servers.
  void forget();

  // core_pairs.cpp
  [[nodiscard]] std::vector<UsedPair> used_pairs() const;
  void measure_round_trip();

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
  Ecn arrival_mark_ = Ecn::NotCapable;

 private:
  /// A server of the configuration on its way through gathering.
  struct ServerTask {
    enum class Phase { Resolving, Resolved, Asking, Diagnosing, Done };
    Server server;
    Phase phase = Phase::Resolving;
    std::vector<SocketAddress> addresses = {};
    unsigned open_questions = 0;
    bool gave_candidate = false;  // or at least an answer that made one redundant
    bool told_error = false;
    Timer patience = {};
    std::unique_ptr<ServerProbe> probe = {};
    [[nodiscard]] bool is_turn() const { return server.url.scheme == Scheme::Turn; }
  };
  /// A local UDP socket. `direct` while our own STUN client needs one.
  struct HostSocket {
    SocketAddress base;
    std::uint32_t priority;
    std::unique_ptr<DirectSocket> direct;
    std::vector<SocketAddress> mapped_by = {};  // servers whose mappings are kept alive until a pair is selected
  };

  // NiceSession::Sink
  void on_nice_candidate(NiceLocalCandidate local) override;
  void on_nice_gathered() override;
  void on_nice_progress(Progress progress) override;
  void on_nice_pair(Candidate local, Candidate remote) override;
  void on_nice_packet(ByteView packet) override;
  void on_nice_arrival(ByteView datagram, const SocketAddress& base, const SocketAddress& from) override;
  // DirectSocket::Sink
  void on_direct_heard(Ecn mark) override;
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
  /// Runs `call(handler)` as a task of its own, unless the handler is another one by then.
  template <class F>
  void tell(F call) {
    later([call = std::move(call), to = handler_](Core& core) mutable {
      if (core.handler_ == to) call(*to);
    });
  }

  // core_gather.cpp
  void start_nice();
  void take_nice_candidate(NiceLocalCandidate local);
  void take_nice_reflexive(const NiceLocalCandidate& local);
  void take_nice_relay(NiceLocalCandidate local);
  void add_local(Candidate candidate, CandidateSource source);
  void tell_candidate(const Candidate& candidate, const CandidateSource& source);
  void tell_error(const CandidateError& error);
  void add_reflexive(const HostSocket& host, const SocketAddress& mapped, std::size_t server);
  void evaluate_gathering();
  void finish_gathering();

  // core_servers.cpp
  [[nodiscard]] bool own_stun() const { return config_.fast_path && DirectSocket::supported(); }
  void resolve_servers();
  void take_addresses(std::size_t server, const std::vector<std::string>& literals);
  void ask_servers();
  bool relays_due();
  void ask_stun(std::size_t server);
  void ask_turn(std::size_t server);
  void run_stun_client();
  void take_stun_outcome(const StunClient::Outcome& outcome);
  void keep_mappings();
  void diagnose(std::size_t server);
  void give_up(std::size_t server, const stun::ErrorCode& error);
  [[nodiscard]] std::optional<SocketAddress> server_address(const ServerTask& task, int family) const;

  // core_paths.cpp
  void run_paths();
  void note_selected(const std::optional<SocketAddress>& remote);

  // core_pairs.cpp
  void begin_pair(const CandidatePair& pair, const std::optional<Path>& left);
  /// What arrives for libnice is looked at before.
  [[nodiscard]] bool sees_stun() const { return own_stun() && !config_.relay_only; }
  [[nodiscard]] UsedPair with_stun(UsedPair used, const std::optional<Path>& path) const;
  [[nodiscard]] bool was_selected(const Path& path) const;
  [[nodiscard]] std::optional<CandidatePair> pair_of(const Paths::Choice& valid) const;

  void offer_to_nice(const Candidate& candidate);
  void take_pair(Candidate local, Candidate remote);
  void open_direct();
  void count_through_nice(std::size_t packets);
  void update_state();
  void teardown();
  void send_through_nice();
  void count_discarded(std::size_t packets, std::size_t bytes);

  Reactor& reactor_;
  Handler* handler_;
  std::weak_ptr<Core> self_;
  bool closed_ = false;
  std::unique_ptr<NiceSession> nice_;
  Checks checks_;
  Paths paths_;
  Timer checks_timer_, paths_timer_, watchdog_;
  bool gathering_ = false;
  bool nice_started_ = false, hosts_known_ = false, nice_busy_ = false;
  unsigned nice_round_ = 0;               // of libnice's gathering: each added server begins one
  std::vector<SocketAddress> addresses_;  // of this machine, that give candidates
  std::vector<ServerTask> servers_;
  std::vector<CandidateError> errors_;           // told so far
  std::vector<std::size_t> relay_servers_;       // by order of add_relay()
  std::optional<std::size_t> nice_stun_server_;  // asked by libnice, where our own client cannot be used
  std::vector<HostSocket> hosts_;
  std::unique_ptr<Resolver> resolver_;
  std::uint32_t stun_tag_;
  StunClient stun_client_;
  Timer stun_timer_, mapping_timer_, quiet_timer_, relays_timer_;
  std::optional<TimePoint> relays_due_;
  std::optional<Credentials> remote_;
  bool remote_complete_ = false;
  std::vector<Candidate> early_candidates_;  // came before the credentials
  unsigned next_foundation_ = 0;
  /// A pair that was selected once, and its traffic then. The present one is not among them: most agents never leave
  /// their first, and it costs nothing.
  struct LeftPair {
    CandidatePair pair;
    std::optional<Path> path;
    Counters traffic;
    LastPackets last;
  };
  std::vector<LeftPair> left_pairs_;
  Counters not_of_pair_;                      // what the present pair has not carried of counters_
  LastPackets last_;                          // of the present pair
  std::optional<SocketAddress> direct_peer_;  // where a socket of our own may send
  std::size_t through_nice_ = 0;              // packets, both ways, on that pair
  SendBatch batch_;
  std::uint8_t nice_dscp_ = 0;  // how libnice's sockets mark packets now
  bool flush_due_ = false, blocked_ = false;
  Timer retry_;
};

}  // namespace parley::ice
