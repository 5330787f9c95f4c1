#include <sys/socket.h>

#include "ice/direct_socket.hpp"

namespace parley::ice {

void enlarge_buffers(int socket) {
  constexpr int kWanted = 4 << 20;  // capped by the system's own limit
  setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kWanted, sizeof kWanted);
  setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kWanted, sizeof kWanted);
}

}  // namespace parley::ice
