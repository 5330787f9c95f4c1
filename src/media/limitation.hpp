#pragma once

#include <cstddef>
#include <optional>

#include "base/last_second.hpp"
#include "base/time.hpp"

namespace parley::media {

/// Whether bandwidth limits what a sender sends, and for how long it has (webrtc-stats section 8.8). The encoder is the
/// program's, so that nobody else knows what it would like to send: it is taken for limited while it uses up what it
/// may send.
class Limitation {
 public:
  /// A frame is sent. `target`: how many bits a second the program was told to send.
  void sent(std::size_t bytes, double target, TimePoint now) {
    pass(now);
    since_ = last_ = now;
    bytes_.add(now, static_cast<std::uint32_t>(bytes));
    limited_ = bytes_.sum(now) * 8.0 >= kUsedUp * target;
  }
  /// Until `now`. Whoever sends nothing is not limited by anything.
  void pass(TimePoint now) {
    if (!since_) return;
    if (const TimePoint end = last_ + 1s; limited_ && now > end) {
      by_bandwidth_ += end - *since_;
      since_ = end;
      limited_ = false;
    }
    (limited_ ? by_bandwidth_ : by_nothing_) += now - *since_;
    since_ = now;
  }
  [[nodiscard]] bool is_known() const { return since_.has_value(); }
  [[nodiscard]] bool is_limited() const { return limited_; }
  [[nodiscard]] Duration by_bandwidth() const { return by_bandwidth_; }
  [[nodiscard]] Duration by_nothing() const { return by_nothing_; }

 private:
  static constexpr double kUsedUp = 0.85;
  LastSecond bytes_;
  bool limited_ = false;
  std::optional<TimePoint> since_;
  TimePoint last_{};  // frame
  Duration by_bandwidth_{}, by_nothing_{};
};

}  // namespace parley::media
