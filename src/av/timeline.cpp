#include "av/timeline.hpp"

#include <algorithm>
#include <utility>

namespace parley::av {

using namespace std::chrono_literals;

bool Timeline::is_told(const Moment& frame) {
  return frame.made && *frame.made - frame.arrival < kMostOff && frame.arrival - *frame.made < kMostOff;
}

void Timeline::begin(std::span<const Moment> frames) {
  std::optional<TimePoint> told, arrived;
  const Moment* before = nullptr;
  for (const Moment& frame : frames) {
    // What is behind a leap says nothing of the beginning.
    if (before != nullptr) {
      const Duration step = frame.timestamp - before->timestamp, passed = frame.arrival - before->arrival;
      if (frame.source != before->source || step < -kLeap || step > passed + kMostOff) break;
    }
    before = &frame;
    if (is_told(frame)) told = *frame.made - frame.timestamp;
    const TimePoint zero = frame.arrival - frame.timestamp;
    arrived = std::min(arrived.value_or(zero), zero);
  }
  if (!arrived) return;
  aligned_ = told.has_value();
  zero_ = told.value_or(*arrived);
  fastest_ = fastest_before_ = *arrived - *zero_;
  window_ = frames.front().arrival;
}

TimePoint Timeline::place(const Moment& frame) {
  if (!zero_) begin({&frame, 1});
  if (last_) {
    if (leaps(frame) || stays_behind(frame)) begin_anew(frame);
    measure(frame);
    follow(frame);
  }
  last_ = frame;
  const TimePoint placed = *zero_ + frame.timestamp;
  shown_ = std::max(shown_, placed);
  return placed;
}

bool Timeline::leaps(const Moment& frame) const {
  if (frame.source != last_->source) return true;
  const Duration step = frame.timestamp - last_->timestamp, passed = frame.arrival - last_->arrival;
  const Duration late = frame.arrival - (*zero_ + frame.timestamp) - usual();
  return step < -kLeap || (step > passed + kLeap && late < -kLeap) || late < -kMostOff;
}

bool Timeline::stays_behind(const Moment& frame) {
  if (frame.arrival - (*zero_ + frame.timestamp) - usual() <= kMostOff) {
    behind_since_.reset();
    return false;
  }
  if (!behind_since_) behind_since_ = frame.arrival;
  return frame.arrival - *behind_since_ >= kPatience;
}

void Timeline::begin_anew(const Moment& frame) {
  // Of a new source, the reports are its own. Of the same one, they were before the leap.
  const bool told = frame.source != last_->source && is_told(frame);
  const TimePoint at = std::max(told ? *frame.made : frame.arrival - usual(), shown_ + 1ms);
  const Duration late = frame.arrival - at;
  zero_ = at - frame.timestamp;
  aligned_ = aligned_ || told;
  if (told) fastest_ = fastest_before_ = late;
  behind_since_.reset();
  off_since_.reset();
}

void Timeline::move_zero(Duration by) {
  *zero_ += by;
  fastest_ -= by;
  fastest_before_ -= by;
}

void Timeline::measure(const Moment& frame) {
  const Duration late = frame.arrival - (*zero_ + frame.timestamp);
  if (frame.arrival - window_ >= kWindow) {
    window_ = frame.arrival;
    fastest_before_ = std::exchange(fastest_, late);
  }
  fastest_ = std::min(fastest_, late);
}

void Timeline::follow(const Moment& frame) {
  const bool told = is_told(frame);
  if (!told && aligned_) return off_since_.reset();
  aligned_ = aligned_ || told;
  const Duration off = told ? *frame.made - (*zero_ + frame.timestamp) : usual();
  if (off < kStep && off > -kStep) {
    off_since_.reset();
  } else if (!off_since_) {
    off_since_ = frame.arrival;
  } else if (frame.arrival - *off_since_ >= kSure) {
    off_since_.reset();
    return move_zero(off);
  }
  const Duration most = std::clamp<Duration>(frame.arrival - last_->arrival, 0s, 1s) / kSlowness;
  move_zero(std::clamp(off, -most, most));
}

}  // namespace parley::av
