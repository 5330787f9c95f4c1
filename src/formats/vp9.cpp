#include "formats/vp9.hpp"

#include <array>

#include "formats/bit_reader.hpp"
#include "formats/parts.hpp"
#include "formats/picture_id.hpp"

namespace parley::formats {
namespace {

/// The payload descriptor, RFC 9628 section 4.2.
struct Descriptor {
  bool predicted = false, begins = false, ends = false;
  std::optional<std::uint16_t> picture_id;
  std::uint8_t temporal_index = 0, spatial_index = 0;
  std::size_t size = 1;
};

/// SS, section 4.2.1: its content is not needed, only its end.
bool skip_structure(ByteReader& reader) {
  const auto head = reader.number<std::uint8_t>();
  if (!head) return false;
  const std::size_t layers = (*head >> 5) + 1U;
  if ((*head & 0x10) != 0 && !reader.take(layers * 4)) return false;  // Y
  if ((*head & 0x08) == 0) return true;                               // G
  const auto pictures = reader.number<std::uint8_t>();
  if (!pictures) return false;
  for (unsigned i = 0; i < *pictures; ++i) {
    const auto picture = reader.number<std::uint8_t>();
    if (!picture || !reader.take(*picture >> 2 & 3)) return false;
  }
  return true;
}

std::optional<Descriptor> read(ByteView payload) {
  ByteReader reader(payload);
  const auto head = reader.number<std::uint8_t>();
  if (!head) return std::nullopt;
  Descriptor descriptor;
  const bool has_id = (*head & 0x80) != 0, has_layers = (*head & 0x20) != 0, flexible = (*head & 0x10) != 0;
  descriptor.predicted = (*head & 0x40) != 0;
  descriptor.begins = (*head & 0x08) != 0;
  descriptor.ends = (*head & 0x04) != 0;
  if (has_id) {
    descriptor.picture_id = read_picture_id(reader);
    if (!descriptor.picture_id) return std::nullopt;
  }
  if (has_layers) {
    const auto layer = reader.number<std::uint8_t>();
    if (!layer || (!flexible && !reader.number<std::uint8_t>())) return std::nullopt;
    descriptor.temporal_index = *layer >> 5;
    descriptor.spatial_index = *layer >> 1 & 7;
  }
  if (flexible && descriptor.predicted) {
    for (int i = 0;; ++i) {
      const auto reference = reader.number<std::uint8_t>();
      if (!reference || i == 3) return std::nullopt;
      if ((*reference & 1) == 0) break;
    }
  }
  if ((*head & 0x02) != 0 && !skip_structure(reader)) return std::nullopt;
  if (reader.remaining() == 0) return std::nullopt;
  descriptor.size = payload.size() - reader.remaining();
  return descriptor;
}

/// The uncompressed header, VP9 bitstream specification section 6.2, as far as the size.
struct Header {
  bool valid = false, key_frame = false;
  std::uint16_t width = 0, height = 0;
};
Header read_header(ByteView frame) {
  BitReader reader(frame);
  Header header;
  if (reader.bits(2) != 2) return header;
  const std::uint32_t low = reader.bits(1);
  const std::uint32_t profile = reader.bits(1) << 1 | low;
  if (profile == 3 && reader.flag()) return header;
  header.valid = !reader.failed();
  if (reader.flag()) return header;  // shows an existing frame
  if (reader.flag()) return header;  // not a key frame
  reader.skip(2);
  if (reader.bits(24) != 0x498342) return header;
  header.key_frame = true;
  if (profile >= 2) reader.skip(1);
  constexpr std::uint32_t kRgb = 7;
  if (reader.bits(3) != kRgb) {
    reader.skip(1);
    if (profile == 1 || profile == 3) reader.skip(3);
  } else if (profile == 1 || profile == 3) {
    reader.skip(1);
  }
  const std::uint32_t width = reader.bits(16) + 1, height = reader.bits(16) + 1;
  if (!reader.failed() && width <= 0xFFFF && height <= 0xFFFF) {
    header.width = static_cast<std::uint16_t>(width);
    header.height = static_cast<std::uint16_t>(height);
  }
  return header;
}

}  // namespace

Result<void> Vp9Packetizer::packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) {
  const Header header = read_header(frame);
  if (!header.valid) return fail(ErrorKind::DataError, "not a VP9 frame");
  const std::uint16_t id = info.picture_id.value_or(picture_id_) & 0x7FFF;
  picture_id_ = (id + 1) & 0x7FFF;
  constexpr std::uint8_t kId = 0x80, kPredicted = 0x40, kFlexible = 0x10, kBegins = 0x08, kEnds = 0x04;
  constexpr std::uint8_t kOneBefore = 1 << 1;
  const std::array<std::uint8_t, 4> rest{static_cast<std::uint8_t>(0x80 | id >> 8), static_cast<std::uint8_t>(id),
                                         kOneBefore};
  const std::size_t size = header.key_frame ? 3 : 4;
  in_even_parts(frame, most - size, [&](ByteView part, bool first, bool last) {
    const std::array<std::uint8_t, 1> head{static_cast<std::uint8_t>(
        kId | kFlexible | (header.key_frame ? 0 : kPredicted) | (first ? kBegins : 0) | (last ? kEnds : 0))};
    const ByteView pieces[] = {head, ByteView(rest).first(size - 1), part};
    sink.on_payload(pieces, last);
  });
  return {};
}

Result<PayloadInfo> Vp9Depacketizer::inspect(ByteView payload) const {
  const auto descriptor = read(payload);
  if (!descriptor) return fail(ErrorKind::DataError, "a VP9 payload is cut off");
  const bool begins = descriptor->begins && descriptor->spatial_index == 0;
  return PayloadInfo{.begins_frame = begins, .key_frame = begins && !descriptor->predicted};
}

Result<Frame> Vp9Depacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  frame.data.reserve(total_size(payloads));
  for (const ByteView payload : payloads) {
    const auto descriptor = read(payload);
    if (!descriptor) return fail(ErrorKind::DataError, "a VP9 payload is cut off");
    const ByteView part = payload.subspan(descriptor->size);
    if (frame.data.empty()) {
      if (!descriptor->begins) return fail(ErrorKind::DataError, "a VP9 frame without a beginning");
      frame.info.picture_id = descriptor->picture_id;
      frame.info.temporal_index = descriptor->temporal_index;
      const Header header = read_header(part);
      frame.info.key_frame = header.key_frame;
      frame.info.width = header.width;
      frame.info.height = header.height;
    }
    frame.info.spatial_index = descriptor->spatial_index;
    frame.data.insert(frame.data.end(), part.begin(), part.end());
  }
  if (frame.data.empty()) return fail(ErrorKind::DataError, "an empty VP9 frame");
  return frame;
}

}  // namespace parley::formats
