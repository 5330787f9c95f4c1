#pragma once

#include <optional>

#include "base/reactor.hpp"
#include "parley/event_loop.hpp"

namespace parley::session {

/// Drives something that has next_deadline() and advance(now): after whatever may have moved the deadline, call
/// update().
template <class Driven>
class Deadline {
 public:
  Deadline(EventLoop& loop, Driven& driven) : loop_(loop), driven_(driven) {}

  void update() {
    const std::optional<TimePoint> next = driven_.next_deadline();
    if (next == armed_) return;
    armed_ = next;
    timer_.cancel();
    if (next) timer_ = loop_.reactor().at(*next, [this] { fire(); });
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
};

}  // namespace parley::session
