#include "ice/address.hpp"

#include <arpa/inet.h>

#include <cstring>

namespace parley::ice {

SocketAddress::SocketAddress(const sockaddr* address, socklen_t size) : SocketAddress() {
  const bool v4 = address->sa_family == AF_INET && size >= sizeof(sockaddr_in);
  const bool v6 = address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6);
  if (v4) std::memcpy(&sockaddr_.v4, address, sizeof(sockaddr_in));
  if (v6) std::memcpy(&sockaddr_.v6, address, sizeof(sockaddr_in6));
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view literal, std::uint16_t port) {
  const std::string text(literal);
  SocketAddress result;
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    result.sockaddr_.v4 = {};
    result.sockaddr_.v4.sin_family = AF_INET;
    result.sockaddr_.v4.sin_port = htons(port);
    result.sockaddr_.v4.sin_addr = v4;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
    result.sockaddr_.v6 = {};
    result.sockaddr_.v6.sin6_family = AF_INET6;
    result.sockaddr_.v6.sin6_port = htons(port);
    result.sockaddr_.v6.sin6_addr = v6;
  } else {
    return std::nullopt;
  }
  return result;
}

std::uint16_t SocketAddress::port() const {
  if (family() == AF_INET) return ntohs(sockaddr_.v4.sin_port);
  if (family() == AF_INET6) return ntohs(sockaddr_.v6.sin6_port);
  return 0;
}

std::string SocketAddress::address() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) inet_ntop(AF_INET, &sockaddr_.v4.sin_addr, text, sizeof text);
  if (family() == AF_INET6) inet_ntop(AF_INET6, &sockaddr_.v6.sin6_addr, text, sizeof text);
  return text;
}

socklen_t SocketAddress::size() const {
  if (family() == AF_INET) return sizeof(sockaddr_in);
  return family() == AF_INET6 ? sizeof(sockaddr_in6) : 0;
}

bool SocketAddress::operator==(const SocketAddress& other) const {
  if (family() != other.family()) return false;
  if (family() == AF_INET)
    return sockaddr_.v4.sin_port == other.sockaddr_.v4.sin_port &&
           sockaddr_.v4.sin_addr.s_addr == other.sockaddr_.v4.sin_addr.s_addr;
  if (family() == AF_INET6)
    return sockaddr_.v6.sin6_port == other.sockaddr_.v6.sin6_port &&
           std::memcmp(&sockaddr_.v6.sin6_addr, &other.sockaddr_.v6.sin6_addr, sizeof(in6_addr)) == 0;
  return true;
}

bool SocketAddress::is_loopback() const {
  if (family() == AF_INET) return ntohl(sockaddr_.v4.sin_addr.s_addr) >> 24 == 127;
  return family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&sockaddr_.v6.sin6_addr) != 0;
}

bool SocketAddress::is_link_local() const {
  if (family() == AF_INET) return ntohl(sockaddr_.v4.sin_addr.s_addr) >> 16 == 0xA9FE;  // 169.254/16
  return family() == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&sockaddr_.v6.sin6_addr) != 0;
}

bool SocketAddress::is_unspecified() const {
  if (family() == AF_INET) return sockaddr_.v4.sin_addr.s_addr == 0;
  return family() != AF_INET6 || IN6_IS_ADDR_UNSPECIFIED(&sockaddr_.v6.sin6_addr) != 0;
}

SocketAddress local_address(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* plain = reinterpret_cast<sockaddr*>(&storage);
  return getsockname(socket, plain, &size) == 0 ? SocketAddress(plain, size) : SocketAddress();
}

}  // namespace parley::ice
