#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace parley {

/// When a loop looks for more, again and again, instead of sleeping at once: to put a thread to sleep and wake it takes
/// longer than many answers do. Left to itself it does so only in a quick exchange of messages, which is when what was
/// sent in answer to something is answered again within kWait, several times in a row; there it costs less of a
/// processor than sleeping would. Where it finds nothing, because the peer has become slow or no processor is left for
/// it, it is tried ever more rarely. Pure: the clock is an argument.
class ReplyPolling {
 public:
  /// How long an answer is waited for.
  static constexpr Duration kWait = std::chrono::microseconds(100);
  /// Quick answers in a row before waiting for the next, at first and at most.
  static constexpr unsigned kFewest = 8, kMost = 8192;

  /// `always`: EventLoopOptions::busy_poll.
  explicit ReplyPolling(std::optional<Duration> always) : always_(always) {}

  /// This turn has answered something, and the answer to that may come at once.
  void expect() { expecting_ = !always_; }

  /// Whether begin() and end() want to know of the coming wait. Loops that only sleep need not read the clock.
  [[nodiscard]] bool concerned() const { return expecting_ || (always_ && *always_ > Duration::zero()); }

  /// The loop has nothing to do any more. Until when it looks before it sleeps; the past, if not at all.
  TimePoint begin(TimePoint now) {
    if (always_) return until_;
    began_ = now;
    until_ = quick_ >= needed_ ? now + kWait : TimePoint{};
    return until_;
  }

  /// The wait is over. `arrived`: by something from outside, rather than by a timer or a task.
  void end(TimePoint now, bool arrived) {
    if (always_) {
      if (arrived) until_ = deadline_after(now, *always_);
      return;
    }
    if (now - began_ > kWait) {
      if (quick_ >= needed_) needed_ = std::min(needed_ * 2, kMost);
      quick_ = 0;
      expecting_ = false;
    } else if (arrived) {
      if (++quick_ == kMost) needed_ = kFewest;
      expecting_ = false;
    }
  }

 private:
  const std::optional<Duration> always_;
  TimePoint until_, began_;
  std::uint64_t quick_ = 0;  // answers in a row
  unsigned needed_ = kFewest;
  bool expecting_ = false;
};

}  // namespace parley
