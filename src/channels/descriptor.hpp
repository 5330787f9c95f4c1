#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace parley::channels {

/// What came of an attempt to read or write without blocking.
enum class Transfer { Done, WouldBlock, Ended };
struct Transferred {
  Transfer how;
  std::size_t bytes = 0;
};

/// Neither changes the descriptor's mode, which it may share with other processes: they ask poll(2) first, and write no
/// more at a time than a pipe that has room at all takes. A reader that is gone raises no SIGPIPE.
Transferred read_some(int fd, std::span<char> into);
Transferred write_some(int fd, std::string_view bytes);

/// Another number for the same file, or -1.
int duplicate(int fd);
/// Whether readiness can be waited for: not so for files and /dev/null, which are always ready.
bool can_wait(int fd);
/// Closes `fd` unless it is one of the three standard ones.
void close_descriptor(int fd);

}  // namespace parley::channels
