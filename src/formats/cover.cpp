#include "formats/cover.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "formats/annex_b.hpp"
#include "formats/av1_obu.hpp"
#include "formats/format.hpp"

namespace parley::formats {
namespace {

enum class Form { Whole, Vp8, Vp9, H264, H265, Av1 };

Form form_of(std::string_view codec) {
  constexpr std::pair<std::string_view, Form> kForms[] = {
      {"VP8", Form::Vp8}, {"VP9", Form::Vp9}, {"H264", Form::H264}, {"H265", Form::H265}, {"AV1", Form::Av1}};
  const auto* found =
      std::ranges::find_if(kForms, [&](const auto& one) { return equal_ignoring_case(one.first, codec); });
  return found == std::end(kForms) ? Form::Whole : found->second;
}

/// How much of a VP8 or VP9 frame stays readable, which the first byte tells: of a key frame as far as its size.
std::size_t head_size(Form form, std::uint8_t first) {
  constexpr std::size_t kKeyFrame = 10;
  if (form == Form::Vp8) return (first & 1) == 0 ? kKeyFrame : 3;  // RFC 6386 section 9.1
  // VP9 bitstream specification section 6.2: marker, profile, a further bit of profile 3, show_existing_frame,
  // frame_type.
  const unsigned shift = (first & 0x30) == 0x30 ? 1 : 0;
  const bool existing = (first << shift & 0x08) != 0, delta = (first << shift & 0x04) != 0;
  return existing || delta ? 1 : kKeyFrame;
}

std::optional<CoveredFrame> behind_head(Form form, ByteView frame) {
  const std::size_t size = frame.empty() ? 0 : head_size(form, frame[0]);
  if (size == 0 || frame.size() < size) return std::nullopt;
  const ByteView head = frame.first(size), rest = frame.subspan(size);
  return CoveredFrame{.clear = {head.begin(), head.end()}, .content = {rest.begin(), rest.end()}, .carrier = {}};
}

/// What H.264 and H.265 call their units.
struct Units {
  explicit Units(Form form) : h265(form == Form::H265) {}
  bool h265;

