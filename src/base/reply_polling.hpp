#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace parley {

/// When a loop looks for more, again and again, instead of sleeping at once: to put a thread to sleep and wake it takes
/// longer than many answers do. Left to itself it does so only in a quick exchange of messages, which is when what was
/// sent in answer to something is answered again within kWait, several times in a row, and only as long as that costs
/// less of a processor than sleeping would. Where it does not pay, because the peer is or has become slow or no
/// processor is left for it, it is tried ever more rarely. Pure: the clock is an argument.
class ReplyPolling {
 public:
  /// How long an answer is waited for. Two sleeping ends take 80 to 170 µs.
  static constexpr Duration kWait = std::chrono::microseconds(200);
  /// What looking may cost for each answer on average: about what it takes to sleep and wake.
  static constexpr Duration kWorth = std::chrono::microseconds(60);
  /// Quick answers in a row before looking for the next, at first and at most.
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
    until_ = looks() ? now + kWait : TimePoint{};
    return until_;
  }

  /// The wait is over. `arrived`: by something from outside, rather than by a timer or a task.
  void end(TimePoint now, bool arrived) {
    if (always_) {
      if (arrived) until_ = deadline_after(now, *always_);
    } else if (now - began_ > kWait) {
      begin_anew();
    } else if (arrived) {
      expecting_ = false;
      if (looks()) cost_ += (now - began_ - cost_) / 8;
      if (cost_ > kWorth) return begin_anew();
      if (++quick_ == kMost) needed_ = kFewest;
    }
  }

 private:
  [[nodiscard]] bool looks() const { return quick_ >= needed_; }

  void begin_anew() {
    if (looks()) needed_ = std::min(needed_ * 2, kMost);
    quick_ = 0;
    cost_ = {};
    expecting_ = false;
  }

  const std::optional<Duration> always_;
  TimePoint until_, began_;
  std::uint64_t quick_ = 0;  // answers in a row
  unsigned needed_ = kFewest;
  Duration cost_{};  // of looking, on average of the last few
  bool expecting_ = false;
};

}  // namespace parley
