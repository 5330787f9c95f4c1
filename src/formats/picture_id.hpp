#pragma once

#include <cstdint>
#include <optional>
#include <span>

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

/// Puts another one where one has been read; it keeps its length.
inline void replace_picture_id(std::span<std::uint8_t> at, std::uint16_t id) {
  if ((at[0] & 0x80) != 0) {
    at[0] = static_cast<std::uint8_t>(0x80 | id >> 8);
    at[1] = static_cast<std::uint8_t>(id);
  } else {
    at[0] = static_cast<std::uint8_t>(id & 0x7F);
  }
}

}  // namespace parley::formats
