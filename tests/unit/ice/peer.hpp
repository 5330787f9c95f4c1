#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/reactor.hpp"
#include "ice/agent.hpp"
#include "parley/event_loop.hpp"

namespace parley::ice::testing {

using LoopPtr = std::shared_ptr<EventLoop>;

/// Wakes whoever waits for something to become true on a loop.
class Bell {
 public:
  void ring() {
    const std::lock_guard lock(mutex_);
    ++rings_;
    changed_.notify_all();
  }
  /// True as soon as `condition`, asked on `loop`, is; false if it is not within `limit`.
  bool wait(EventLoop& loop, const std::function<bool()>& condition, Duration limit = 20s) {
    const TimePoint end = Clock::now() + limit;
    for (;;) {
      std::unique_lock lock(mutex_);
      const unsigned seen = rings_;
      lock.unlock();
      if (loop.run(condition)) return true;
      lock.lock();
      if (!changed_.wait_until(lock, end, [&] { return rings_ != seen; })) return loop.run(condition);
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned rings_ = 0;
};

/// One agent with its loop, and a record of what it said. Candidates trickle to `other` as over a signaling channel.
/// Members but loop, bell and other belong to the loop's thread.
class Peer final : public Agent::Handler {
 public:
  Peer(LoopPtr l, Bell& b, Agent::Config config) : loop(std::move(l)), bell(b) {
    loop->run([&] { agent = std::make_unique<Agent>(*loop, std::move(config), *this); });
    credentials = loop->run([&] { return agent->local_credentials(); });
  }
  ~Peer() override {
    loop->run([&] { agent.reset(); });
  }

  void on_ice_candidate(const Candidate& local, const CandidateSource& source) override {
    candidates.push_back(local);
    sources.push_back(source);
    if (other != nullptr && trickle)
      other->loop->post([to = other, local] {
        if (to->agent) to->agent->add_remote_candidate(local);
      });
    happened("candidate");
  }
  void on_ice_candidate_error(const CandidateError& error) override {
    errors.push_back(error);
    happened("error");
  }
  void on_ice_gathering_complete() override {
    gathered = true;
    if (other != nullptr && trickle && send_end)
      other->loop->post([to = other] {
        if (to->agent) to->agent->set_remote_end_of_candidates();
      });
    happened("gathered");
  }
  void on_ice_state(State state) override {
    states.push_back(state);
    happened("state");
  }
  void on_ice_selected_pair(const Candidate& local, const Candidate& remote) override {
    pairs.push_back({local, remote});
    happened("pair");
  }
  void on_ice_packet(ByteView packet) override {
    ++packets;
    if (keep_packets) received.emplace_back(packet.begin(), packet.end());
    if (on_packet) on_packet(packet);
    if (ring_packets) bell.ring();
  }
  void happened(const char* what) {
    if (on_event) on_event(what);
    bell.ring();
  }

  [[nodiscard]] bool connected() const {
    return agent && (agent->state() == State::Connected || agent->state() == State::Completed);
  }
  bool wait(const std::function<bool()>& condition, Duration limit = 20s) { return bell.wait(*loop, condition, limit); }

  LoopPtr loop;
  Bell& bell;
  Peer* other = nullptr;
  bool trickle = true, send_end = true, keep_packets = true, ring_packets = true;
  Credentials credentials;
  std::unique_ptr<Agent> agent;
  std::vector<Candidate> candidates;
  std::vector<CandidateSource> sources;
  std::vector<CandidateError> errors;
  std::vector<State> states;
  std::vector<CandidatePair> pairs;
  std::vector<Bytes> received;
  std::size_t packets = 0;
  bool gathered = false;
  std::function<void(ByteView)> on_packet;
  std::function<void(const char*)> on_event;
};

/// Two peers that know each other's credentials. `a` is controlling.
struct Pair {
  explicit Pair(Agent::Config for_a = {}, Agent::Config for_b = {}, LoopPtr loop_a = EventLoop::create(),
                LoopPtr loop_b = nullptr)
      : a(loop_a, bell, with_role(std::move(for_a), Role::Controlling)),
        b(loop_b ? loop_b : loop_a, bell, with_role(std::move(for_b), Role::Controlled)) {
    a.other = &b;
    b.other = &a;
  }
  ~Pair() {
    // Nobody trickles to the dead.
    for (Peer* peer : {&a, &b}) peer->loop->run([&] { peer->agent.reset(); });
    for (Peer* peer : {&a, &b}) peer->loop->run([] {});
  }
  static Agent::Config with_role(Agent::Config config, Role role) {
    config.role = role;
    return config;
  }
  void start() {
    start(a, b);
    start(b, a);
  }
  static void start(Peer& one, const Peer& from) {
    one.loop->run([&] {
      one.agent->gather();
      one.agent->set_remote_credentials(from.credentials);
    });
  }
  bool connect() {
    start();
    return a.wait([&] { return a.connected(); }) && b.wait([&] { return b.connected(); });
  }

  Bell bell;
  Peer a, b;
};

/// Loopback only, so that nothing leaves the machine.
inline Agent::Config on_loopback(bool fast_path = true) {
  Agent::Config config;
  config.loopback = Loopback::Always;
  config.fast_path = fast_path;
  config.allow = [](std::string_view, std::string_view address) { return address == "127.0.0.1"; };
  return config;
}

}  // namespace parley::ice::testing
