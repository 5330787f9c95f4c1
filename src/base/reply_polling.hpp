#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

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

  void begin_turn() { heard_in_turn_ = false; }
  /// A message is handed over to the program.
  void heard() {
    heard_in_turn_ = true;
    if (std::exchange(expecting_, false)) answered(woke_ - began_);
  }
  /// The program has sent one. If it answers another, it may soon be answered itself.
  void sent() {
    if (always_ || !heard_in_turn_) return;
    expecting_ = true;
    begun_ = false;
  }

  /// Whether begin() and end() want to know of the coming wait. Loops that only sleep need not read the clock.
  [[nodiscard]] bool concerned() const { return expecting_ || (always_ && *always_ > Duration::zero()); }

  /// The loop has nothing to do any more. Until when it looks before it sleeps; the past, if not at all.
  TimePoint begin(TimePoint now) {
    if (always_) return until_;
    if (!std::exchange(begun_, true)) began_ = now;
    return looks() ? began_ + kWait : TimePoint{};
  }

  /// The wait is over. `arrived`: by something from outside, rather than by a timer or a task.
  void end(TimePoint now, bool arrived) {
    woke_ = now;
    if (always_) {
      if (arrived) until_ = deadline_after(now, *always_);
    } else if (now - began_ > kWait) {
      begin_anew();
    }
  }

 private:
  [[nodiscard]] bool looks() const { return quick_ >= needed_; }

  void answered(Duration after) {
    if (looks()) cost_ += (after - cost_) / 8;
    if (cost_ > kWorth) return begin_anew();
    if (++quick_ == kMost) needed_ = kFewest;
  }

  void begin_anew() {
    if (looks()) needed_ = std::min(needed_ * 2, kMost);
    quick_ = 0;
    cost_ = {};
    expecting_ = false;
  }

  const std::optional<Duration> always_;
  TimePoint until_;          // with always_
  TimePoint began_, woke_;   // the first wait since sent(), and the end of the last
  std::uint64_t quick_ = 0;  // answers in a row
  unsigned needed_ = kFewest;
  Duration cost_{};  // of looking, on average of the last few
  bool heard_in_turn_ = false, expecting_ = false, begun_ = false;
};

}  // namespace parley
