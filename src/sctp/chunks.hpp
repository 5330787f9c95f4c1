#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.hpp"

namespace parley::sctp {

constexpr std::size_t kCommonHeader = 12;

/// Chunk types that we look at ourselves.
enum class ChunkType : std::uint8_t {
  Data = 0x00,
  Sack = 0x03,
  Heartbeat = 0x04,
  HeartbeatAck = 0x05,
  IData = 0x40,  // RFC 8260
  Pad = 0x84,    // RFC 4820
  ForwardTsn = 0xC0,
  IForwardTsn = 0xC2,
};

/// Calls `look(type, chunk)` for each chunk, which has its header in front and no padding behind, until it returns
/// false or the packet is no longer well formed.
template <class F>
void each_chunk(ByteView packet, F look) {
  if (packet.size() < kCommonHeader) return;
  for (ByteView rest = packet.subspan(kCommonHeader); rest.size() >= 4;) {
    const std::size_t length = static_cast<std::size_t>(rest[2]) << 8 | rest[3];
    if (length < 4 || length > rest.size() || !look(static_cast<ChunkType>(rest[0]), rest.first(length))) return;
    rest = rest.subspan(std::min((length + 3) & ~std::size_t{3}, rest.size()));
  }
}

}  // namespace parley::sctp
