#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/cores.hpp"
#include "api/stats_builder.hpp"
#include "session/media_plane.hpp"

namespace parley::api {

using FindCore = std::function<std::shared_ptr<TransceiverCore>(jsep::TransceiverId)>;

/// What getStats() tells of the streams of one transport and of their codecs: webrtc-stats sections 8.1 to 8.9. Their
/// sources are there already.
void add_rtp_stats(StatsBuilder& builder, const std::string& transport, const media::Statistics& media,
                   const FindCore& find);
/// Of the track that a transceiver sends, if there is one: sections 8.10 to 8.12.
void add_source_stats(StatsBuilder& builder, const TransceiverCore& core);

}  // namespace parley::api
