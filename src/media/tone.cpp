#include "media/tone.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {
namespace {

/// RFC 4733 section 2.5.1.2: as often as sound would be sent.
constexpr Duration kInterval = 20ms;
/// The end is said three times, and before the next tone may begin, which is 30 ms later at the earliest (webrtc-pc
/// section 7.2).
constexpr unsigned kTimes = 3;
constexpr Duration kRepetition = 10ms;
/// The longest duration that can be said: section 2.3.5.
constexpr std::uint64_t kLongest = 0xFFFF;
/// What is no more than that before another timestamp is an older one: 20 s of 48 kHz.
constexpr std::uint32_t kLate = 1 << 20;

}  // namespace

PlayedTone::PlayedTone(const Tone& tone, std::uint32_t clock_rate, TimePoint now)
    : tone_(tone), clock_rate_(clock_rate), begin_(now), next_(now + std::min(kInterval, tone.duration)) {}

std::uint64_t PlayedTone::ticks(Duration since) const {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  return static_cast<std::uint64_t>(micros) * clock_rate_ / 1'000'000;
}

std::optional<ToneReport> PlayedTone::next_report(TimePoint now) {
  if (over_ || now < next_) return std::nullopt;
  const TimePoint end = begin_ + tone_.duration;
  const std::uint64_t lasted = ticks(std::min(next_, end) - begin_);
  ToneReport report{.event = {.event = tone_.event},
                    .offset = static_cast<std::uint32_t>(offset_),
                    .begins = !std::exchange(begun_, true)};
  if (lasted - offset_ > kLongest) {
    // Section 2.5.1.3: the next segment begins where this one ends.
    report.event.duration = kLongest;
    if (++said_ == kTimes) {
      said_ = 0;
      offset_ += kLongest;
    }
    return report;
  }
  report.event.duration = static_cast<std::uint16_t>(lasted - offset_);
  report.event.ends = next_ >= end;
  if (report.event.ends) {
    over_ = ++said_ == kTimes;
    next_ += kRepetition;
  } else {
    // Whoever comes late says only the latest.
    next_ = std::min(end, std::max(next_ + kInterval, now));
  }
  return report;
}

std::optional<TimePoint> PlayedTone::next_deadline() const { return over_ ? std::nullopt : std::optional(next_); }

std::optional<char> HeardTones::hear(std::span<const formats::TelephoneEvent> reports, std::uint32_t timestamp) {
  if (reports.empty()) return std::nullopt;
  const std::uint8_t event = reports.front().event;
  const std::optional<Heard> before = last_;
  if (before && before->timestamp - timestamp < kLate) return std::nullopt;
  last_ = Heard{event, timestamp};
  // A further segment of a long tone is no new one.
  if (before && before->event == event && timestamp - before->timestamp == kLongest) return std::nullopt;
  return formats::key_of_event(event);
}

}  // namespace parley::media
