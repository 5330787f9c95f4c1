#pragma once

#include <memory>

#include "base/bytes.hpp"

namespace parley {

/// A copy of `bytes` that many may own, in memory that each thread keeps for the next ones: packets come and go all the
/// time.
std::shared_ptr<const std::uint8_t[]> share(ByteView bytes);

}  // namespace parley
