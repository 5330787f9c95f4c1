#pragma once

#include <cstdint>

#include "base/ecn.hpp"
#include "cc/feedback.hpp"

namespace parley::media {

/// What the peer has told of the single packets of a source, by RFC 8888.
struct ToldPackets {
  EcnCounts marks;
  std::uint64_t lost = 0;
  std::uint64_t recovered = 0;  ///< of the lost ones those that it has told of again
  std::uint64_t bleached = 0;   ///< sent with ECT(1), arrived without a mark

  void add(const cc::PacketResult& result) {
    if (!result.arrival) {
      ++lost;
      return;
    }
    marks.add(result.ecn);
    if (result.packet.ecn == Ecn::Ect1 && result.ecn == Ecn::NotCapable) ++bleached;
  }
};

}  // namespace parley::media
