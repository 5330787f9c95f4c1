#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace parley::av {

using std::chrono::microseconds;

/// The time that an encoder is shown, which only goes forward: as far as the pictures' own, a usual step where that
/// stands still or goes back, and a second at most where it leaps.
class EncoderClock {
 public:
  static constexpr microseconds kMostStep{1'000'000};

  explicit EncoderClock(microseconds usual_step) : usual_step_(usual_step) {}

  microseconds next(microseconds picture_time) {
    if (last_picture_) {
      if (picture_time <= *last_picture_) {
        now_ += usual_step_;
      } else {
        // Any two times have a distance without a sign.
        const auto step =
            static_cast<std::uint64_t>(picture_time.count()) - static_cast<std::uint64_t>(last_picture_->count());
        now_ += step > static_cast<std::uint64_t>(kMostStep.count()) ? kMostStep
                                                                     : microseconds(static_cast<std::int64_t>(step));
      }
    }
    last_picture_ = picture_time;
    return now_;
  }

 private:
  microseconds usual_step_;
  std::optional<microseconds> last_picture_;
  microseconds now_{0};
};

/// Key frames that receivers ask for: not more than one in so long a time, for all of them. Who asks in between is
/// answered at its end.
class KeyFramePace {
 public:
  static constexpr microseconds kLeastDistance{300'000};

  void ask() { asked_ = true; }
  [[nodiscard]] bool is_due(microseconds now) const { return asked_ && (!last_ || now - *last_ >= kLeastDistance); }
  /// A key frame has been made, for whatever reason.
  void note(microseconds now) {
    last_ = now;
    asked_ = false;
  }

 private:
  std::optional<microseconds> last_;
  bool asked_ = false;
};

}  // namespace parley::av
