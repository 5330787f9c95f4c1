#pragma once

#include <poll.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace parley {

/// Waits for many file descriptors. poller_linux.cpp is epoll, poller_portable.cpp is poll; a build holds one of them.
/// Interest and readiness are poll(2)'s POLLIN, POLLOUT, POLLERR, POLLHUP. Several tokens may watch the same
/// descriptor.
class Poller {
 public:
  struct Ready {
    std::uint64_t token;
    short events;
  };
  /// Throws OperationError when the system has no descriptor left.
  static std::unique_ptr<Poller> make();
  virtual ~Poller() = default;
  /// Watches `fd` under `token`, which is never used twice. Replaces what was watched under the same token. A
  /// descriptor that is closed while it is watched falls silent; when its number has been opened anew, saying the same
  /// again watches the new one.
  virtual void set(std::uint64_t token, int fd, short interest) = 0;
  /// `fd` may already be closed, and its number may already belong to another token.
  virtual void remove(std::uint64_t token, int fd) = 0;
  /// Waits up to `timeout` (none: for ever) and fills `ready`.
  virtual void wait(std::optional<Duration> timeout, std::vector<Ready>& ready) = 0;
  /// What somebody else's poll has to watch to know that wait() would have something to say.
  [[nodiscard]] virtual std::vector<pollfd> outside() const = 0;
};

}  // namespace parley
