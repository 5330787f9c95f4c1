#include "ice/send_whole.hpp"

namespace parley::ice {

/// POSIX has no option against fragmentation.
bool send_whole(int, ByteView, const SocketAddress&) { return false; }

}  // namespace parley::ice
