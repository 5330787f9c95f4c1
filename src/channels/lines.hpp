#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/reactor.hpp"
#include "channels/line_splitter.hpp"
#include "parley/stdio_signaling.hpp"

namespace parley::channels {

/// Reads and writes the lines of a StdioSignalingChannel, on its loop. The loop keeps it alive while a descriptor is
/// open, so it can outlive the channel until the last line has been written. Loop thread only.
class Lines {
 public:
  Lines(StdioSignalingChannel::Descriptors descriptors, SignalingChannel::Sink sink);
  ~Lines();
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  static void start(const std::shared_ptr<Lines>& self, Reactor& reactor);
  void write(std::string line);
  /// Reads no more; what is queued is written first.
  void finish();
  /// Writes what can be written at once, and that is it.
  void abandon();

  /// Bytes given to write() or about to be, and not written yet. Any thread.
  std::atomic<std::size_t> queued_bytes = 0;

 private:
  void read_all();
  void write_all();
  void input_ended();
  void reader_gone();
  void close_in();
  void close_out();

  StdioSignalingChannel::Descriptors descriptors_;  // -1: closed
  SignalingChannel::Sink sink_;
  LineSplitter splitter_{SignalingChannel::kMaxMessageBytes};
  std::vector<char> buffer_;
  std::deque<std::string> queue_;
  std::size_t written_ = 0;  // of queue_.front()
  Watch in_, out_;
  bool finishing_ = false;
};

}  // namespace parley::channels
