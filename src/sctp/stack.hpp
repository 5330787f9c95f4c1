#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/time.hpp"
#include "sctp/gate.hpp"
#include "sctp/mailbox.hpp"

struct socket;  // the library's

namespace parley::sctp {

/// The process's one copy of the C library, without threads of its own for timers: initialized at first use and never
/// finished, for it cannot be started again.
///
/// The library knows an association by an address, which for us is a number that is never used again: packets and
/// callbacks can come after the end, and then find nothing.
class Stack {
 public:
  static Stack& get();

  std::uint64_t add(std::shared_ptr<Mailbox> box);
  void remove(std::uint64_t id);

  /// Runs the timers if more than kTick has passed since they ran last, unless another loop does just that.
  void tick(TimePoint now);
  [[nodiscard]] bool due(TimePoint now) const {
    return now.time_since_epoch().count() - last_tick_.load(std::memory_order_relaxed) >= Duration(kTick).count();
  }
  Gate& gate() { return gate_; }

  static constexpr auto kTick = 10ms;

 private:
  Stack();
  std::shared_ptr<Mailbox> find(std::uint64_t id);
  static int output(void* address, void* packet, std::size_t length, std::uint8_t tos, std::uint8_t dont_fragment);
  static void upcall(struct ::socket* socket, void* address, int flags);
  friend class Socket;

  Gate gate_;
  std::atomic<Duration::rep> last_tick_;

  std::mutex mutex_;  // guards what follows
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Mailbox>> boxes_;
};

/// Marks a call into the library on behalf of one association: its output goes straight to the endpoint.
class Call {
 public:
  enum class Kind { Shared, Exclusive };
  Call(std::uint64_t id, Endpoint& endpoint, Kind kind = Kind::Shared);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  Kind kind_;
};

}  // namespace parley::sctp
