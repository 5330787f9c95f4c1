#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace parley::sctp {

/// The checksum of RFC 9260 appendix A, by the processor's instruction where it has one.
std::uint32_t crc32c(ByteView bytes);
/// The same by table, for every processor.
std::uint32_t crc32c_by_table(ByteView bytes);

}  // namespace parley::sctp
