#pragma once

#include <cstdint>

namespace parley {

/// The two bits of IP that say whether a packet has met congestion: RFC 3168 section 5. ECT(1) is for senders whose
/// reaction grows with the part of packets that has (L4S, RFC 9331).
enum class Ecn : std::uint8_t { NotCapable = 0, Ect1 = 1, Ect0 = 2, Congestion = 3 };

/// Packets by how they came.
struct EcnCounts {
  std::uint64_t ect1 = 0, congestion = 0;

  void add(Ecn mark) {
    if (mark == Ecn::Ect1) ++ect1;
    if (mark == Ecn::Congestion) ++congestion;
  }
};

}  // namespace parley
