#pragma once

#include <functional>

#include "base/bytes.hpp"
#include "ice/address.hpp"

namespace parley::ice {

/// Shows what waits at a UDP socket without taking it away from whoever reads the socket. Linux only (SO_PEEK_OFF).
namespace inbound_tap {

/// False if the platform cannot.
bool start(int socket);
void stop(int socket);
/// Each datagram once, in order. What arrives while the socket's owner reads is not seen.
void peek(int socket, const std::function<void(ByteView datagram, const SocketAddress& from)>& see);
/// While `refuse` is true, Binding requests do not get in.
void refuse_checks(int socket, bool refuse);

}  // namespace inbound_tap

}  // namespace parley::ice
