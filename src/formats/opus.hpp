#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::formats {

/// What the beginning of an Opus packet tells: RFC 6716 section 3.1.
struct OpusPacket {
  /// Per channel at 48 kHz, which is RTP's clock whatever the bandwidth is (RFC 7587 section 4.1).
  std::uint16_t samples = 0;
  std::uint8_t frames = 0;
  bool stereo = false;
  /// The encoder has nothing to say, and pauses after it (discontinuous transmission).
  bool silent = false;
};

/// nullopt if it is empty, or if it is of no frame or of more than 120 ms, which decoders refuse.
std::optional<OpusPacket> read_opus_packet(ByteView packet);

}  // namespace parley::formats
