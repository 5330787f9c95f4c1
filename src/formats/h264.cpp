#include "formats/h264.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "formats/annex_b.hpp"
#include "formats/bit_reader.hpp"
#include "formats/parts.hpp"

namespace parley::formats {
namespace {

/// ITU-T H.264 table 7-1, and RFC 6184 section 5.2.
enum Type : std::uint8_t { kSlice = 1, kIdr = 5, kSps = 7, kDelimiter = 9, kStapA = 24, kFuA = 28 };

std::uint8_t type_of(ByteView unit) { return unit.empty() ? 0 : unit[0] & 0x1F; }

/// Neither reserved nor one of the payload format's own.
bool is_unit(std::uint8_t type) { return type > 0 && type < kStapA; }

constexpr const char* kMissing = "a part of an H.264 frame is missing";

/// first_mb_in_slice is 0: its exp-Golomb code is a single bit.
bool begins_picture(ByteView slice) { return slice.size() > 1 && (slice[1] & 0x80) != 0; }

bool begins_frame(ByteView unit) {
  const std::uint8_t type = type_of(unit);
  return type == kSps || type == kDelimiter || ((type == kSlice || type == kIdr) && begins_picture(unit));
}

void skip_scaling_list(BitReader& reader, unsigned size) {
  std::int32_t last = 8, next = 8;
  for (unsigned i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) next = (last + reader.signed_golomb() % 256 + 256) % 256;
    last = next == 0 ? last : next;
  }
}

/// ITU-T H.264 section 7.3.2.1.1, as far as the size.
void read_size(ByteView sps, FrameInfo& info) {
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
    cut_y *= (chroma == 1 ? 2U : 1U) * (frames_only ? 1U : 2U);
  }
  if (reader.failed() || width > 0xFFFF || height > 0xFFFF || cut_x >= width || cut_y >= height) return;
  info.width = static_cast<std::uint16_t>(width - cut_x);
  info.height = static_cast<std::uint16_t>(height - cut_y);
}

void note(ByteView unit, FrameInfo& info) {
  if (type_of(unit) == kIdr) info.key_frame = true;
  if (type_of(unit) == kSps) read_size(unit, info);
}

/// The units of a STAP-A, RFC 6184 section 5.7.1. False if it is broken.
template <class Each>
bool each_aggregated(ByteView payload, Each each) {
  ByteReader reader(payload.subspan(1));
  if (reader.remaining() == 0) return false;
  while (reader.remaining() > 0) {
    const auto size = reader.number<std::uint16_t>();
    const auto unit = size ? reader.take(*size) : std::nullopt;
    if (!unit || !is_unit(type_of(*unit))) return false;
    each(*unit);
  }
  return true;
}

bool is_fragment(ByteView payload) { return payload.size() > 2 && is_unit(payload[1] & 0x1F); }

/// Sends units as payloads; small ones that follow each other share one.
class Sender {
 public:
  Sender(std::size_t most, PayloadSink& sink) : most_(most), sink_(sink) {}

  void add(ByteView unit, bool last) {
    const std::size_t grown = size_ + 2 + unit.size();
    if (!together_.empty() && (1 + grown > most_ || together_.size() == kMostTogether)) flush(false);
    if (unit.size() > most_) {
      flush(false);
      fragment(unit, last);
      return;
    }
    together_.push_back(unit);
    size_ += 2 + unit.size();
    if (last) flush(true);
  }

 private:
  static constexpr std::size_t kMostTogether = 16;

  void flush(bool last) {
    if (together_.size() == 1) {
      sink_.on_payload(together_, last);
    } else if (together_.size() > 1) {
      // The highest NRI of all, RFC 6184 section 5.7.
      std::uint8_t importance = 0;
      std::array<std::array<std::uint8_t, 2>, kMostTogether> sizes{};
      std::vector<ByteView> pieces{{}};
      for (std::size_t i = 0; i < together_.size(); ++i) {
        importance = std::max<std::uint8_t>(importance, together_[i][0] & 0x60);
        sizes[i] = {static_cast<std::uint8_t>(together_[i].size() >> 8),
                    static_cast<std::uint8_t>(together_[i].size())};
        pieces.emplace_back(sizes[i]);
        pieces.push_back(together_[i]);
      }
      const std::array<std::uint8_t, 1> head{static_cast<std::uint8_t>(importance | kStapA)};
      pieces[0] = head;
      sink_.on_payload(pieces, last);
    }
    together_.clear();
    size_ = 0;
  }

