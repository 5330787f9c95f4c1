#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "base/time.hpp"

namespace parley::media {

/// By how much a clock of ours is ahead of one of the peer's, as far as what arrives tells: less than it seems by what
/// has been under way longest, so the fastest of late counts. Clocks drift and paths change: what was fastest a window
/// or two ago does not matter any more.
class Fastest {
 public:
  /// `patience`: what comes much later than anything before is only believed to be of another clock when that goes on
  /// for so long. It may have waited here, for a process that stood still, and all that has waited comes at once.
  explicit Fastest(Duration window, Duration patience = {}) : window_(window), patience_(patience) {}

  /// Something that was made at `made`, in the peer's time, has arrived. Saying it twice changes nothing. `late`: by
  /// how much it may be late.
  Duration update(Duration made, TimePoint arrival, Duration late = {}) {
    const Duration behind = arrival.time_since_epoch() - made;
    if (now_ && (behind > now_->behind + kJump + late || behind < now_->behind - kJump)) {
      if (!later_since_) later_since_ = arrival;
      if (behind > now_->behind && arrival - *later_since_ < patience_) return least();
      now_.reset();
      before_.reset();
    }
    later_since_.reset();
    if (now_ && arrival - now_->since >= window_) before_ = std::exchange(now_, std::nullopt);
    if (!now_) now_ = Least{behind, arrival};
    now_->behind = std::min(now_->behind, behind);
    return least();
  }

  /// What came last may be of another clock, and is not believed to be yet.
  [[nodiscard]] bool doubts() const { return later_since_.has_value(); }

 private:
  [[nodiscard]] Duration least() const { return before_ ? std::min(before_->behind, now_->behind) : now_->behind; }
  /// A source whose time jumps by more has begun to count anew.
  static constexpr Duration kJump = 2s;
  struct Least {
    Duration behind;
    TimePoint since;
  };
  Duration window_, patience_;
  std::optional<Least> now_, before_;
  std::optional<TimePoint> later_since_;
};

}  // namespace parley::media
