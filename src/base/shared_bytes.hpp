#pragma once

#include <memory>

#include "base/bytes.hpp"

namespace parley {

/// A copy of `bytes` that many may own, in memory that the thread keeps that gives it back: packets come and go all the
/// time.
std::shared_ptr<const std::uint8_t[]> share(ByteView bytes);

}  // namespace parley
