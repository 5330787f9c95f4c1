#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace parley::media {

/// What the RTP timestamp has more after so long, with what it loses where it wraps around.
inline std::uint32_t ticks(std::chrono::microseconds span, std::uint32_t clock_rate) {
  // In whole seconds and the rest, which cannot overflow.
  const auto whole = std::chrono::floor<std::chrono::seconds>(span);
  const auto rest = static_cast<std::uint64_t>((span - whole).count());
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(whole.count()) * clock_rate +
                                    (rest * clock_rate + 500'000) / 1'000'000);
}

/// The RTP timestamps of frames that are sent, by what their source says of their time, or by when they come. Where the
/// rate of the clock changes, it goes on from where it is (RFC 7160 section 4.2.1).
class SendClock {
 public:
  using microseconds = std::chrono::microseconds;

  /// `first`: what the timestamp was when time began.
  explicit SendClock(std::uint32_t first) : timestamp_(first) {}

  /// `told` on the source's own clock, if it has one; `length` of sound, zero if nobody knows.
  ///
  /// The first frame is as of now; what follows keeps its distance, unless it counts from somewhere else: another
  /// source, or the same one after a pause. Receivers stand still for seconds where time goes back. (Frames that are
  /// decoded before others go back a little.) Sound that says nothing of its time goes on where the last piece ended:
  /// whoever writes it is never that exact.
  std::uint32_t timestamp(std::optional<microseconds> told, microseconds length, std::uint32_t clock_rate,
                          TimePoint now) {
    constexpr microseconds kBack = 500ms, kAhead = 10s, kPunctual = 60ms;
    const microseconds ours = in_microseconds(now);
    microseconds time = told && offset_ ? *told + *offset_ : ours;
    if (!told && sound_end_ && ours <= *sound_end_ + kPunctual) time = *sound_end_;
    const microseconds earliest = passed_ ? *last_ + 1ms : last_.value_or(time) - kBack;
    if (last_ && (time < earliest || time > std::max(ours, *last_) + kAhead)) time = std::max(ours, *last_ + 1ms);
    // Two that come at the same moment are two all the same.
    if (!told && last_ && time <= *last_) time = *last_ + 1ms;
    if (told) offset_ = time - *told;
    last_ = time;
    passed_ = false;
    sound_end_ = length > 0ms ? std::optional(time + length) : std::nullopt;
    return at(time, clock_rate);
  }
  /// A packet of another clock is sent with that timestamp: frames go on from there.
  void pass(std::uint32_t timestamp, std::uint32_t clock_rate, TimePoint now) {
    forget_source();
    sound_end_.reset();
    last_ = begin_ = in_microseconds(now);
    timestamp_ = timestamp;
    clock_rate_ = clock_rate;
    passed_ = true;
  }
  /// The next frame counts from somewhere else.
  void forget_source() { offset_.reset(); }
  [[nodiscard]] bool has_begun() const { return last_.has_value(); }

 private:
  static microseconds in_microseconds(TimePoint time) {
    return std::chrono::duration_cast<microseconds>(time.time_since_epoch());
  }
  std::uint32_t at(microseconds time, std::uint32_t clock_rate) {
    if (clock_rate_ != clock_rate && clock_rate_ != 0) {
      timestamp_ += ticks(time - begin_, clock_rate_);
      begin_ = time;
    }
    clock_rate_ = clock_rate;
    return timestamp_ + ticks(time - begin_, clock_rate);
  }

  std::uint32_t timestamp_;  // as of begin_
  std::uint32_t clock_rate_ = 0;
  microseconds begin_{};
  std::optional<microseconds> offset_;     // from the source's clock to ours
  std::optional<microseconds> last_;       // frame, on ours
  std::optional<microseconds> sound_end_;  // of that frame
  bool passed_ = false;                    // it was a packet
};

}  // namespace parley::media
