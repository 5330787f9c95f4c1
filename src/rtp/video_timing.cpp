#include "rtp/video_timing.hpp"

namespace parley::rtp {

std::optional<VideoTiming> parse_video_timing(ByteView value) {
  // 255 was for a while the flags of frames without a reason.
  if (value.size() != 13 || value[0] == 0xFF) return std::nullopt;
  VideoTiming timing{.by_timer = (value[0] & 1) != 0, .large_frame = (value[0] & 2) != 0};
  ByteReader reader(value.subspan(1));
  for (std::uint16_t* time : {&timing.encode_begin, &timing.encode_end, &timing.packetized, &timing.left_pacer,
                              &timing.network_1, &timing.network_2})
    *time = reader.number<std::uint16_t>().value_or(0);
  return timing;
}

void write(const VideoTiming& timing, Bytes& out) {
  ByteWriter writer(out);
  writer.number(static_cast<std::uint8_t>((timing.by_timer ? 1 : 0) | (timing.large_frame ? 2 : 0)));
  for (const std::uint16_t time : {timing.encode_begin, timing.encode_end, timing.packetized, timing.left_pacer,
                                   timing.network_1, timing.network_2})
    writer.number(time);
}

}  // namespace parley::rtp
