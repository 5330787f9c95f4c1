#pragma once

#include "base/bytes.hpp"

namespace parley::sctp {

/// Whether a packet from the peer may be given to the stack. The peer is authenticated but not trusted, and the stack
/// is old: what is malformed in a way that it should never have to look at, and chunks of extensions that we do not
/// negotiate (AUTH, ASCONF, packet drop), stop here. Chunk types unknown to everybody pass, for the stack answers them
/// (RFC 9260 section 3.2).
bool acceptable(ByteView packet);

/// Puts the checksum of RFC 9260 section 6.8 into a packet.
void write_checksum(std::span<std::uint8_t> packet);

}  // namespace parley::sctp
