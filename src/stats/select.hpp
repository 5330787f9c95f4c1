#pragma once

#include <string>
#include <vector>

#include "parley/stats_report.hpp"

namespace parley::stats {

/// The stats selection algorithm (webrtc-pc section 8.5): the objects with these ids and all that they refer to,
/// directly or not.
RTCStatsReport select(const RTCStatsReport& report, std::vector<std::string> ids);

}  // namespace parley::stats
