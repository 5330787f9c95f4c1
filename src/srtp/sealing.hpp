#pragma once

#include <array>
#include <span>

#include "base/rtp_numbers.hpp"
#include "srtp/packet.hpp"
#include "srtp/profile.hpp"

namespace parley::srtp {

enum class Direction { Outgoing, Incoming };

/// A packet as the arithmetic sees it.
struct Sealing {
  /// Header and body lie beside each other, in the packet.
  std::span<std::uint8_t> header, body, tag;
  /// What is authenticated beside them: of RTP the rollover counter, of RTCP flag and index as they are in the packet.
  std::array<std::uint8_t, 4> number;
  Kind kind;
  Ssrc source;
  std::uint64_t index;
};

}  // namespace parley::srtp
