#pragma once

#include <cstddef>
#include <optional>

#include "cc/feedback.hpp"

namespace parley::cc {

/// The rate that losses allow: draft-ietf-rmcat-gcc-02 section 6. Up to a tenth lost may be the path's own noise, more
/// is a queue that overflows.
class LossRate {
 public:
  explicit LossRate(double start) : rate_(start) {}
  /// `used`: about as much is sent as it allows. If not, it is not known to allow more.
  void add(std::size_t received, std::size_t lost, Duration round_trip, TimePoint now, bool used = true);
  [[nodiscard]] double rate() const { return rate_; }
  /// The delay allows only this much: what losses allow is not known to be much more.
  void limit(double rate);
  void set(double rate) { rate_ = rate; }
  [[nodiscard]] double fraction_lost() const { return fraction_; }

 private:
  double rate_;
  double fraction_ = 0;
  std::size_t received_ = 0, lost_ = 0;
  std::optional<TimePoint> judged_, decreased_;
};

}  // namespace parley::cc
