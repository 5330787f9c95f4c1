#include "support/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstring>

namespace parley::test {

std::optional<Endpoint> Endpoint::from(std::string_view address, std::uint16_t port) {
  const std::string text(address);
  sockaddr_storage raw{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&raw, &v4, sizeof v4);
  } else if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&raw, &v6, sizeof v6);
  } else {
    return std::nullopt;
  }
  return Endpoint(raw);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view address = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return from(address, port);
}

std::string Endpoint::address() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (raw_.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &raw_, sizeof v6);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &raw_, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  }
  return text.data();
}

/// The port is at the same place in sockaddr_in and sockaddr_in6.
std::uint16_t Endpoint::port() const {
  sockaddr_in v4{};
  std::memcpy(&v4, &raw_, sizeof v4);
  return ntohs(v4.sin_port);
}

std::string Endpoint::to_string() const {
  const std::string ip = address();
  return (raw_.ss_family == AF_INET6 ? '[' + ip + ']' : ip) + ':' + std::to_string(port());
}

socklen_t Endpoint::raw_size() const { return raw_.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }

}  // namespace parley::test
