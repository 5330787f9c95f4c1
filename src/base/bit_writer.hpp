#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace parley {

/// Appends bits, the highest first. The last byte is filled up with zeros.
class BitWriter {
 public:
  explicit BitWriter(Bytes& out) : out_(out) {}
  BitWriter& bits(std::uint32_t value, unsigned count) {
    for (; count > 0; --count) bit((value >> (count - 1) & 1U) != 0);
    return *this;
  }
  BitWriter& flag(bool value) {
    bit(value);
    return *this;
  }

 private:
  void bit(bool value) {
    if (used_ == 0) out_.push_back(0);
    if (value) out_.back() = static_cast<std::uint8_t>(out_.back() | 0x80U >> used_);
    used_ = (used_ + 1) % 8;
  }
  Bytes& out_;
  unsigned used_ = 0;  // bits of the last byte
};

}  // namespace parley
