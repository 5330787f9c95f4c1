#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::test {

/// An IP address and a UDP port.
class Endpoint {
 public:
  /// `address` is an IPv4 or IPv6 literal.
  static std::optional<Endpoint> from(std::string_view address, std::uint16_t port);
  /// "192.0.2.1:5000" or "[2001:db8::1]:5000".
  static std::optional<Endpoint> parse(std::string_view text);
  static Endpoint from_socket(const sockaddr_storage& raw) { return Endpoint(raw); }

  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&raw_); }
  [[nodiscard]] socklen_t raw_size() const;
  friend bool operator==(const Endpoint& a, const Endpoint& b) { return a.to_string() == b.to_string(); }

 private:
  explicit Endpoint(const sockaddr_storage& raw) : raw_(raw) {}
  sockaddr_storage raw_{};
};

}  // namespace parley::test
