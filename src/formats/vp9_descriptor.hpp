#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::formats {

/// What stands in front of a VP9 payload: RFC 9628 section 4.2. Offsets say where a value is, for those who change it.
struct Vp9Descriptor {
  bool predicted = false, flexible = false, begins = false, ends = false, has_structure = false;  ///< P, F, B, E, V
  std::optional<std::uint16_t> picture_id;
  std::size_t picture_id_offset = 0;
  std::optional<std::uint8_t> temporal_index;
  std::uint8_t spatial_index = 0;
  bool needs_smaller = false;              ///< D: made from the smaller one of its picture
  bool may_switch_up = false;              ///< U: of higher temporal layers, nothing later refers to what was before it
  std::optional<std::uint8_t> base_index;  ///< TL0PICIDX, unless in flexible mode
  std::size_t base_index_offset = 0;
  /// P_DIFF, in flexible mode: how many pictures before. The rest is zero.
  std::array<std::uint8_t, 3> references{};
  /// SS, with Y: of each spatial layer. Zero if not told.
  struct Size {
    std::uint16_t width = 0, height = 0;
  };
  std::array<Size, 8> sizes{};
  std::size_t size = 1;
};

/// nullopt if it is cut off, or nothing follows it.
std::optional<Vp9Descriptor> read_vp9_descriptor(ByteView payload);

}  // namespace parley::formats
