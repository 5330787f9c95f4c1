#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace parley::test {

/// A TCP connection in the test's hand. Reading gives up after 20 seconds.
class RawConnection {
 public:
  explicit RawConnection(int fd);
  RawConnection(RawConnection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawConnection& operator=(RawConnection&&) = delete;
  ~RawConnection() { close(); }

  void write(std::string_view bytes) const;
  /// One unmasked, final text frame of fewer than 126 bytes: RFC 6455 section 5.2.
  void write_text(std::string_view text) const;
  /// Up to and with `end`, or to the end of the connection.
  [[nodiscard]] std::string read_until(std::string_view end) const;
  void close();

 private:
  int fd_;
};

/// A server on 127.0.0.1 that does what a test wants.
class RawListener {
 public:
  RawListener();
  ~RawListener();
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] RawConnection accept() const;
  /// Accepts and answers the handshake of RFC 6455 section 4.2.2.
  [[nodiscard]] RawConnection accept_websocket() const;

 private:
  int fd_;
  std::uint16_t port_;
};

/// Sends `request` to a server on 127.0.0.1, says that there is no more, and returns all that it answers.
std::string http(std::uint16_t port, std::string_view request);

}  // namespace parley::test
