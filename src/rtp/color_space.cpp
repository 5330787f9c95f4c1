#include "rtp/color_space.hpp"

namespace parley::rtp {
namespace {

constexpr std::size_t kPlain = 4, kWithHighRange = 28;

ColorSpace::Point read_point(ByteReader& reader) {
  const auto x = reader.number<std::uint16_t>(), y = reader.number<std::uint16_t>();
  return {.x = x.value_or(0), .y = y.value_or(0)};
}

ColorSpace::HighRange read_high_range(ByteReader& reader) {
  ColorSpace::HighRange range;
  range.luminance_most = reader.number<std::uint16_t>().value_or(0);
  range.luminance_least = reader.number<std::uint16_t>().value_or(0);
  for (ColorSpace::Point& primary : range.primaries) primary = read_point(reader);
  range.white = read_point(reader);
  range.content_most = reader.number<std::uint16_t>().value_or(0);
  range.frame_average_most = reader.number<std::uint16_t>().value_or(0);
  return range;
}

}  // namespace

std::optional<ColorSpace> parse_color_space(ByteView value) {
  if (value.size() != kPlain && value.size() != kWithHighRange) return std::nullopt;
  ColorSpace color{.primaries = value[0],
                   .transfer = value[1],
                   .matrix = value[2],
                   .range = static_cast<std::uint8_t>(value[3] >> 4 & 3),
                   .chroma_horizontal = static_cast<std::uint8_t>(value[3] >> 2 & 3),
                   .chroma_vertical = static_cast<std::uint8_t>(value[3] & 3)};
  ByteReader reader(value.subspan(kPlain));
  if (value.size() == kWithHighRange) color.high_range = read_high_range(reader);
  return color;
}

void write(const ColorSpace& color, Bytes& out) {
  ByteWriter writer(out);
  writer.number(color.primaries).number(color.transfer).number(color.matrix);
  writer.number(static_cast<std::uint8_t>((color.range & 3) << 4 | (color.chroma_horizontal & 3) << 2 |
                                          (color.chroma_vertical & 3)));
  if (!color.high_range) return;
  const ColorSpace::HighRange& range = *color.high_range;
  writer.number(range.luminance_most).number(range.luminance_least);
  for (const ColorSpace::Point& primary : range.primaries) writer.number(primary.x).number(primary.y);
  writer.number(range.white.x).number(range.white.y);
  writer.number(range.content_most).number(range.frame_average_most);
}

}  // namespace parley::rtp
