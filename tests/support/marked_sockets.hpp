#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace parley::test {

/// How many UDP sockets of this program mark what they send with this code point (RFC 2474).
inline std::size_t marked_sockets(int dscp) {
  std::size_t count = 0;
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    int type = 0, traffic_class = 0;
    socklen_t size = sizeof type;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_DGRAM) continue;
    size = sizeof traffic_class;
    if (getsockopt(descriptor, IPPROTO_IP, IP_TOS, &traffic_class, &size) == 0 && traffic_class == dscp << 2) ++count;
  }
  return count;
}

}  // namespace parley::test
