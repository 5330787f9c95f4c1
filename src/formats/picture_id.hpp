#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::formats {

/// The picture id of VP8 (RFC 7741 section 4.2) and VP9 (RFC 9628 section 4.2): 7 bits, or 15 if the first is set.
inline std::optional<std::uint16_t> read_picture_id(ByteReader& reader) {
  const auto high = reader.number<std::uint8_t>();
  if (!high || (*high & 0x80) == 0) return high;
  const auto low = reader.number<std::uint8_t>();
  if (!low) return std::nullopt;
  return static_cast<std::uint16_t>((*high & 0x7F) << 8 | *low);
}

}  // namespace parley::formats
