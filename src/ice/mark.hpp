#pragma once

#include <cstdint>

#include "base/ecn.hpp"

namespace parley::ice {

/// What a packet says to the network: how it may be treated (RFC 2474's six bits), and whether it may be marked instead
/// of dropped.
struct Mark {
  std::uint8_t dscp = 0;
  Ecn ecn = Ecn::NotCapable;
  bool operator==(const Mark&) const = default;
};

}  // namespace parley::ice
