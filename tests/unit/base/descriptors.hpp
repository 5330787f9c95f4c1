#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace parley {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Descriptor() { reset(-1); }
  [[nodiscard]] int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

/// Two connected sockets: the one under test, "here", and its peer.
class SocketPair {
 public:
  SocketPair() {
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0) {
      here_.reset(ends[0]);
      there_.reset(ends[1]);
    }
  }
  [[nodiscard]] int here() const { return here_.get(); }
  [[nodiscard]] int there() const { return there_.get(); }
  void send_to_here() const { [[maybe_unused]] const auto sent = write(there_.get(), "x", 1); }
  /// Reads what has arrived; how many bytes that were.
  int drain() const {
    char buffer[64];
    const auto count = read(here_.get(), buffer, sizeof buffer);
    return count > 0 ? static_cast<int>(count) : 0;
  }
  void close_here() { here_.reset(-1); }
  void close_there() { there_.reset(-1); }
  /// The number now belongs to another SocketPair.
  void forget_here() { here_.release(); }
  /// Gives this end the number `fd`, closing what had it.
  void move_here_to(int fd) {
    dup3(here_.get(), fd, O_CLOEXEC);
    here_.reset(fd);
  }

 private:
  Descriptor here_, there_;
};

}  // namespace parley
