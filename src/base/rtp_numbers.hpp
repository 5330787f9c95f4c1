#pragma once

#include <cstdint>

#include "base/strong.hpp"

namespace parley {

/// What kind of payload an RTP packet holds, 0 to 127 (RFC 3550 section 5.1).
using PayloadType = Strong<struct PayloadTypeTag, std::uint8_t>;
/// Which source an RTP packet comes from (RFC 3550 section 3).
using Ssrc = Strong<struct SsrcTag, std::uint32_t>;

}  // namespace parley
