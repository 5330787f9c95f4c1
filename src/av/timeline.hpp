#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace parley::av {

using std::chrono::microseconds;
using TimePoint = std::chrono::steady_clock::time_point;

/// What is known of a frame's time.
struct Moment {
  microseconds timestamp{0};
  TimePoint arrival{};
  /// When it was made, on the arrivals' clock, if the peer has told of its own.
  std::optional<TimePoint> made = std::nullopt;
  /// Whose timestamp it is: each source (SSRC) counts from a zero of its own.
  std::uint32_t source = 0;
};

/// Puts the frames of one track on a clock that all tracks of a recording share. Where the track's zero is, the peer's
/// reports tell, and as long as there are none the arrivals that were fastest; so jitter is not recorded. Clocks that
/// run apart are followed, more slowly than anybody hears. Where timestamps leap, the track goes on as late behind the
/// arrivals as before, so neither side of the leap is out of step with other tracks.
class Timeline {
 public:
  /// Timestamps that leave the arrivals behind by that, or fall behind them, have begun to count anew.
  static constexpr std::chrono::seconds kMostOff{6};
  /// From one frame to the next, less is enough: nothing arrives before it is made, nor is made before the last one but
  /// for reordered pictures.
  static constexpr std::chrono::seconds kLeap{1};
  /// Timestamps that fall behind are a network that stood still, unless they stay there that long.
  static constexpr std::chrono::seconds kPatience{2};
  /// How far the zero moves in a second: 5 ms. Crystals are apart by 0.2 at most.
  static constexpr int kSlowness = 200;
  /// What would take too long that way is put right at once, if that has been said for longer than two reports are
  /// apart: until the next one, what the peer said before a leap seems to hold.
  static constexpr std::chrono::milliseconds kStep{200};
  static constexpr std::chrono::seconds kSure{8};
  /// For how long the fastest arrival counts.
  static constexpr std::chrono::seconds kWindow{10};

  /// Tells where the track begins, by all frames of it that have come so far; place() follows, for each of them.
  void begin(std::span<const Moment> frames);
  /// When the frame is to be shown, on the arrivals' clock. Frames in the order of their arrival.
  TimePoint place(const Moment& frame);
  /// Whether the peer has told when this was made, and it can be true.
  static bool is_told(const Moment& frame);

 private:
  using Duration = TimePoint::duration;

  [[nodiscard]] Duration usual() const { return std::min(fastest_, fastest_before_); }
  [[nodiscard]] bool leaps(const Moment& frame) const;
  [[nodiscard]] bool stays_behind(const Moment& frame);
  void begin_anew(const Moment& frame);
  void move_zero(Duration by);
  void measure(const Moment& frame);
  void follow(const Moment& frame);

  std::optional<TimePoint> zero_;  // where the timestamp 0 is
  std::optional<Moment> last_;
  TimePoint shown_{};  // the latest that was placed
  bool aligned_ = false;
  // How late the fastest arrivals are, in this window and the one before.
  Duration fastest_{0}, fastest_before_{0};
  TimePoint window_{};
  std::optional<TimePoint> behind_since_, off_since_;
};

}  // namespace parley::av
