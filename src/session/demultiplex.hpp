#pragma once

#include "base/bytes.hpp"

namespace parley::session {

/// Whose packet it is that arrived on a transport's socket.
enum class Protocol { Stun, Zrtp, Dtls, TurnChannel, Rtp, Unknown };

/// Told by the first byte, RFC 7983 section 7.
constexpr Protocol protocol_of(ByteView packet) {
  if (packet.empty()) return Protocol::Unknown;
  struct Range {
    std::uint8_t first, last;
    Protocol protocol;
  };
  constexpr Range kRanges[] = {{0, 3, Protocol::Stun},
                               {16, 19, Protocol::Zrtp},
                               {20, 63, Protocol::Dtls},
                               {64, 79, Protocol::TurnChannel},
                               {128, 191, Protocol::Rtp}};
  for (const Range& range : kRanges)
    if (packet[0] >= range.first && packet[0] <= range.last) return range.protocol;
  return Protocol::Unknown;
}

}  // namespace parley::session
