#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "base/reactor.hpp"
#include "parley/event_loop.hpp"

namespace parley::session {

/// Drives something that has next_deadline() and advance(now): after whatever may have moved the deadline, call one of
/// the updates.
template <class Driven>
class Deadline {
 public:
  Deadline(EventLoop& loop, Driven& driven) : loop_(loop), driven_(driven) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void update() {
    const std::optional<TimePoint> next = driven_.next_deadline();
    if (next == armed_) return;
    armed_ = next;
    timer_.cancel();
    if (next) timer_ = loop_.reactor().at(*next, [this] { fire(); });
  }
  /// At the end of the loop's turn, once: for packets, of which one turn brings many.
  void update_at_turn_end() {
    if (std::exchange(due_, true)) return;
    loop_.reactor().at_turn_end([alive = std::weak_ptr(alive_), this] {
      if (alive.expired()) return;
      due_ = false;
      update();
    });
  }

 private:
  void fire() {
    armed_.reset();
    driven_.advance(Clock::now());
    update();
  }

  EventLoop& loop_;
  Driven& driven_;
  Timer timer_;
  std::optional<TimePoint> armed_;
  bool due_ = false;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace parley::session
