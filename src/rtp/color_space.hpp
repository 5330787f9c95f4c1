#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::rtp {

/// What the numbers of a picture mean: http://www.webrtc.org/experiments/rtp-hdrext/color-space, 4 bytes, or 28 with
/// what a display of high dynamic range has to know.
struct ColorSpace {
  /// A point of the CIE 1931 diagram, in 1/50000.
  struct Point {
    std::uint16_t x = 0, y = 0;
    bool operator==(const Point&) const = default;
  };
  /// SMPTE ST 2086 and CTA-861.3.
  struct HighRange {
    std::uint16_t luminance_most = 0;   ///< of the mastering display, in cd/m²
    std::uint16_t luminance_least = 0;  ///< likewise, in 1/10000 cd/m²
    std::array<Point, 3> primaries{};   ///< red, green, blue
    Point white;
    std::uint16_t content_most = 0, frame_average_most = 0;  ///< in cd/m²
    bool operator==(const HighRange&) const = default;
  };
  /// ITU-T H.273 tables 2, 3 and 4.
  std::uint8_t primaries = 2, transfer = 2, matrix = 2;
  /// As WebM has them: range 1 limited, 2 full; where chroma is sited. 0 of each: not told.
  std::uint8_t range = 0, chroma_horizontal = 0, chroma_vertical = 0;
  std::optional<HighRange> high_range = std::nullopt;
  bool operator==(const ColorSpace&) const = default;
};

std::optional<ColorSpace> parse_color_space(ByteView value);
void write(const ColorSpace& color, Bytes& out);

}  // namespace parley::rtp
