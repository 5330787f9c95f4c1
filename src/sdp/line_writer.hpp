#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace parley::sdp {

/// Builds a text line by line. What would end a line early is left out of its value.
class LineWriter {
 public:
  /// "type=" and whatever `fill` appends to the string it is given.
  template <class Fill>
  void line(char type, Fill&& fill) {
    out_.append(1, type).append("=");
    const std::size_t start = out_.size();
    fill(out_);
    const auto kept = std::remove_if(out_.begin() + static_cast<std::ptrdiff_t>(start), out_.end(),
                                     [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    out_.erase(kept, out_.end());
    out_.append("\r\n");
  }
  std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace parley::sdp
