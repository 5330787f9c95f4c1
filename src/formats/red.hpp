#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"

namespace parley::formats {

/// One block of a RED payload: RFC 2198 section 3.
struct RedBlock {
  PayloadType payload_type{};
  /// How much earlier than the packet's timestamp; 0 for the last, which is the packet's own.
  std::uint16_t timestamp_offset = 0;
  ByteView data;
};

/// In their order: what is repeated first, the packet's own last. nullopt if it is cut off.
std::optional<std::vector<RedBlock>> read_red(ByteView payload);

}  // namespace parley::formats
