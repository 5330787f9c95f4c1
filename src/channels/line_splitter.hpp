#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::channels {

/// Cuts a stream of bytes into lines of bounded length.
class LineSplitter {
 public:
  explicit LineSplitter(std::size_t limit) : limit_(limit) {}

  /// Calls `on_line(std::string_view)` for every line that ends in `bytes`, without its end, unless it is blank, and
  /// `on_too_long()` once for each that has more than `limit` bytes, which is skipped.
  template <class OnLine, class OnTooLong>
  void feed(std::string_view bytes, OnLine on_line, OnTooLong on_too_long) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      keep(bytes.substr(0, end), on_too_long);
      if (end == std::string_view::npos) return;
      finish(on_line);
      bytes.remove_prefix(end + 1);
    }
  }
  /// The stream has ended: what is left is a line as well.
  template <class OnLine>
  void finish(OnLine on_line) {
    if (!skipping_ && line_.find_first_not_of(" \t\r") != std::string::npos) on_line(std::string_view(line_));
    line_.clear();
    skipping_ = false;
  }

 private:
  template <class OnTooLong>
  void keep(std::string_view part, OnTooLong on_too_long) {
    if (skipping_) return;
    if (line_.size() + part.size() <= limit_) {
      line_ += part;
      return;
    }
    skipping_ = true;
    line_.clear();
    on_too_long();
  }

  std::size_t limit_;
  std::string line_;
  bool skipping_ = false;
};

}  // namespace parley::channels
