#pragma once

#include <cstdint>

#include "parley/stats_report.hpp"

namespace parley::stats {

/// The same objects under ids that nobody can know beforehand, lest programs rely on how ids are made (webrtc-stats
/// section 3, "Stats object references and ids"). An id becomes the same one whenever the key is the same.
RTCStatsReport disguise(RTCStatsReport::Objects&& objects, std::uint64_t key);

}  // namespace parley::stats
