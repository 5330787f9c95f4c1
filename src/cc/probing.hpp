#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "cc/feedback.hpp"

namespace parley::cc {

/// A short burst at a higher rate, to see whether it gets through.
struct Probe {
  std::uint32_t id = 0;
  double rate = 0;
  /// How much it takes, at least: times between few packets say little.
  std::size_t bytes = 0, packets = 5;
};

/// What probes have shown. A probe counts when four fifths of it have arrived, unless what became of it cannot be the
/// path's rate.
class ProbeResults {
 public:
  void begin(const Probe& probe);
  /// The rate that a probe has just shown to get through, once for each.
  std::optional<double> add(const PacketResult& result);

 private:
  struct Running {
    Probe probe;
    std::size_t packets = 0, bytes = 0;
    TimePoint first_sent = TimePoint::max(), last_sent = TimePoint::min();
    Duration first_arrival = Duration::max(), last_arrival = Duration::min();
    std::size_t last_sent_size = 0, first_arrival_size = 0;
  };
  static std::optional<double> judge(const Running& running);
  std::deque<Running> running_;
};

/// When to probe, and how fast: at the beginning, after the path seems to have become better, and now and then while
/// the application uses less than it might.
class ProbePlan {
 public:
  void begin(double start);
  /// The rate was shown by a probe: go on from there, if there may be more.
  void shown(double rate);
  /// The rate fell from `before` although little was sent, or for another reason that may pass.
  void fell(double before, TimePoint now);
  /// The peer tells of packets again, after the rate had fallen from `before` because it did not.
  void back(double before, TimePoint now);
  /// The next probe, if it is time. `rate` is what may be sent, `used` what is sent where that is much less.
  std::optional<Probe> due(double rate, double most, std::optional<double> used, TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

 private:
  std::vector<double> wanted_;  // rates, the next one first
  std::uint32_t next_id_ = 1;
  std::optional<double> further_above_;  // an initial probe that shows this much is followed by a faster one
  std::optional<TimePoint> last_, recover_at_;
  double recover_rate_ = 0;
};

}  // namespace parley::cc
