#include "formats/vp8.hpp"

#include <algorithm>
#include <array>

#include "formats/parts.hpp"
#include "formats/vp8_descriptor.hpp"

namespace parley::formats {
namespace {

/// RFC 6386 section 9.1.
bool is_key_frame(ByteView frame) { return !frame.empty() && (frame[0] & 1) == 0; }

void read_size(ByteView frame, FrameInfo& info) {
  if (frame.size() < 10 || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A) return;
  info.width = static_cast<std::uint16_t>((frame[7] << 8 | frame[6]) & 0x3FFF);
  info.height = static_cast<std::uint16_t>((frame[9] << 8 | frame[8]) & 0x3FFF);
}

/// Of the descriptor's second byte.
constexpr std::uint8_t kPictureId = 0x80, kBaseIndex = 0x40, kTemporalIndex = 0x20;
/// TID has two bits.
constexpr std::uint8_t kMostTemporal = 3;
/// Y, of the byte that has the temporal layer.
constexpr std::uint8_t kSync = 0x20;

std::optional<TemporalPlace> place_of(const Vp8Descriptor& descriptor) {
  if (!descriptor.base_index || !descriptor.temporal_index) return std::nullopt;
  return TemporalPlace{.index = *descriptor.temporal_index,
                       .base_index = *descriptor.base_index,
                       .switch_up = descriptor.layer_sync ? SwitchUp::ThisPicture : SwitchUp::No};
}

}  // namespace

Result<void> Vp8Packetizer::packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) {
  if (frame.empty()) return fail(ErrorKind::DataError, "an empty VP8 frame");
  const std::uint16_t id = info.picture_id.value_or(picture_id_) & 0x7FFF;
  picture_id_ = (id + 1) & 0x7FFF;
  std::array<std::uint8_t, 6> descriptor{0x80, kPictureId, static_cast<std::uint8_t>(0x80 | id >> 8),
                                         static_cast<std::uint8_t>(id)};
  std::size_t size = 4;
  if (info.temporal_index) {
    // Receivers tell layers apart from the first picture on, or not at all: so every frame says which it is of, the
    // lowest, too.
    const auto layer = std::min<std::uint8_t>(*info.temporal_index, kMostTemporal);
    if (layer == 0) {
      ++base_index_;
      lowest_upper_ = kNone;
    }
    // The last picture of the layers below is one of the lowest.
    const bool needs_lowest_only = info.regular_layers && layer > 0 && lowest_upper_ >= layer;
    if (layer > 0) lowest_upper_ = std::min(lowest_upper_, layer);
    descriptor[1] = kPictureId | kBaseIndex | kTemporalIndex;
    descriptor[4] = base_index_;
    descriptor[5] = static_cast<std::uint8_t>(layer << 6 | (needs_lowest_only || info.switch_up ? kSync : 0));
    size = descriptor.size();
  }
  in_even_parts(frame, most - size, [&](ByteView part, bool first, bool last) {
    descriptor[0] = first ? 0x90 : 0x80;
    const ByteView pieces[] = {ByteView(descriptor).first(size), part};
    sink.on_payload(pieces, last);
  });
  return {};
}

Result<PayloadInfo> Vp8Depacketizer::inspect(ByteView payload) const {
  const auto descriptor = read_vp8_descriptor(payload);
  if (!descriptor) return fail(ErrorKind::DataError, "a VP8 payload is cut off");
  return PayloadInfo{.begins_frame = descriptor->begins,
                     .key_frame = descriptor->begins && is_key_frame(payload.subspan(descriptor->size)),
                     .picture_id = descriptor->picture_id,
                     .place = place_of(*descriptor)};
}

Result<Frame> Vp8Depacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  frame.data.reserve(total_size(payloads));
  for (const ByteView payload : payloads) {
    const auto descriptor = read_vp8_descriptor(payload);
    if (!descriptor) return fail(ErrorKind::DataError, "a VP8 payload is cut off");
    if (descriptor->begins != frame.data.empty()) return fail(ErrorKind::DataError, "a VP8 frame has one beginning");
    if (frame.data.empty()) {
      frame.info.picture_id = descriptor->picture_id;
      frame.info.temporal_index = descriptor->temporal_index;
      frame.info.switch_up = descriptor->layer_sync;
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
