#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::rtp {

/// How a picture has to be turned before it is shown: urn:3gpp:video-orientation, 3GPP TS 26.114 section 7.4.5. One
/// byte; the finer angles of its longer form are taken down to a quarter turn.
struct VideoOrientation {
  /// 0, 90, 180 or 270 degrees clockwise.
  std::uint16_t rotation = 0;
  bool back_camera = false;
  /// Mirrored from left to right.
  bool flipped = false;
  bool operator==(const VideoOrientation&) const = default;
};

std::optional<VideoOrientation> parse_video_orientation(ByteView value);
void write(const VideoOrientation& orientation, Bytes& out);

}  // namespace parley::rtp
