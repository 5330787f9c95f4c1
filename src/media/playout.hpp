#pragma once

#include "base/time.hpp"
#include "media/fastest.hpp"

namespace parley::media {

/// When a frame is handed over that the program wants later than it is there (jitterBufferTarget): a certain time after
/// the frame would have been there if it had come as fast as the fastest of late. So what comes irregularly goes on as
/// regularly as it was made, as long as nothing comes later than that.
class Playout {
 public:
  static constexpr Duration kMost = 4s;

  void set_target(Duration target) { target_ = target; }
  /// Zero: at once.
  [[nodiscard]] Duration target() const { return target_; }
  /// `media_time` on the sender's clock, `arrival` of the frame's last packet. Asking twice changes nothing.
  TimePoint due(Duration media_time, TimePoint arrival) {
    return TimePoint(media_time + fastest_.update(media_time, arrival, target_)) + target_;
  }

 private:
  Duration target_{};
  Fastest fastest_{10s};
};

}  // namespace parley::media
