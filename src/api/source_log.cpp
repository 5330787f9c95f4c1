#include "api/source_log.hpp"

#include <algorithm>
#include <cmath>

namespace parley::api {
namespace {

/// webrtc-pc section 5.3: 0 for silence, 1 for the loudest.
double linear(std::uint8_t level) { return level >= 127 ? 0 : std::pow(10.0, -level / 20.0); }

}  // namespace

void SourceLog::delivered(std::uint32_t source, std::uint32_t rtp_timestamp, std::optional<std::uint8_t> level,
                          double now, const Captured& captured) {
  std::erase_if(sources_, [&](const auto& known) { return known.source == source || now - known.timestamp > kLong; });
  if (sources_.size() >= kMost) sources_.erase(sources_.begin());
  sources_.push_back({.timestamp = now,
                      .source = source,
                      .audioLevel = level ? std::optional(linear(*level)) : std::nullopt,
                      .rtpTimestamp = rtp_timestamp,
                      .captureTimestamp = captured.time,
                      .senderCaptureTimeOffset = captured.offset});
}

std::vector<RTCRtpContributingSource> SourceLog::recent(double now) const {
  std::vector<RTCRtpContributingSource> told;
  std::copy_if(sources_.rbegin(), sources_.rend(), std::back_inserter(told),
               [&](const auto& known) { return now - known.timestamp <= kLong; });
  return told;
}

}  // namespace parley::api
