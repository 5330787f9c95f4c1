#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtp/capture_time.hpp"

namespace parley::media {

/// When the frames of a source were captured, from what some of them tell: the time of the others follows from their
/// RTP timestamps (abs-capture-time, "Timestamp interpolation").
class CaptureClock {
 public:
  /// RTP timestamps and clocks drift apart: for longer, nothing is said.
  static constexpr Duration kLongest = 5s;
  /// How often a sender tells at least.
  static constexpr Duration kInterval = 1s;

  void tell(std::uint32_t timestamp, std::uint32_t clock_rate, const rtp::CaptureTime& capture);
  /// Of a frame with this timestamp; nullopt if too little is known.
  [[nodiscard]] std::optional<rtp::CaptureTime> at(std::uint32_t timestamp, std::uint32_t clock_rate) const;
  /// Whether a receiver could not know it well enough from what it was told, or should be told once more.
  [[nodiscard]] bool is_news(std::uint32_t timestamp, std::uint32_t clock_rate, const rtp::CaptureTime& capture) const;
  void reset() { last_.reset(); }

 private:
  struct Told {
    std::uint32_t timestamp, clock_rate;
    rtp::CaptureTime capture;
  };
  [[nodiscard]] std::optional<Duration> since_told(std::uint32_t timestamp, std::uint32_t clock_rate) const;
  std::optional<Told> last_;
};

}  // namespace parley::media
