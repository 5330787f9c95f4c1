#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace parley::test {

/// Decisions taken from bytes, random ones or a fuzzer's: the same bytes, the same decisions. After the last byte
/// every decision is 0.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool exhausted() const { return bytes_.empty(); }

  /// Less than `limit`, which is not 0.
  std::size_t below(std::size_t limit) {
    std::size_t value = take();
    if (limit > 256) value = value << 8 | take();
    if (limit > 65536) value = value << 8 | take();
    return value % limit;
  }
  bool one_in(std::size_t count) { return below(count) + 1 == count; }

 private:
  std::size_t take() {
    if (bytes_.empty()) return 0;
    const std::size_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }

  std::span<const std::uint8_t> bytes_;
};

}  // namespace parley::test
