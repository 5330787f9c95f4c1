#include "formats/h265.hpp"

#include <algorithm>
#include <array>

#include "formats/bit_reader.hpp"
#include "formats/picture_kind.hpp"
#include "formats/units.hpp"

namespace parley::formats {
namespace {

/// ITU-T H.265 table 7-1. Slices are below kFirstOfNoSlice.
enum Type : std::uint8_t {
  kFirstIrap = 16,
  kLastIrap = 23,
  kFirstOfNoSlice = 32,
  kVps = 32,
  kSps = 33,
  kDelimiter = 35,
};

/// ITU-T H.265 section 7.3.3, profile_tier_level.
void skip_profile(BitReader& reader, unsigned sub_layers) {
  constexpr unsigned kProfile = 88, kLevel = 8;
  reader.skip(kProfile + kLevel);
  std::array<bool, 8> has_profile{}, has_level{};
  for (unsigned i = 0; i < sub_layers; ++i) {
    has_profile[i] = reader.flag();
    has_level[i] = reader.flag();
  }
  if (sub_layers > 0) reader.skip((8 - sub_layers) * 2);
  for (unsigned i = 0; i < sub_layers; ++i) reader.skip((has_profile[i] ? kProfile : 0) + (has_level[i] ? kLevel : 0));
}

/// ITU-T H.265 section 7.3.7, without prediction from the set before: encoders have that in slices. False for others.
bool skip_reference_sets(BitReader& reader) {
  constexpr std::uint32_t kMost = 64, kMostPictures = 16;
  const std::uint32_t sets = reader.unsigned_golomb();
  if (sets > kMost) return false;
  for (std::uint32_t i = 0; i < sets; ++i) {
    if (i > 0 && reader.flag()) return false;
    const std::uint64_t pictures = std::uint64_t{reader.unsigned_golomb()} + reader.unsigned_golomb();
    if (pictures > kMostPictures) return false;
    for (std::uint64_t j = 0; j < pictures; ++j) {
      reader.unsigned_golomb();
      reader.skip(1);
    }
  }
  return true;
}

/// From behind the size to the parameters of use (section E.2.1). False if there are none, or they cannot be reached.
bool find_use(BitReader& reader, std::uint32_t sub_layers) {
  reader.unsigned_golomb();
  reader.unsigned_golomb();
  const std::uint32_t order_bits = reader.unsigned_golomb() + 4;
  const std::uint32_t told = reader.flag() ? sub_layers + 1 : 1;
  constexpr std::uint32_t kOfSubLayer = 3, kOfBlocks = 6;
  for (std::uint32_t i = 0; i < kOfSubLayer * told + kOfBlocks; ++i) reader.unsigned_golomb();
  if (reader.flag() && reader.flag()) return false;  // scaling lists
  reader.skip(2);
  if (reader.flag()) {  // PCM
    reader.skip(8);
    reader.unsigned_golomb();
    reader.unsigned_golomb();
    reader.skip(1);
  }
  if (!skip_reference_sets(reader)) return false;
  if (reader.flag()) {  // long-term references
    const std::uint32_t count = reader.unsigned_golomb();
    if (count > 32 || order_bits > 16) return false;
    reader.skip(count * (order_bits + 1));
  }
  reader.skip(2);
  return reader.flag();
}

/// Section E.2.1, as far as the time between pictures.
void read_frame_rate(BitReader& reader, FrameInfo& info) {
  skip_kind_of_picture(reader);
  reader.skip(3);
  if (reader.flag())  // window
    for (int i = 0; i < 4; ++i) reader.unsigned_golomb();
  if (!reader.flag()) return;
  const std::uint32_t ticks = reader.bits(32), scale = reader.bits(32);
  if (!reader.failed() && ticks > 0) info.frame_rate = static_cast<double>(scale) / ticks;
}

/// ITU-T H.265 section 7.3.2.2.1, as far as the size, and what is told of time.
void read_sps(ByteView sps, FrameInfo& info) {
  const Bytes content = without_emulation_prevention(sps, 256);
  BitReader reader(ByteView(content).subspan(2));
  reader.skip(4);
  const std::uint32_t sub_layers = reader.bits(3);
  reader.skip(1);
  skip_profile(reader, sub_layers);
  reader.unsigned_golomb();
  const std::uint32_t chroma = reader.unsigned_golomb();
  if (chroma == 3) reader.skip(1);
  const std::uint64_t width = reader.unsigned_golomb(), height = reader.unsigned_golomb();
  std::uint64_t cut_x = 0, cut_y = 0;
  if (reader.flag()) {
    cut_x = std::uint64_t{reader.unsigned_golomb()} + reader.unsigned_golomb();
    cut_y = std::uint64_t{reader.unsigned_golomb()} + reader.unsigned_golomb();
    cut_x *= chroma == 1 || chroma == 2 ? 2 : 1;
    cut_y *= chroma == 1 ? 2 : 1;
  }
  if (reader.failed() || width > 0xFFFF || height > 0xFFFF || cut_x >= width || cut_y >= height) return;
  info.width = static_cast<std::uint16_t>(width - cut_x);
  info.height = static_cast<std::uint16_t>(height - cut_y);
  if (find_use(reader, sub_layers)) read_frame_rate(reader, info);
}

/// RFC 7798 sections 4.2 and 4.4.
struct Syntax {
  static constexpr std::size_t kHeader = 2;
  static constexpr std::uint8_t kTogether = 48, kFragment = 49;
  static constexpr std::uint8_t kTypeBits = 0x7E;
  using Header = std::array<std::uint8_t, kHeader>;

