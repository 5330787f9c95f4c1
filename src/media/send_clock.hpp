#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace parley::media {

/// The RTP timestamps of frames that are sent, by what their source says of their time, or by when they come.
class SendClock {
 public:
  using microseconds = std::chrono::microseconds;

  /// `first`: what the timestamp was when time began.
  explicit SendClock(std::uint32_t first) : first_(first) {}

  /// `told` on the source's own clock, if it has one; `length` of sound, zero if nobody knows.
  ///
  /// The first frame is as of now; what follows keeps its distance, unless it counts from somewhere else: another
  /// source, or the same one after a pause. Receivers stand still for seconds where time goes back. (Frames that are
  /// decoded before others go back a little.) Sound that says nothing of its time goes on where the last piece ended:
  /// whoever writes it is never that exact.
  std::uint32_t timestamp(std::optional<microseconds> told, microseconds length, std::uint32_t clock_rate,
                          TimePoint now) {
    constexpr microseconds kBack = 500ms, kAhead = 10s, kPunctual = 60ms;
    const auto ours = std::chrono::duration_cast<microseconds>(now.time_since_epoch());
    microseconds time = told && offset_ ? *told + *offset_ : ours;
    if (!told && sound_end_ && ours <= *sound_end_ + kPunctual) time = *sound_end_;
    if (last_ && (time < *last_ - kBack || time > std::max(ours, *last_) + kAhead)) time = std::max(ours, *last_ + 1ms);
    if (told) offset_ = time - *told;
    last_ = time;
    sound_end_ = length > 0ms ? std::optional(time + length) : std::nullopt;
    return first_ + ticks(time, clock_rate);
  }
  /// The next frame counts from somewhere else.
  void forget_source() { offset_.reset(); }
  [[nodiscard]] std::uint32_t first() const { return first_; }
  [[nodiscard]] bool has_begun() const { return last_.has_value(); }

 private:
  /// In whole seconds and the rest, which cannot overflow.
  static std::uint32_t ticks(microseconds time, std::uint32_t clock_rate) {
    const auto whole = static_cast<std::uint64_t>(time / 1s), rest = static_cast<std::uint64_t>((time % 1s).count());
    return static_cast<std::uint32_t>(whole * clock_rate + (rest * clock_rate + 500'000) / 1'000'000);
  }

  std::uint32_t first_;
  std::optional<microseconds> offset_;     // from the source's clock to ours
  std::optional<microseconds> last_;       // frame, on ours
  std::optional<microseconds> sound_end_;  // of that frame
};

}  // namespace parley::media
