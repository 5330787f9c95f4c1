#include "rtp/capture_time.hpp"

namespace parley::rtp {

std::optional<CaptureTime> parse_capture_time(ByteView value) {
  if (value.size() != 8 && value.size() != 16) return std::nullopt;
  ByteReader reader(value);
  CaptureTime capture{.time = {*reader.number<std::uint64_t>()}};
  if (const auto offset = reader.number<std::uint64_t>()) capture.offset = static_cast<std::int64_t>(*offset);
  return capture;
}

void write(const CaptureTime& capture, Bytes& out) {
  ByteWriter writer(out);
  writer.number(capture.time.value);
  if (capture.offset) writer.number(static_cast<std::uint64_t>(*capture.offset));
}

}  // namespace parley::rtp
