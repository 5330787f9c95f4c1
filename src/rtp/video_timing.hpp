#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::rtp {

/// What a frame has spent its time with: http://www.webrtc.org/experiments/rtp-hdrext/video-timing, 13 bytes on the
/// last packet of a frame. Milliseconds after its capture.
struct VideoTiming {
  bool by_timer = false;     ///< told because it was time to
  bool large_frame = false;  ///< told because the frame is larger than others
  std::uint16_t encode_begin = 0, encode_end = 0, packetized = 0, left_pacer = 0;
  std::uint16_t network_1 = 0, network_2 = 0;  ///< for whoever forwards it
  bool operator==(const VideoTiming&) const = default;
};

std::optional<VideoTiming> parse_video_timing(ByteView value);
void write(const VideoTiming& timing, Bytes& out);

}  // namespace parley::rtp
