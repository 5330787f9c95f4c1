#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace parley {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using namespace std::chrono_literals;

/// The earlier of two deadlines, where "none" never comes.
inline std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
  if (!a) return b;
  if (!b) return a;
  return *a < *b ? a : b;
}

/// The point in time `delay` after `when`: not before it, and the end of time if that is too far to be said.
inline TimePoint deadline_after(TimePoint when, Duration delay) {
  if (delay > TimePoint::max() - when) return TimePoint::max();
  return when + std::max(delay, Duration::zero());
}

}  // namespace parley
