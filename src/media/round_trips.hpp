#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace parley::media {

/// Round trips as reports have measured them.
struct RoundTrips {
  std::optional<Duration> last = std::nullopt;
  Duration total{};
  std::uint64_t count = 0;
  void add(Duration measured) {
    last = measured;
    total += measured;
    ++count;
  }
};

}  // namespace parley::media
