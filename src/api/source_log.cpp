#include "api/source_log.hpp"

#include <algorithm>

namespace parley::api {

void SourceLog::delivered(std::uint32_t source, std::uint32_t rtp_timestamp, std::optional<double> level, double now,
                          const Captured& captured) {
  std::erase_if(sources_, [&](const auto& known) { return known.source == source || now - known.timestamp > kLong; });
  if (sources_.size() >= kMost) sources_.erase(sources_.begin());
  sources_.push_back({.timestamp = now,
                      .source = source,
                      .audioLevel = level,
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