  [[nodiscard]] std::size_t header() const { return h265 ? 2 : 1; }
  [[nodiscard]] unsigned type(ByteView unit) const { return h265 ? unit[0] >> 1 & 0x3FU : unit[0] & 0x1FU; }
  [[nodiscard]] bool is_slice(ByteView unit) const {
    return h265 ? type(unit) < 32 : type(unit) >= 1 && type(unit) <= 5;
  }
  /// VPS, SPS, PPS; SPS, PPS, SPS extension, subset SPS.
  [[nodiscard]] bool is_parameter_set(ByteView unit) const {
    const unsigned type = Units::type(unit);
    return h265 ? type >= 32 && type <= 34 : type == 7 || type == 8 || type == 13 || type == 15;
  }
  [[nodiscard]] bool is_delimiter(ByteView unit) const { return type(unit) == (h265 ? 35U : 9U); }
};

/// Behind the header of the unit that carries the content. In the first byte of a slice, the first bit says that it is
/// the first slice of its picture. As the last byte it keeps zeros from being taken for the next start code.
constexpr std::uint8_t kGuard = 0x80;

/// The unit that the content travels in: a slice like the first one.
Bytes carrier_like(const Units& units, ByteView slice) {
  Bytes carrier(slice.begin(), slice.begin() + static_cast<std::ptrdiff_t>(units.header()));
  constexpr unsigned kIdr = 5;
  // Data partitions are slices that a depacketizer would not take for the first of a picture.
  if (!units.h265 && units.type(slice) != kIdr) carrier[0] = static_cast<std::uint8_t>((carrier[0] & 0xE0) | 1);
  carrier.push_back(kGuard);
  return carrier;
}

std::optional<CoveredFrame> behind_parameter_sets(const Units& units, ByteView frame) {
  std::vector<ByteView> found = nal_units(frame);
  std::erase_if(found, [&](ByteView unit) { return unit.size() <= units.header(); });
  CoveredFrame covered;
  auto at = found.begin();
  for (; at != found.end() && (units.is_parameter_set(*at) || units.is_delimiter(*at)); ++at)
    if (units.is_parameter_set(*at)) append_nal_unit(covered.clear, *at);
  const auto slice = std::find_if(at, found.end(), [&](ByteView unit) { return units.is_slice(unit); });
  if (slice == found.end()) return std::nullopt;
  // With its start code, of three bytes or four.
  auto begin = static_cast<std::size_t>(at->data() - frame.data()) - 3;
  if (begin > 0 && frame[begin - 1] == 0) --begin;
  covered.content.assign(frame.begin() + static_cast<std::ptrdiff_t>(begin), frame.end());
  covered.carrier = carrier_like(units, *slice);
  return covered;
}

/// Three bytes that would be a start code never follow each other in a unit.
void append_escaped(Bytes& out, ByteView content) {
  unsigned zeros = 0;
  for (const std::uint8_t byte : content) {
    if (zeros >= 2 && byte <= 3) {
      out.push_back(3);
      zeros = 0;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out.push_back(byte);
  }
}

Bytes cover_units(const CoveredFrame& frame) {
  Bytes unit = frame.carrier;
  unit.reserve(unit.size() + frame.content.size() + frame.content.size() / 64 + 1);
  append_escaped(unit, frame.content);
  unit.push_back(kGuard);
  Bytes out = frame.clear;
  append_nal_unit(out, unit);
  return out;
}

std::optional<CoveredFrame> uncover_units(const Units& units, ByteView frame) {
  const std::vector<ByteView> found = nal_units(frame);
  CoveredFrame covered;
  for (const ByteView unit : found) {
    if (!covered.content.empty() || unit.size() <= units.header()) return std::nullopt;
    if (units.is_parameter_set(unit)) {
      append_nal_unit(covered.clear, unit);
    } else if (units.is_slice(unit)) {
      const std::size_t head = units.header() + 1;
      if (unit.size() <= head + 1 || unit[head - 1] != kGuard || unit.back() != kGuard) return std::nullopt;
      covered.content = without_emulation_prevention(unit.subspan(head, unit.size() - head - 1), unit.size());
    } else if (!units.is_delimiter(unit)) {
      return std::nullopt;
    }
  }
  if (covered.content.empty()) return std::nullopt;
  return covered;
}

constexpr std::uint8_t kFrameObu = 6;

bool is_carried(const Obu& obu) {
  return !obu.is(ObuType::TemporalDelimiter) && !obu.is(ObuType::TileList) && !obu.is(ObuType::Padding);
}

std::optional<CoveredFrame> behind_sequence_header(ByteView frame) {
  CoveredFrame covered;
  ByteReader reader(frame);
  while (reader.remaining() > 0) {
    const auto obu = read_obu(reader);
    if (!obu) return std::nullopt;
    if (!is_carried(*obu)) continue;
    if (obu->is(ObuType::SequenceHeader) && covered.content.empty()) {
      append_obu(covered.clear, *obu);
      continue;
    }
    append_obu(covered.content, *obu);
    if (obu->header.size() > 1 && covered.carrier.size() < 2)
      covered.carrier = {kFrameObu << 3 | 0x04, obu->header[1]};  // in the layer that it begins with
  }
  if (covered.content.empty()) return std::nullopt;
  if (covered.carrier.empty()) covered.carrier = {kFrameObu << 3};
  return covered;
}

Bytes cover_obus(const CoveredFrame& frame) {
  Bytes out = frame.clear;
  append_obu(out, Obu{.header = frame.carrier, .content = frame.content});
  return out;
}

std::optional<CoveredFrame> uncover_obus(ByteView frame) {
  CoveredFrame covered;
  ByteReader reader(frame);
  while (reader.remaining() > 0) {
    const auto obu = read_obu(reader);
    if (!obu || !covered.content.empty()) return std::nullopt;
    if (obu->is(ObuType::SequenceHeader)) {
      append_obu(covered.clear, *obu);
    } else if (obu->type() == kFrameObu) {
      covered.content.assign(obu->content.begin(), obu->content.end());
    } else if (is_carried(*obu)) {
      return std::nullopt;
    }
  }
  if (covered.content.empty()) return std::nullopt;
  return covered;
}

}  // namespace

std::optional<CoveredFrame> divide(std::string_view codec, ByteView frame) {
  switch (const Form form = form_of(codec)) {
    case Form::Vp8:
    case Form::Vp9:
      return behind_head(form, frame);
    case Form::H264:
    case Form::H265:
      return behind_parameter_sets(Units(form), frame);
    case Form::Av1:
      return behind_sequence_header(frame);
    case Form::Whole:
      break;
  }
  return CoveredFrame{.clear = {}, .content = {frame.begin(), frame.end()}, .carrier = {}};
}

Bytes cover(std::string_view codec, const CoveredFrame& frame) {
  switch (form_of(codec)) {
    case Form::H264:
    case Form::H265:
      return cover_units(frame);
    case Form::Av1:
      return cover_obus(frame);
    case Form::Vp8:
    case Form::Vp9:
    case Form::Whole:
      break;
  }
  return restore(CoveredFrame(frame));
}

std::optional<CoveredFrame> uncover(std::string_view codec, ByteView frame) {
  switch (const Form form = form_of(codec)) {
    case Form::H264:
    case Form::H265:
      return uncover_units(Units(form), frame);
    case Form::Av1:
      return uncover_obus(frame);
    case Form::Vp8:
    case Form::Vp9:
    case Form::Whole:
      break;
  }
  return divide(codec, frame);
}

Bytes restore(CoveredFrame&& frame) {
  if (frame.clear.empty()) return std::move(frame.content);
  Bytes out = std::move(frame.clear);
  out.insert(out.end(), frame.content.begin(), frame.content.end());
  return out;
}

}  // namespace parley::formats
