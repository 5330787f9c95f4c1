#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace parley::media {

/// What a receiver reports of a stream: RFC 3550 sections 6.4.1, A.3 and A.8.
struct ReceptionReport {
  std::uint8_t fraction_lost = 0;    ///< since the last report, in 256ths
  std::int32_t cumulative_lost = 0;  ///< may be negative: duplicates count as received
  std::uint32_t extended_highest = 0;
  std::uint32_t jitter = 0;  ///< in units of the RTP timestamp
};

/// Counts the packets of one stream as they come from the network, before anything is repaired.
class ReceiveStatistics {
 public:
  /// `number` is unwrapped. Retransmissions do not count (RFC 4588 section 4: they are another stream).
  void received(std::int64_t number, std::uint32_t timestamp, std::uint32_t clock_rate, TimePoint arrival);
  /// What is missing before this number was not waited for.
  void resume(std::int64_t number);
  /// Begins a new interval.
  ReceptionReport report();

  [[nodiscard]] std::int64_t packets() const { return received_; }
  [[nodiscard]] std::int64_t lost() const { return expected() - received_; }
  /// In seconds.
  [[nodiscard]] double jitter() const { return clock_rate_ == 0 ? 0 : jitter_ / clock_rate_; }

 private:
  [[nodiscard]] std::int64_t expected() const { return received_ == 0 ? 0 : highest_ - first_ + 1; }

  std::int64_t first_ = 0, highest_ = 0, received_ = 0;
  std::int64_t cycle_ = 0;  // the one that the peer counts as the first
  std::int64_t expected_before_ = 0, received_before_ = 0;
  std::uint32_t clock_rate_ = 0;
  double jitter_ = 0;
  std::uint32_t last_timestamp_ = 0;
  TimePoint last_arrival_{};
};

}  // namespace parley::media
