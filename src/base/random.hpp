#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parley {

/// Where unpredictable bytes come from; tests pass their own.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
  std::uint32_t u32();
  std::uint64_t u64();
  /// `count` characters, each drawn evenly from `alphabet` (1 to 256 characters).
  std::string text(std::size_t count, std::string_view alphabet);
};

/// The operating system's generator, fit for keys and passwords.
Random& system_random();

/// ice-char of RFC 8839 section 5.4, which is base64's alphabet.
inline constexpr std::string_view kIceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace parley
