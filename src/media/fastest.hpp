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
  explicit Fastest(Duration window) : window_(window) {}

  /// Something that was made at `made`, in the peer's time, has arrived. Saying it twice changes nothing.
  Duration update(Duration made, TimePoint arrival) {
    const Duration behind = arrival.time_since_epoch() - made;
    if (now_ && std::chrono::abs(behind - now_->behind) > kJump) {
      now_.reset();
      before_.reset();
    }
    if (now_ && arrival - now_->since >= window_) before_ = std::exchange(now_, std::nullopt);
    if (!now_) now_ = Least{behind, arrival};
    now_->behind = std::min(now_->behind, behind);
    return before_ ? std::min(before_->behind, now_->behind) : now_->behind;
  }

 private:
  /// A source whose time jumps by more has begun to count anew.
  static constexpr Duration kJump = 2s;
  struct Least {
    Duration behind;
    TimePoint since;
  };
  Duration window_;
  std::optional<Least> now_, before_;
};

}  // namespace parley::media
