#include <netinet/in.h>
#include <sys/socket.h>

#include "ice/send_whole.hpp"

namespace parley::ice {

bool send_whole(int socket, ByteView datagram, const SocketAddress& to) {
  const bool six = to.family() == AF_INET6;
  const int level = six ? IPPROTO_IPV6 : IPPROTO_IP;
  const int name = six ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER;
  // Whatever the kernel believes to know about the path: that is what is to be found out.
  const int whole = IP_PMTUDISC_PROBE;
  static_assert(IPV6_PMTUDISC_PROBE == IP_PMTUDISC_PROBE);
  int before = 0;
  socklen_t size = sizeof before;
  if (getsockopt(socket, level, name, &before, &size) != 0 ||
      setsockopt(socket, level, name, &whole, sizeof whole) != 0)
    return false;
  const ssize_t sent = sendto(socket, datagram.data(), datagram.size(), MSG_DONTWAIT, to.data(), to.size());
  setsockopt(socket, level, name, &before, sizeof before);
  return sent >= 0;
}

}  // namespace parley::ice
