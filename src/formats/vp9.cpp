#include "formats/vp9.hpp"

#include <algorithm>
#include <array>

#include "formats/bit_reader.hpp"
#include "formats/parts.hpp"
#include "formats/vp9_descriptor.hpp"

namespace parley::formats {
namespace {

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

/// Of the descriptor's first byte.
constexpr std::uint8_t kId = 0x80, kPredicted = 0x40, kHasLayers = 0x20, kFlexible = 0x10, kBegins = 0x08, kEnds = 0x04,
                       kStructure = 0x02;

}  // namespace

/// What the frame may refer to, as nobody says more: of its size, the last picture of its own layer and of each below.
void Vp9Packetizer::add_references(Place place, Descriptor& descriptor) const {
  const std::size_t begin = descriptor.size;
  const auto add = [&](int distance) {
    if (descriptor.size > begin) descriptor.bytes[descriptor.size - 1] |= 1;
    descriptor.bytes[descriptor.size++] = static_cast<std::uint8_t>(distance << 1);
  };
  for (std::size_t i = 0; i <= place.temporal; ++i) {
    const auto& last = last_ids_[place.spatial][i];
    if (!last) continue;
    const int distance = (id_ - *last) & 0x7FFF;
    if (distance > 0 && distance <= 0x7F) add(distance);  // seven bits
  }
  if (descriptor.size == begin) add(1);
}

/// Section 4.2.
Vp9Packetizer::Descriptor Vp9Packetizer::describe(const FrameInfo& info, Place place) const {
  Descriptor made{.bytes = {static_cast<std::uint8_t>(kId | kFlexible), static_cast<std::uint8_t>(0x80 | id_ >> 8),
                            static_cast<std::uint8_t>(id_)},
                  .size = 3};
  if (info.temporal_index || info.spatial_layers > 1) {
    made.bytes[0] |= kHasLayers;
    // D: made from the smaller one of this picture, which P does not speak of.
    made.bytes[made.size++] =
        static_cast<std::uint8_t>(place.temporal << 5 | place.spatial << 1 | (place.spatial > 0 ? 1 : 0));
  }
  if (!key_picture_) {
    made.bytes[0] |= kPredicted;
    add_references(place, made);
  }
  return made;
}

Result<void> Vp9Packetizer::packetize(ByteView frame, const FrameInfo& info, std::size_t most, PayloadSink& sink) {
  const Header header = read_header(frame);
  if (!header.valid) return fail(ErrorKind::DataError, "not a VP9 frame");
  const auto layers = static_cast<std::uint8_t>(std::min<std::size_t>(info.spatial_layers, kSizes));
  const Place place{.spatial = layers > 1
                                   ? std::min<std::uint8_t>(info.spatial_index, static_cast<std::uint8_t>(layers - 1))
                                   : std::uint8_t{0},
                    .temporal = std::min<std::uint8_t>(info.temporal_index.value_or(0), kLayers - 1)};
  if (place.spatial == 0) {
    id_ = info.picture_id.value_or(picture_id_) & 0x7FFF;
    picture_id_ = (id_ + 1) & 0x7FFF;
    key_picture_ = header.key_frame;
    if (key_picture_) last_ids_ = {};
  }
  Descriptor descriptor = describe(info, place);
  last_ids_[place.spatial][place.temporal] = id_;
  // SS, section 4.2.1, with the first payload of a key picture: how many sizes there are, and no more.
  const bool begins_layers = layers > 1 && place.spatial == 0 && key_picture_;
  if (begins_layers) descriptor.bytes[descriptor.size++] = static_cast<std::uint8_t>((layers - 1) << 5);
  in_even_parts(frame, most - descriptor.size, [&](ByteView part, bool first, bool last) {
    const bool structure = begins_layers && first;
    const std::array<std::uint8_t, 1> head{static_cast<std::uint8_t>(
        descriptor.bytes[0] | (first ? kBegins : 0) | (last ? kEnds : 0) | (structure ? kStructure : 0))};
    const std::size_t rest = descriptor.size - (begins_layers && !first ? 2 : 1);
    const ByteView pieces[] = {head, ByteView(descriptor.bytes).subspan(1, rest), part};
    sink.on_payload(pieces, last);
  });
  return {};
}

Result<PayloadInfo> Vp9Depacketizer::inspect(ByteView payload) const {
  const auto descriptor = read_vp9_descriptor(payload);
  if (!descriptor) return fail(ErrorKind::DataError, "a VP9 payload is cut off");
  const bool begins = descriptor->begins && descriptor->spatial_index == 0;
  return PayloadInfo{
      .begins_frame = begins, .key_frame = begins && !descriptor->predicted, .picture_id = descriptor->picture_id};
}

Result<Frame> Vp9Depacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  frame.data.reserve(total_size(payloads));
  for (const ByteView payload : payloads) {
    const auto descriptor = read_vp9_descriptor(payload);
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
