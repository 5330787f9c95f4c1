#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "cc/feedback.hpp"

namespace parley::cc {

enum class Usage { Normal, Overuse, Underuse };

/// Whether a queue is building up on the way: the slope of the one-way delay over the last packets, compared with a
/// threshold that adapts to how much the path jitters (draft-ietf-rmcat-gcc-02 sections 5.2 to 5.4, with a line fitted
/// through the accumulated delay in place of the Kalman filter).
class DelayTrend {
 public:
  /// In the order of sending. Packets that leave within 5 ms of each other count as one: only the last arrival of such
  /// a burst says something of the path.
  void add(TimePoint sent, Duration arrival);
  [[nodiscard]] Usage usage() const { return usage_; }
  /// How much longer packets are under way at the moment than they were at best, in the last half minute or so.
  [[nodiscard]] Duration queueing() const { return queueing_; }

 private:
  struct Burst {
    TimePoint first_sent, last_sent;
    Duration first_arrival, last_arrival;
  };
  struct Sample {
    double at, delay;  // milliseconds
  };

  void measure_queue(TimePoint sent, Duration arrival);
  void compare(const Burst& before, const Burst& now);
  [[nodiscard]] std::optional<double> slope() const;
  void detect(double trend, double elapsed_ms, double at);
  void adapt(double trend, double at);

  std::optional<Burst> previous_, current_;
  std::optional<double> first_arrival_;
  std::deque<Sample> samples_;
  std::size_t deltas_ = 0;
  double accumulated_ = 0, smoothed_ = 0;
  double threshold_ = 12.5;
  double overuse_for_ = -1, last_trend_ = 0;
  std::optional<double> last_adapted_;
  unsigned overuses_ = 0;
  Usage usage_ = Usage::Normal;
  Duration queueing_{};
  /// The shortest way (arrival less departure), of this and the interval before.
  std::optional<Duration> shortest_, shortest_before_;
  std::optional<TimePoint> interval_;
};

}  // namespace parley::cc
