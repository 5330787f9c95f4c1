#include "media/capture_clock.hpp"

namespace parley::media {
namespace {

/// What interpolation may be wrong by: a receiver cannot use more.
constexpr std::int64_t kNear = (std::int64_t{1} << 32) / 1000;

/// In 2^-32 s. `span` is a few seconds at most.
std::int64_t in_ntp(Duration span) {
  return static_cast<std::int64_t>(std::chrono::duration<double>(span).count() * 4294967296.0);
}

}  // namespace

void CaptureClock::tell(std::uint32_t timestamp, std::uint32_t clock_rate, const rtp::CaptureTime& capture) {
  last_ = {timestamp, clock_rate, capture};
}

/// nullopt where that is too long, in either direction.
std::optional<Duration> CaptureClock::since_told(std::uint32_t timestamp, std::uint32_t clock_rate) const {
  if (!last_ || clock_rate == 0 || last_->clock_rate != clock_rate) return std::nullopt;
  const auto ticks = static_cast<std::int32_t>(timestamp - last_->timestamp);
  const auto since = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(static_cast<double>(ticks) / static_cast<double>(clock_rate)));
  return std::chrono::abs(since) > kLongest ? std::nullopt : std::optional(since);
}

std::optional<rtp::CaptureTime> CaptureClock::at(std::uint32_t timestamp, std::uint32_t clock_rate) const {
  const auto since = since_told(timestamp, clock_rate);
  if (!since) return std::nullopt;
  rtp::CaptureTime capture = last_->capture;
  capture.time.value += static_cast<std::uint64_t>(in_ntp(*since));
  return capture;
}

bool CaptureClock::is_news(std::uint32_t timestamp, std::uint32_t clock_rate, const rtp::CaptureTime& capture) const {
  const auto known = at(timestamp, clock_rate);
  if (!known || std::chrono::abs(*since_told(timestamp, clock_rate)) >= kInterval) return true;
  const auto wrong = static_cast<std::int64_t>(known->time.value - capture.time.value);
  return wrong > kNear || wrong < -kNear || known->offset != capture.offset;
}

}  // namespace parley::media
