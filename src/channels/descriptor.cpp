#include "channels/descriptor.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace parley::channels {
namespace {

bool ready(int fd, short interest) {
  pollfd one{.fd = fd, .events = interest, .revents = 0};
  return poll(&one, 1, 0) > 0;
}

Transferred outcome(ssize_t count) {
  if (count > 0) return {Transfer::Done, static_cast<std::size_t>(count)};
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return {Transfer::WouldBlock};
  return {Transfer::Ended};
}

/// Keeps SIGPIPE from this thread, and takes back the one that was raised meanwhile.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pending_before_ = is_pending();
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    int number = 0;
    if (!pending_before_ && is_pending()) sigwait(&pipe_, &number);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  static bool is_pending() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  }
  sigset_t pipe_{}, before_{};
  bool pending_before_ = false;
};

}  // namespace

Transferred read_some(int fd, std::span<char> into) {
  if (!ready(fd, POLLIN)) return {Transfer::WouldBlock};
  return outcome(read(fd, into.data(), into.size()));
}

Transferred write_some(int fd, std::string_view bytes) {
  if (!ready(fd, POLLOUT)) return {Transfer::WouldBlock};
  const NoSigpipe guard;
  const ssize_t count = write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
  return outcome(count);
}

int duplicate(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); }

bool can_wait(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || isatty(fd) == 1;
}

void close_descriptor(int fd) {
  if (fd > STDERR_FILENO) close(fd);
}

}  // namespace parley::channels
