#include "media/frame_pace.hpp"

#include <algorithm>

namespace parley::media {
namespace {

constexpr Duration kPause = 5s;
constexpr Duration kFreeze = 150ms;
/// An average of fewer says nothing.
constexpr std::size_t kLeast = 5;

void count(FramePace::Gaps& gaps, Duration gap) {
  ++gaps.count;
  gaps.total += gap;
}

}  // namespace

void FramePace::shown(TimePoint now) {
  frames_.add(now);
  if (last_) {
    const Duration gap = now - *last_;
    const double seconds = std::chrono::duration<double>(gap).count();
    between_ += gap;
    squares_ += seconds * seconds;
    if (gap > kPause) count(pauses_, gap);
    if (count_ >= kLeast) {
      const Duration usual = recent_sum_ / static_cast<int>(std::min(count_, recent_.size()));
      if (gap >= std::max(3 * usual, usual + kFreeze)) count(freezes_, gap);
    }
    Duration& oldest = recent_[count_++ % recent_.size()];
    recent_sum_ += gap - oldest;
    oldest = gap;
  }
  last_ = now;
}

}  // namespace parley::media
