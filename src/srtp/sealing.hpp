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
  /// All that is authenticated, as it lies in the packet.
  std::span<std::uint8_t> whole;
  /// The parts of it that stay readable, and those that do not, in the order of the arithmetic: the first and the
  /// second of these, all four only where header extensions are encrypted (srtp/cryptex.hpp).
  std::array<std::span<std::uint8_t>, 2> readable, encrypted;
  std::span<std::uint8_t> tag;
  /// What is authenticated beside them: of RTP the rollover counter, of RTCP flag and index as they are in the packet.
  std::array<std::uint8_t, 4> number;
  Kind kind;
  Ssrc source;
  std::uint64_t index;
};

}  // namespace parley::srtp
