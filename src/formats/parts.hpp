#pragma once

#include <cstddef>

#include "base/bytes.hpp"

namespace parley::formats {

/// Calls `each(part, first, last)` for as few parts of at most `most` bytes as possible, about equally long: a frame's
/// packets then take the same way at the same pace.
template <class Each>
void in_even_parts(ByteView whole, std::size_t most, Each each) {
  const std::size_t count = (whole.size() + most - 1) / most;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = whole.size() * i / count, to = whole.size() * (i + 1) / count;
    each(whole.subspan(from, to - from), i == 0, i + 1 == count);
  }
}

}  // namespace parley::formats
