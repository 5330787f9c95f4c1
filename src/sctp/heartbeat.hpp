#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::sctp {

/// Heartbeats of our own beside the stack's. What is in one is its sender's business (RFC 9260 section 3.3.5): every
/// peer sends it back, and a peer that is parley, too, may read it.
struct Heartbeat {
  enum class Kind : std::uint32_t {
    Takes = 1,  ///< "packets of up to `size` bytes can be sent to me"
    Probe = 2,  ///< a packet of `size` bytes
  };
  Kind kind;
  std::uint32_t size;
  std::uint64_t id;  ///< made at random
};

/// A packet with that heartbeat; a probe is as long as it says, filled up with a PAD chunk (RFC 4820). `header`: the
/// common header of another packet to the same peer.
Bytes write_heartbeat(ByteView header, const Heartbeat& heartbeat);
/// A HEARTBEAT or HEARTBEAT ACK chunk, if it is one of these.
std::optional<Heartbeat> read_heartbeat(ByteView chunk);

}  // namespace parley::sctp