  static std::uint8_t type(ByteView unit) { return static_cast<std::uint8_t>((unit[0] & kTypeBits) >> 1); }
  static bool is_unit(std::uint8_t type) { return type < kTogether; }
  static unsigned layer(ByteView unit) { return (unit[0] & 1U) << 5 | unit[1] >> 3; }
  static unsigned temporal(ByteView unit) { return unit[1] & 7U; }

  /// The lowest layers of all, section 4.4.2.
  static Header together(std::span<const ByteView> units) {
    unsigned lowest_layer = 63, lowest_temporal = 7;
    for (const ByteView unit : units) {
      lowest_layer = std::min(lowest_layer, layer(unit));
      lowest_temporal = std::min(lowest_temporal, temporal(unit));
    }
    return {static_cast<std::uint8_t>(kTogether << 1 | lowest_layer >> 5),
            static_cast<std::uint8_t>(lowest_layer << 3 | lowest_temporal)};
  }
  static Header fragment(ByteView unit) {
    return {static_cast<std::uint8_t>((unit[0] & ~kTypeBits) | kFragment << 1), unit[1]};
  }
  static Header unit(ByteView payload) {
    return {static_cast<std::uint8_t>((payload[0] & ~kTypeBits) | (payload[2] << 1 & kTypeBits)), payload[1]};
  }
  static PayloadInfo tells(ByteView unit) {
    const std::uint8_t type = Syntax::type(unit);
    // Of a slice, first_slice_segment_in_pic_flag is the first bit.
    const bool first_slice = type < kFirstOfNoSlice && unit.size() > 2 && (unit[2] & 0x80) != 0 && layer(unit) == 0;
    return {.begins_frame = type == kVps || type == kSps || type == kDelimiter || first_slice,
            .key_frame = type == kVps || type == kSps || is_irap(type),
            .may_follow_others = first_slice};
  }
  static void note(ByteView unit, FrameInfo& info) {
    if (layer(unit) != 0) return;
    if (type(unit) < kFirstOfNoSlice && temporal(unit) > 0)
      info.temporal_index = static_cast<std::uint8_t>(temporal(unit) - 1);
    if (is_irap(type(unit))) info.key_frame = true;
    if (type(unit) == kSps) read_sps(unit, info);
  }
  /// Decoding can begin with it.
  static bool is_irap(std::uint8_t type) { return type >= kFirstIrap && type <= kLastIrap; }
};

}  // namespace

Result<void> H265Packetizer::packetize(ByteView frame, const FrameInfo&, std::size_t most, PayloadSink& sink) {
  return send_units<Syntax>(frame, kDelimiter, most, sink);
}

Result<PayloadInfo> H265Depacketizer::inspect(ByteView payload) const { return inspect_units<Syntax>(payload); }

Result<Frame> H265Depacketizer::assemble(std::span<const ByteView> payloads) { return join_units<Syntax>(payloads); }

}  // namespace parley::formats
