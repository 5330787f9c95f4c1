#include "media/receive_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace parley::media {

void ReceiveStatistics::received(std::int64_t number, std::uint32_t timestamp, std::uint32_t clock_rate,
                                 TimePoint arrival) {
  if (received_ == 0) {
    first_ = highest_ = number;
    cycle_ = number & ~std::int64_t{0xFFFF};
  } else if (clock_rate == clock_rate_ && clock_rate > 0 && timestamp != last_timestamp_) {
    // Packets of one frame have one timestamp and leave one after the other: their distance says nothing.
    const double between = std::chrono::duration<double>(arrival - last_arrival_).count() * clock_rate;
    const auto sent = static_cast<std::int32_t>(timestamp - last_timestamp_);
    const double difference = std::abs(between - sent);
    // A jump of the clock, as after a pause or with another source, is not jitter.
    if (difference < 5.0 * clock_rate) jitter_ += (difference - jitter_) / 16;
  }
  // It goes on in other units.
  if (clock_rate_ > 0 && clock_rate > 0 && clock_rate != clock_rate_)
    jitter_ *= static_cast<double>(clock_rate) / clock_rate_;
  ++received_;
  first_ = std::min(first_, number);
  highest_ = std::max(highest_, number);
  clock_rate_ = clock_rate;
  last_timestamp_ = timestamp;
  last_arrival_ = arrival;
}

void ReceiveStatistics::resume(std::int64_t number) {
  if (received_ == 0 || number <= highest_) return;
  first_ += number - 1 - highest_;
  highest_ = number - 1;
}

ReceptionReport ReceiveStatistics::report() {
  const std::int64_t expected_now = expected() - expected_before_;
  const std::int64_t lost_now = expected_now - (received_ - received_before_);
  expected_before_ = expected();
  received_before_ = received_;
  ReceptionReport report;
  if (expected_now > 0 && lost_now > 0)
    report.fraction_lost = static_cast<std::uint8_t>(std::min<std::int64_t>(255, lost_now * 256 / expected_now));
  report.cumulative_lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -0x800000, 0x7fffff));
  report.extended_highest = static_cast<std::uint32_t>(highest_ - cycle_);
  report.jitter = static_cast<std::uint32_t>(jitter_);
  return report;
}

}  // namespace parley::media
