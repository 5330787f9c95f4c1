#include "rtp/video_orientation.hpp"

namespace parley::rtp {

std::optional<VideoOrientation> parse_video_orientation(ByteView value) {
  if (value.empty()) return std::nullopt;
  return VideoOrientation{.rotation = static_cast<std::uint16_t>((value[0] & 3) * 90),
                          .back_camera = (value[0] & 8) != 0,
                          .flipped = (value[0] & 4) != 0};
}

void write(const VideoOrientation& orientation, Bytes& out) {
  out.push_back(static_cast<std::uint8_t>((orientation.back_camera ? 8 : 0) | (orientation.flipped ? 4 : 0) |
                                          (orientation.rotation / 90 & 3)));
}

}  // namespace parley::rtp
