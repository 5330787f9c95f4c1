#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace parley {

using Bytes = std::vector<std::uint8_t>;
/// Somebody else's bytes, valid for the duration of the call they are passed to.
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Copies `from` to the front of `to`, which has room for it, and returns what is behind it there. std::ranges::copy of
/// GCC 12 copies spans byte by byte, which took a tenth of the time of a packet.
inline std::span<std::uint8_t> copy_bytes(ByteView from, std::span<std::uint8_t> to) {
  if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
  return to.subspan(from.size());
}

/// Reads big-endian (network order) numbers and runs of bytes; after a read past the end every answer is nullopt.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}
  template <std::unsigned_integral T>
  std::optional<T> number() {
    const auto raw = take(sizeof(T));
    if (!raw) return std::nullopt;
    T value = 0;
    for (const std::uint8_t byte : *raw) value = static_cast<T>((static_cast<std::uint64_t>(value) << 8) | byte);
    return value;
  }
  std::optional<ByteView> take(std::size_t count) {
    if (count > rest_.size()) {
      rest_ = {};
      failed_ = true;
    }
    if (failed_) return std::nullopt;
    const ByteView head = rest_.first(count);
    rest_ = rest_.subspan(count);
    return head;
  }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

 private:
  ByteView rest_;
  bool failed_ = false;
};

/// Appends big-endian numbers and runs of bytes.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}
  template <std::unsigned_integral T>
  ByteWriter& number(T value) {
    for (std::size_t shift = sizeof(T) * 8; shift > 0; shift -= 8)
      out_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (shift - 8)));
    return *this;
  }
  ByteWriter& bytes(ByteView raw) {
    out_.insert(out_.end(), raw.begin(), raw.end());
    return *this;
  }

 private:
  Bytes& out_;
};

}  // namespace parley
