#pragma once

#include "base/bytes.hpp"
#include "ice/address.hpp"

namespace parley::ice {

/// Sends a datagram that arrives in one piece or not at all. False, and nothing has left, when the system refuses: it
/// is longer than the interface takes, or the platform knows no way.
bool send_whole(int socket, ByteView datagram, const SocketAddress& to);

}  // namespace parley::ice
