#pragma once

#include <optional>

#include "cc/delay_trend.hpp"

namespace parley::cc {

/// The rate that the delay allows: grows until a queue builds up, then falls below what gets through, so that the queue
/// drains (draft-ietf-rmcat-gcc-02 section 5.5).
class DelayRate {
 public:
  explicit DelayRate(double start) : rate_(start) {}

  struct Circumstances {
    bool limited = false;  ///< the application has not used what it might have
    Duration queueing{};   ///< about what packets wait on the way
    Duration round_trip{};
  };
  /// `received`: what gets through.
  void update(Usage usage, std::optional<double> received, const Circumstances& circumstances, TimePoint now);
  /// What a probe has shown, or what somebody else knows better.
  void set(double rate, TimePoint now);
  [[nodiscard]] double rate() const { return rate_; }

 private:
  enum class Phase { Hold, Increase };

  void increase(std::optional<double> received, bool limited, Duration round_trip, Duration elapsed);
  void decrease(std::optional<double> received, const Circumstances& circumstances, TimePoint now);
  [[nodiscard]] bool is_near_the_limit(double rate) const;
  void learn_limit(double rate);
  [[nodiscard]] double deviation() const;

  double rate_;
  Phase phase_ = Phase::Increase;
  std::optional<TimePoint> updated_, decreased_;
  /// Mean and relative variance of what got through when the queue built up: near it, steps are small.
  std::optional<double> limit_;
  double limit_variance_ = 0.4;
};

}  // namespace parley::cc
