#include "support/raw_tcp.hpp"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>

namespace parley::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// The value of a header field, whose name is given as the other end spells it.
std::string field(const std::string& request, const std::string& name) {
  const auto start = request.find(name + ": ");
  if (start == std::string::npos) return {};
  const auto value = start + name.size() + 2;
  return request.substr(value, request.find("\r\n", value) - value);
}

/// RFC 6455 section 4.2.2, step 5.4.
std::string accept_key(const std::string& key) {
  GChecksum* checksum = g_checksum_new(G_CHECKSUM_SHA1);
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  g_checksum_update(checksum, reinterpret_cast<const guchar*>(text.data()), static_cast<gssize>(text.size()));
  std::array<guchar, 20> digest{};
  gsize size = digest.size();
  g_checksum_get_digest(checksum, digest.data(), &size);
  g_checksum_free(checksum);
  char* encoded = g_base64_encode(digest.data(), size);
  std::string result(encoded);
  g_free(encoded);
  return result;
}

}  // namespace

RawConnection::RawConnection(int fd) : fd_(fd) {
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void RawConnection::write(std::string_view bytes) const { (void)send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

void RawConnection::write_text(std::string_view text) const {
  write(std::string{'\x81', static_cast<char>(text.size())} + std::string(text));
}

std::string RawConnection::read_until(std::string_view end) const {
  std::string all;
  char byte = 0;
  while ((end.empty() || !all.ends_with(end)) && recv(fd_, &byte, 1, 0) == 1) all += byte;
  return all;
}

void RawConnection::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

RawListener::RawListener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  (void)bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
  (void)listen(fd_, 4);
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

RawListener::~RawListener() { ::close(fd_); }

std::string RawListener::url() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/"; }

RawConnection RawListener::accept() const { return RawConnection(::accept(fd_, nullptr, nullptr)); }

RawConnection RawListener::accept_websocket() const {
  RawConnection connection = accept();
  const std::string request = connection.read_until("\r\n\r\n");
  connection.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      accept_key(field(request, "Sec-WebSocket-Key")) + "\r\n\r\n");
  return connection;
}

std::string http(std::uint16_t port, std::string_view request) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const RawConnection connection(fd);
  const sockaddr_in address = loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  connection.write(request);
  shutdown(fd, SHUT_WR);
  return connection.read_until("");
}

}  // namespace parley::test
