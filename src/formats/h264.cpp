#include "formats/h264.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "formats/bit_reader.hpp"
#include "formats/picture_kind.hpp"
#include "formats/units.hpp"

namespace parley::formats {
namespace {

/// ITU-T H.264 table 7-1.
enum Type : std::uint8_t { kSlice = 1, kIdr = 5, kSps = 7, kDelimiter = 9 };

void skip_scaling_list(BitReader& reader, unsigned size) {
  std::int32_t last = 8, next = 8;
  for (unsigned i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) next = (last + reader.signed_golomb() % 256 + 256) % 256;
    last = next == 0 ? last : next;
  }
}

/// ITU-T H.264 section E.1.1, as far as the time between pictures: of two fields, each a tick.
void read_frame_rate(BitReader& reader, FrameInfo& info) {
  skip_kind_of_picture(reader);
  if (!reader.flag()) return;
  const std::uint32_t ticks = reader.bits(32), scale = reader.bits(32);
  if (!reader.failed() && ticks > 0) info.frame_rate = scale / (2.0 * ticks);
}

/// ITU-T H.264 section 7.3.2.1.1, as far as the size, and what is told of time.
void read_sps(ByteView sps, FrameInfo& info) {
  const Bytes content = without_emulation_prevention(sps, 512);
  BitReader reader(ByteView(content).subspan(1));
  const std::uint32_t profile = reader.bits(8);
  reader.skip(16);
  reader.unsigned_golomb();
  std::uint32_t chroma = 1;
  constexpr std::uint32_t kWithChroma[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
  if (std::find(std::begin(kWithChroma), std::end(kWithChroma), profile) != std::end(kWithChroma)) {
    chroma = reader.unsigned_golomb();
    if (chroma == 3) reader.skip(1);
    reader.unsigned_golomb();
    reader.unsigned_golomb();
    reader.skip(1);
    if (reader.flag())
      for (unsigned i = 0; i < (chroma == 3 ? 12U : 8U); ++i)
        if (reader.flag()) skip_scaling_list(reader, i < 6 ? 16 : 64);
  }
  reader.unsigned_golomb();
  const std::uint32_t order = reader.unsigned_golomb();
  if (order == 0) {
    reader.unsigned_golomb();
  } else if (order == 1) {
    reader.skip(1);
    reader.signed_golomb();
    reader.signed_golomb();
    const std::uint32_t count = reader.unsigned_golomb();
    for (std::uint32_t i = 0; i < count && i < 256 && !reader.failed(); ++i) reader.signed_golomb();
  }
  reader.unsigned_golomb();
  reader.skip(1);
  const std::uint64_t width = (std::uint64_t{reader.unsigned_golomb()} + 1) * 16;
  std::uint64_t height = (std::uint64_t{reader.unsigned_golomb()} + 1) * 16;
  const bool frames_only = reader.flag();
  if (!frames_only) {
    height *= 2;
    reader.skip(1);
  }
  reader.skip(1);
  std::uint64_t cut_x = 0, cut_y = 0;
  if (reader.flag()) {
    cut_x = std::uint64_t{reader.unsigned_golomb()} + reader.unsigned_golomb();
    cut_y = std::uint64_t{reader.unsigned_golomb()} + reader.unsigned_golomb();
    cut_x *= chroma == 1 || chroma == 2 ? 2 : 1;
    cut_y *= chroma == 1 ? 2 : 1;
    cut_y *= frames_only ? 1 : 2;
  }
  if (reader.failed() || width > 0xFFFF || height > 0xFFFF || cut_x >= width || cut_y >= height) return;
  info.width = static_cast<std::uint16_t>(width - cut_x);
  info.height = static_cast<std::uint16_t>(height - cut_y);
  if (reader.flag()) read_frame_rate(reader, info);
}

/// RFC 6184 sections 5.2 to 5.8: STAP-A and FU-A.
struct Syntax {
  static constexpr std::size_t kHeader = 1;
  static constexpr std::uint8_t kTogether = 24, kFragment = 28;
  static constexpr std::uint8_t kTypeBits = 0x1F, kImportanceBits = 0x60;
  using Header = std::array<std::uint8_t, kHeader>;

  static std::uint8_t type(ByteView unit) { return unit[0] & kTypeBits; }
  static bool is_unit(std::uint8_t type) { return type > 0 && type < kTogether; }
  /// The highest importance of all, section 5.7.
  static Header together(std::span<const ByteView> units) {
    std::uint8_t importance = 0;
    for (const ByteView unit : units) importance = std::max<std::uint8_t>(importance, unit[0] & kImportanceBits);
    return {static_cast<std::uint8_t>(importance | kTogether)};
  }
  static Header fragment(ByteView unit) { return {static_cast<std::uint8_t>((unit[0] & ~kTypeBits) | kFragment)}; }
  static Header unit(ByteView payload) {
    return {static_cast<std::uint8_t>((payload[0] & ~kTypeBits) | (payload[1] & kTypeBits))};
  }
  static PayloadInfo tells(ByteView unit) {
    const std::uint8_t type = Syntax::type(unit);
    // first_mb_in_slice is 0 if its exp-Golomb code is a single bit.
    const bool first_slice = (type == kSlice || type == kIdr) && unit.size() > 1 && (unit[1] & 0x80) != 0;
    return {.begins_frame = type == kSps || type == kDelimiter || first_slice,
            .key_frame = type == kSps || type == kIdr,
            .may_follow_others = first_slice};
  }
  static void note(ByteView unit, FrameInfo& info) {
    if (type(unit) == kIdr) info.key_frame = true;
    if (type(unit) == kSps) read_sps(unit, info);
  }
};

}  // namespace

/// RFC 6184 section 8.1: a packetization-mode that is not told is 0.
H264Packing h264_packing(std::string_view fmtp) {
  const auto take = [](std::string_view& text, char end) {
    const std::size_t at = std::min(text.find(end), text.size());
    std::string_view taken = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    while (taken.starts_with(' ')) taken.remove_prefix(1);
    while (taken.ends_with(' ')) taken.remove_suffix(1);
    return taken;
  };
  while (!fmtp.empty()) {
    std::string_view value = take(fmtp, ';');
    if (!equal_ignoring_case(take(value, '='), "packetization-mode")) continue;
    return take(value, ';') == "0" ? H264Packing::SingleUnits : H264Packing::NonInterleaved;
  }
  return H264Packing::SingleUnits;
}

Result<void> H264Packetizer::packetize(ByteView frame, const FrameInfo&, std::size_t most, PayloadSink& sink) {
  const Aggregation aggregation =
      packing_ == H264Packing::SingleUnits ? Aggregation::Never : Aggregation::WhereThereIsRoom;
  return send_units<Syntax>(frame, kDelimiter, most, sink, aggregation);
}

Result<PayloadInfo> H264Depacketizer::inspect(ByteView payload) const { return inspect_units<Syntax>(payload); }

Result<Frame> H264Depacketizer::assemble(std::span<const ByteView> payloads) { return join_units<Syntax>(payloads); }

}  // namespace parley::formats
