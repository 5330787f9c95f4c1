#pragma once

#include <vector>

#include "formats/red.hpp"
#include "media/format.hpp"
#include "media/receive_stream.hpp"

namespace parley::media {

/// What is in a packet of RED (RFC 2198).
struct Unwrapped {
  /// Of what is not media nothing is left but the number.
  StreamPacket packet;
  /// ULPFEC.
  ByteView protection = {};
  /// Frames of packets before this one, the oldest first. Of sound: nobody repeats pictures.
  std::vector<formats::RedBlock> earlier = {};
};

/// Packets that are not RED stay as they are. Browsers wrap video in it where ULPFEC was negotiated.
/// `format` is what they are, one of the section's.
Unwrapped without_red(const Section& section, const Format& format, const StreamPacket& packet);

/// A packet that fills its number among those of the section's media, and nothing else.
StreamPacket without_payload(const Section& section, StreamPacket packet);

}  // namespace parley::media
