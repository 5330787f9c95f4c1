#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "parley/rtp_transceiver.hpp"

namespace parley::api {

/// Which sources a receiver has had frames of: getSynchronizationSources() and getContributingSources(), webrtc-pc
/// section 5.3. Time is an argument, in milliseconds since 1970.
class SourceLog {
 public:
  /// How long a source is told of.
  static constexpr double kLong = 10'000;
  /// The most sources; then the one that has been silent longest is forgotten.
  static constexpr std::size_t kMost = 128;

  struct Captured {
    std::optional<double> time, offset;
  };
  /// A frame of this source has been delivered. `level`: from 0 to 1.
  void delivered(std::uint32_t source, std::uint32_t rtp_timestamp, std::optional<double> level, double now,
                 const Captured& captured = {std::nullopt, std::nullopt});
  /// Those of the last ten seconds, the latest first.
  [[nodiscard]] std::vector<RTCRtpContributingSource> recent(double now) const;

 private:
  std::vector<RTCRtpContributingSource> sources_;  // the latest last
};

}  // namespace parley::api
