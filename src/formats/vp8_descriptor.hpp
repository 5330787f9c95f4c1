#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::formats {

/// What stands in front of a VP8 payload: RFC 7741 section 4.2. Offsets say where a value is, for those who change it.
struct Vp8Descriptor {
  bool begins = false;  ///< S, of the first partition
  std::optional<std::uint16_t> picture_id;
  std::size_t picture_id_offset = 0;
  std::optional<std::uint8_t> base_index;  ///< TL0PICIDX
  std::size_t base_index_offset = 0;
  std::optional<std::uint8_t> temporal_index;
  bool layer_sync = false;  ///< Y: it refers to the lowest layer only
  std::size_t size = 1;
};

/// nullopt if it is cut off, or nothing follows it.
std::optional<Vp8Descriptor> read_vp8_descriptor(ByteView payload);

}  // namespace parley::formats
