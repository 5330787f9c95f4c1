#include "formats/vp8.hpp"

#include <array>

#include "formats/parts.hpp"
#include "formats/picture_id.hpp"

namespace parley::formats {
namespace {

/// The payload descriptor, RFC 7741 section 4.2.
struct Descriptor {
  bool begins = false;  // S, of the first partition
  std::optional<std::uint16_t> picture_id;
  std::uint8_t temporal_index = 0;
  std::size_t size = 1;
};

std::optional<Descriptor> read(ByteView payload) {
  ByteReader reader(payload);
  const auto first = reader.number<std::uint8_t>();
  if (!first) return std::nullopt;
  Descriptor descriptor;
  descriptor.begins = (*first & 0x10) != 0 && (*first & 0x07) == 0;
  if ((*first & 0x80) != 0) {
    const auto extension = reader.number<std::uint8_t>();
    if (!extension) return std::nullopt;
    if ((*extension & 0x80) != 0) {  // I
      descriptor.picture_id = read_picture_id(reader);
      if (!descriptor.picture_id) return std::nullopt;
    }
    if ((*extension & 0x40) != 0 && !reader.number<std::uint8_t>()) return std::nullopt;  // L
    if ((*extension & 0x30) != 0) {                                                       // T, K
      const auto layer = reader.number<std::uint8_t>();
      if (!layer) return std::nullopt;
      if ((*extension & 0x20) != 0) descriptor.temporal_index = *layer >> 6;
    }
  }
  if (reader.remaining() == 0) return std::nullopt;
  descriptor.size = payload.size() - reader.remaining();
  return descriptor;
}

/// RFC 6386 section 9.1.
bool is_key_frame(ByteView frame) { return !frame.empty() && (frame[0] & 1) == 0; }

void read_size(ByteView frame, FrameInfo& info) {
  if (frame.size() < 10 || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A) return;
  info.width = static_cast<std::uint16_t>((frame[7] << 8 | frame[6]) & 0x3FFF);
  info.height = static_cast<std::uint16_t>((frame[9] << 8 | frame[8]) & 0x3FFF);
}

}  // namespace

Result<void> Vp8Packetizer::packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) {
  if (frame.empty()) return fail(ErrorKind::DataError, "an empty VP8 frame");
  const std::uint16_t id = info.picture_id.value_or(picture_id_) & 0x7FFF;
  picture_id_ = (id + 1) & 0x7FFF;
  std::array<std::uint8_t, 4> descriptor{0x80, 0x80, static_cast<std::uint8_t>(0x80 | id >> 8),
                                         static_cast<std::uint8_t>(id)};
  in_even_parts(frame, most - descriptor.size(), [&](ByteView part, bool first, bool last) {
    descriptor[0] = first ? 0x90 : 0x80;
    const ByteView pieces[] = {descriptor, part};
    sink.on_payload(pieces, last);
  });
  return {};
}

Result<PayloadInfo> Vp8Depacketizer::inspect(ByteView payload) const {
  const auto descriptor = read(payload);
  if (!descriptor) return fail(ErrorKind::DataError, "a VP8 payload is cut off");
  return PayloadInfo{.begins_frame = descriptor->begins,
                     .key_frame = descriptor->begins && is_key_frame(payload.subspan(descriptor->size))};
}

Result<Frame> Vp8Depacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  frame.data.reserve(total_size(payloads));
  for (const ByteView payload : payloads) {
    const auto descriptor = read(payload);
    if (!descriptor) return fail(ErrorKind::DataError, "a VP8 payload is cut off");
    if (descriptor->begins != frame.data.empty()) return fail(ErrorKind::DataError, "a VP8 frame has one beginning");
    if (frame.data.empty()) {
      frame.info.picture_id = descriptor->picture_id;
      frame.info.temporal_index = descriptor->temporal_index;
    }
    const ByteView part = payload.subspan(descriptor->size);
    frame.data.insert(frame.data.end(), part.begin(), part.end());
  }
  if (frame.data.empty()) return fail(ErrorKind::DataError, "an empty VP8 frame");
  frame.info.key_frame = is_key_frame(frame.data);
  if (frame.info.key_frame) read_size(frame.data, frame.info);
  return frame;
}

}  // namespace parley::formats