  void fragment(ByteView unit, bool last) {
    in_even_parts(unit.subspan(1), most_ - 2, [&](ByteView part, bool first, bool end) {
      const std::array<std::uint8_t, 2> head{
          static_cast<std::uint8_t>((unit[0] & 0x60) | kFuA),
          static_cast<std::uint8_t>((unit[0] & 0x1F) | (first ? 0x80 : 0) | (end ? 0x40 : 0))};
      const ByteView pieces[] = {head, part};
      sink_.on_payload(pieces, last && end);
    });
  }

  std::size_t most_;
  PayloadSink& sink_;
  std::vector<ByteView> together_;
  std::size_t size_ = 0;
};

}  // namespace

Result<void> H264Packetizer::packetize(ByteView frame, const FrameInfo&, std::size_t most, PayloadSink& sink) {
  std::vector<ByteView> units = nal_units(frame);
  // Packets delimit; and other types would be taken for payloads of the format's own.
  std::erase_if(units, [](ByteView unit) { return type_of(unit) == kDelimiter || !is_unit(type_of(unit)); });
  if (units.empty()) return fail(ErrorKind::DataError, "an H.264 frame is an Annex B byte stream");
  Sender sender(most, sink);
  for (std::size_t i = 0; i < units.size(); ++i) sender.add(units[i], i + 1 == units.size());
  return {};
}

Result<PayloadInfo> H264Depacketizer::inspect(ByteView payload) const {
  PayloadInfo info;
  const std::uint8_t type = type_of(payload);
  if (type == kStapA) {
    bool first = true;
    const bool whole = each_aggregated(payload, [&](ByteView unit) {
      if (std::exchange(first, false)) info.begins_frame = begins_frame(unit);
      if (type_of(unit) == kSps || type_of(unit) == kIdr) info.key_frame = true;
    });
    if (!whole) return fail(ErrorKind::DataError, "a broken H.264 aggregation");
    return info;
  }
  if (type == kFuA) {
    if (!is_fragment(payload)) return fail(ErrorKind::DataError, "a broken H.264 fragment");
    const std::uint8_t inner = payload[1] & 0x1F;
    const bool slice = inner == kSlice || inner == kIdr;
    info.begins_frame = (payload[1] & 0x80) != 0 && slice && (payload[2] & 0x80) != 0;
    info.key_frame = inner == kIdr;
    return info;
  }
  if (!is_unit(type)) return fail(ErrorKind::DataError, "not an H.264 payload");
  info.begins_frame = begins_frame(payload);
  info.key_frame = type == kIdr || type == kSps;
  return info;
}

Result<Frame> H264Depacketizer::assemble(std::span<const ByteView> payloads) {
  Frame frame;
  Bytes fragmented;
  for (const ByteView payload : payloads) {
    const std::uint8_t type = type_of(payload);
    if (type != kFuA && !fragmented.empty()) return fail(ErrorKind::DataError, kMissing);
    if (type == kFuA) {
      if (!is_fragment(payload)) return fail(ErrorKind::DataError, "a broken H.264 fragment");
      const bool begins = (payload[1] & 0x80) != 0;
      const bool same = fragmented.empty() || type_of(fragmented) == (payload[1] & 0x1F);
      if (begins != fragmented.empty() || !same) return fail(ErrorKind::DataError, kMissing);
      if (begins) fragmented.push_back(static_cast<std::uint8_t>((payload[0] & 0xE0) | (payload[1] & 0x1F)));
      fragmented.insert(fragmented.end(), payload.begin() + 2, payload.end());
      if ((payload[1] & 0x40) == 0) continue;
      note(fragmented, frame.info);
      append_nal_unit(frame.data, fragmented);
      fragmented.clear();
    } else if (type == kStapA) {
      const bool whole = each_aggregated(payload, [&](ByteView unit) {
        note(unit, frame.info);
        append_nal_unit(frame.data, unit);
      });
      if (!whole) return fail(ErrorKind::DataError, "a broken H.264 aggregation");
    } else if (is_unit(type)) {
      note(payload, frame.info);
      append_nal_unit(frame.data, payload);
    } else {
      return fail(ErrorKind::DataError, "not an H.264 payload");
    }
  }
  if (!fragmented.empty() || frame.data.empty()) return fail(ErrorKind::DataError, kMissing);
  return frame;
}

}  // namespace parley::formats
