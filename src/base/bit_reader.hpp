#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace parley {

/// Reads bits, the highest first. After the end everything is zero, and failed() says so.
class BitReader {
 public:
  explicit BitReader(ByteView bytes) : bytes_(bytes) {}
  std::uint32_t bits(unsigned count) {
    std::uint32_t value = 0;
    for (; count > 0; --count) value = value << 1 | bit();
    return value;
  }
  bool flag() { return bit() != 0; }
  void skip(unsigned count) { bits(count); }
  /// Exp-Golomb, ITU-T H.264 section 9.1.
  std::uint32_t unsigned_golomb() {
    unsigned zeros = 0;
    while (!failed_ && !flag()) ++zeros;
    if (zeros > 31) {
      failed_ = true;
      return 0;
    }
    return (1U << zeros) - 1 + bits(zeros);
  }
  std::int32_t signed_golomb() {
    const std::uint32_t code = unsigned_golomb();
    const auto half = static_cast<std::int32_t>(code / 2 + code % 2);
    return code % 2 == 0 ? -half : half;
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::uint32_t bit() {
    if (at_ >= bytes_.size() * 8) {
      failed_ = true;
      return 0;
    }
    const std::uint32_t value = bytes_[at_ / 8] >> (7 - at_ % 8) & 1U;
    ++at_;
    return value;
  }
  ByteView bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace parley
