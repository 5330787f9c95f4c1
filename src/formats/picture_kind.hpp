#pragma once

#include <cstdint>

#include "formats/bit_reader.hpp"

namespace parley::formats {

/// What the parameters of use begin with (ITU-T H.264 and H.265, section E.2.1): shape of pixels, colors, place of
/// chroma.
inline void skip_kind_of_picture(BitReader& reader) {
  constexpr std::uint32_t kOtherShape = 255;
  if (reader.flag() && reader.bits(8) == kOtherShape) reader.skip(32);
  if (reader.flag()) reader.skip(1);
  if (reader.flag()) {
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.unsigned_golomb();
    reader.unsigned_golomb();
  }
}

}  // namespace parley::formats
