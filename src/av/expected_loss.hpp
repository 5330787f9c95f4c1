#pragma once

#include "av/sender_shares.hpp"

namespace parley::av {

/// How much an encoder of sound should expect to be lost on the way: what is reported for the receiver that loses most.
/// Half of the way there with each report, which may be about few packets; less fast back, because losses come in
/// bursts.
class ExpectedLoss {
 public:
  /// Reports of sound come every few seconds, and some are lost.
  static constexpr std::chrono::seconds kSilence{30};

  /// `sender`: as with SenderShares. `fraction`: 0 to 1.
  void note(const std::shared_ptr<const void>& sender, double fraction, SenderShares::TimePoint now) {
    arriving_.leave(now);
    const double most = 1 - arriving_.note(sender, 1 - fraction, now);
    value_ += (most - value_) / (most > value_ ? 2 : 4);
    if (value_ < 0.005) value_ = 0;  // or it would never be
  }
  void set(double value) { value_ = value; }
  [[nodiscard]] double value() const { return value_; }

 private:
  SenderShares arriving_{kSilence};
  double value_ = 0;
};

}  // namespace parley::av
