#pragma once

#include <cstddef>
#include <optional>

#include "cc/feedback.hpp"

namespace parley::cc {

/// How much to yield to marks of congestion: what a sender of ECT(1) has promised (RFC 9331 section 4.3). The more of
/// its packets are marked, the more it yields, with the rule of RFC 8257 section 3.3: once in a round trip, by half of
/// the share that has been marked lately.
class MarkedShare {
 public:
  /// Of packets with ECT(1) that have arrived. What to multiply the rate with, if it is time for that.
  std::optional<double> add(std::size_t marked, std::size_t arrived, Duration round_trip, TimePoint now);
  [[nodiscard]] double share() const { return share_; }
  /// The peer has told of packets that could be marked.
  [[nodiscard]] bool known() const { return began_.has_value(); }

 private:
  /// Until something is known, the worst is believed.
  double share_ = 1;
  std::size_t marked_ = 0, arrived_ = 0;
  std::optional<TimePoint> began_;
};

}  // namespace parley::cc
