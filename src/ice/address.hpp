#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::ice {

/// An IPv4 or IPv6 address with a port, in the form that sockets take. The default is of neither family.
class SocketAddress {
 public:
  SocketAddress() : sockaddr_{.plain = {}} {}
  /// Of AF_INET or AF_INET6; anything else gives the default.
  SocketAddress(const sockaddr* address, socklen_t size);
  /// `literal` is an address without brackets and without a zone id.
  static std::optional<SocketAddress> parse(std::string_view literal, std::uint16_t port);

  [[nodiscard]] int family() const { return sockaddr_.plain.sa_family; }
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string address() const;
  [[nodiscard]] const sockaddr* data() const { return &sockaddr_.plain; }
  [[nodiscard]] socklen_t size() const;
  explicit operator bool() const { return family() != 0; }
  bool operator==(const SocketAddress& other) const;

  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_link_local() const;
  [[nodiscard]] bool is_unspecified() const;

 private:
  union {
    sockaddr plain;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } sockaddr_;
};

/// What `socket` is bound to.
SocketAddress local_address(int socket);

}  // namespace parley::ice
