#include "formats/vp9.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "formats/bit_reader.hpp"
#include "formats/parts.hpp"
#include "formats/vp9_descriptor.hpp"

namespace parley::formats {
namespace {

/// The uncompressed header, VP9 bitstream specification section 6.2, as far as the size.
struct Header {
  bool valid = false, key_frame = false, needs_others = false;
  std::uint16_t width = 0, height = 0;
};

void read_size(BitReader& reader, Header& header) {
  const std::uint32_t width = reader.bits(16) + 1, height = reader.bits(16) + 1;
  if (reader.failed() || width > 0xFFFF || height > 0xFFFF) return;
  header.width = static_cast<std::uint16_t>(width);
  header.height = static_cast<std::uint16_t>(height);
}

/// From behind the frame type: the size of a frame that refers to others, if it is not that of one of them. Such are
/// the larger ones of a key picture.
void read_own_size(BitReader& reader, Header& header) {
  const bool shown = reader.flag(), resilient = reader.flag();
  if (!shown && reader.flag()) return;  // intra-only
  if (!resilient) reader.skip(2);
  constexpr unsigned kReferences = 3;
  reader.skip(8 + kReferences * 4);
  for (unsigned i = 0; i < kReferences; ++i)
    if (reader.flag()) return;
  read_size(reader, header);
}

Header read_header(ByteView frame) {
  BitReader reader(frame);
  Header header;
  if (reader.bits(2) != 2) return header;
  const std::uint32_t low = reader.bits(1);
  const std::uint32_t profile = reader.bits(1) << 1 | low;
  if (profile == 3 && reader.flag()) return header;
  header.valid = !reader.failed();
  header.needs_others = reader.flag();  // shows an existing frame
  if (header.needs_others) return header;
  header.needs_others = reader.flag();  // not a key frame
  if (header.needs_others) {
    read_own_size(reader, header);
    return header;
  }
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
  read_size(reader, header);
  return header;
}

/// A picture is as large as the largest of its sizes, which tell theirs one after the other. What is no header, because
/// it is encrypted, hardly ever has a size that could follow.
void read_larger_size(const Header& header, FrameInfo& info) {
  constexpr int kMostLarger = 4;
  const auto follows = [](int size, int before) { return size >= before && size <= before * kMostLarger; };
  if (!header.valid || header.width == 0) return;
  if (!header.key_frame && (!follows(header.width, info.width) || !follows(header.height, info.height))) return;
  info.width = header.width;
  info.height = header.height;
}

/// Whether decoding can begin with the frame, of which `part` is the beginning. The descriptor tells: programs encrypt
/// what follows it. But some senders leave P out, and all else as well: FFmpeg has descriptors without anything, pion
/// those of the flexible mode with an ID alone. Theirs are not key frames if the header says so.
bool is_key_frame(const Vp9Descriptor& descriptor, ByteView part) {
  if (descriptor.predicted || (descriptor.spatial_index > 0 && descriptor.needs_smaller)) return false;
  if (descriptor.temporal_index || descriptor.has_structure || (descriptor.picture_id && !descriptor.flexible))
    return true;
  return !read_header(part).needs_others;
}

std::optional<TemporalPlace> place_of(const Vp9Descriptor& descriptor) {
  if (!descriptor.base_index || !descriptor.temporal_index) return std::nullopt;
  return TemporalPlace{.index = *descriptor.temporal_index,
                       .base_index = *descriptor.base_index,
                       .switch_up = descriptor.may_switch_up ? SwitchUp::NextPicture : SwitchUp::No};
}

/// Of the descriptor's first byte.
constexpr std::uint8_t kId = 0x80, kPredicted = 0x40, kHasLayers = 0x20, kFlexible = 0x10, kBeginsFrame = 0x08,
                       kEndsFrame = 0x04, kStructure = 0x02;
/// U, of the byte that has the layers.
constexpr std::uint8_t kSwitchUp = 0x10;

}  // namespace

/// What the frame refers to of its size: the last picture of the layers below. If nobody says that, it may be the last
/// one of its own layer and of each below.
void Vp9Packetizer::add_references(const FrameInfo& info, Place place, Descriptor& descriptor) const {
  const std::size_t begin = descriptor.size;
  const auto add = [&](int distance) {
    if (descriptor.size > begin) descriptor.bytes[descriptor.size - 1] |= 1;
    descriptor.add(static_cast<unsigned>(distance) << 1, 1);
  };
  constexpr int kMost = 0x7F;  // seven bits
  const std::size_t layers = info.regular_layers ? std::max<std::size_t>(place.temporal, 1) : place.temporal + 1U;
  int nearest = kMost + 1;
  for (std::size_t i = 0; i < layers; ++i) {
    const auto& last = last_ids_[place.spatial][i];
    const int distance = last ? (id_ - *last) & 0x7FFF : 0;
    if (distance == 0 || distance > kMost) continue;
    nearest = std::min(nearest, distance);
    if (!info.regular_layers) add(distance);
  }
  if (info.regular_layers && nearest <= kMost) add(nearest);
  if (descriptor.size == begin) add(1);
}

/// SS, section 4.2.1: how many sizes there are, and which.
void Vp9Packetizer::add_structure(std::uint8_t layers, Descriptor& descriptor) const {
  constexpr unsigned kHasSizes = 0x10;
  const auto told = std::span(sizes_).first(layers);
  const bool known = std::ranges::find(told, Size()) == told.end();
  descriptor.add((layers - 1U) << 5 | (known ? kHasSizes : 0U), 1);
  if (!known) return;
  for (const Size& size : told) {
    descriptor.add(size.width, 2);
    descriptor.add(size.height, 2);
  }
}

/// The others follow the smallest one.
void Vp9Packetizer::note_size(Place place, Size size) {
  if (size == Size() || size == sizes_[place.spatial]) return;
  if (place.spatial == 0) sizes_ = {};
  sizes_[place.spatial] = size;
}

/// Section 4.2.
Vp9Packetizer::Descriptor Vp9Packetizer::describe(const FrameInfo& info, Place place, bool key_frame) const {
  Descriptor made;
  made.add(kId | kFlexible, 1);
  made.add(0x8000U | id_, 2);
  if (info.temporal_index || info.spatial_layers > 1) {
    made.bytes[0] |= kHasLayers;
    // U: in regular layers, what comes later refers to this picture, or to later ones.
    const bool may_switch_up = info.temporal_index && (info.regular_layers || info.switch_up);
    // D: made from the smaller one of this picture, which P does not speak of.
    made.add(static_cast<unsigned>(place.temporal << 5 | (may_switch_up ? kSwitchUp : 0) | place.spatial << 1 |
                                   (place.spatial > 0 && !key_frame ? 1 : 0)),
             1);
  }
  if (!key_picture_ && !key_frame) {
    made.bytes[0] |= kPredicted;
    add_references(info, place, made);
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
  note_size(place, header.width > 0 ? Size{header.width, header.height} : Size{info.width, info.height});
  Descriptor descriptor = describe(info, place, header.key_frame);
  last_ids_[place.spatial][place.temporal] = id_;
  // With the first payload of a key picture.
  const std::size_t without_structure = descriptor.size;
  if (layers > 1 && place.spatial == 0 && key_picture_) add_structure(layers, descriptor);
  const bool begins_layers = descriptor.size > without_structure;
  in_even_parts(frame, most - descriptor.size, [&](ByteView part, bool first, bool last) {
    const bool structure = begins_layers && first;
    const std::array<std::uint8_t, 1> head{static_cast<std::uint8_t>(
        descriptor.bytes[0] | (first ? kBeginsFrame : 0) | (last ? kEndsFrame : 0) | (structure ? kStructure : 0))};
    const std::size_t end = structure ? descriptor.size : without_structure;
    const ByteView pieces[] = {head, ByteView(descriptor.bytes).subspan(1, end - 1), part};
    sink.on_payload(pieces, last);
  });
  return {};
}

Result<PayloadInfo> Vp9Depacketizer::inspect(ByteView payload) const {
  const auto descriptor = read_vp9_descriptor(payload);
  if (!descriptor) return fail(ErrorKind::DataError, "a VP9 payload is cut off");
  const bool key_frame = descriptor->begins && is_key_frame(*descriptor, payload.subspan(descriptor->size));
  // Of a key picture, a size that needs no smaller one may be the smallest that is sent.
  return PayloadInfo{.begins_frame = descriptor->begins && (descriptor->spatial_index == 0 || key_frame),
                     .key_frame = key_frame,
                     .picture_id = descriptor->picture_id,
                     .may_follow_others = descriptor->spatial_index > 0,
                     .place = place_of(*descriptor)};
}

Result<Frame> Vp9Depacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  frame.data.reserve(total_size(payloads));
  std::array<Vp9Descriptor::Size, 8> told{};
  std::uint8_t smallest = 0;
  for (const ByteView payload : payloads) {
    const auto descriptor = read_vp9_descriptor(payload);
    if (!descriptor) return fail(ErrorKind::DataError, "a VP9 payload is cut off");
    const ByteView part = payload.subspan(descriptor->size);
    if (frame.data.empty()) {
      if (!descriptor->begins) return fail(ErrorKind::DataError, "a VP9 frame without a beginning");
      frame.info.picture_id = descriptor->picture_id;
      frame.info.temporal_index = descriptor->temporal_index;
      frame.info.switch_up = descriptor->may_switch_up;
      frame.info.key_frame = is_key_frame(*descriptor, part);
      told = descriptor->sizes;
      smallest = descriptor->spatial_index;
    }
    if (descriptor->begins && frame.info.key_frame) read_larger_size(read_header(part), frame.info);
    frame.info.spatial_index = descriptor->spatial_index;
    frame.data.insert(frame.data.end(), part.begin(), part.end());
  }
  if (frame.data.empty()) return fail(ErrorKind::DataError, "an empty VP9 frame");
  // What the smallest size says of itself is true, if it can be read. Headers of the others may be encrypted.
  const Vp9Descriptor::Size largest = told[frame.info.spatial_index];
  const bool readable = frame.info.width > 0 && frame.info.spatial_index == smallest;
  if (frame.info.key_frame && !readable && largest.width > 0 && largest.height > 0) {
    frame.info.width = largest.width;
    frame.info.height = largest.height;
  }
  return frame;
}

}  // namespace parley::formats
