#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace parley::rtp {

/// Seconds since 1900 with a binary fraction: RFC 3550 section 4.
struct NtpTime {
  std::uint64_t value = 0;
  /// The middle 32 bits, as LSR, DLSR and RRTR have them: 65536ths of a second.
  [[nodiscard]] constexpr std::uint32_t compact() const { return static_cast<std::uint32_t>(value >> 16); }
  constexpr bool operator==(const NtpTime&) const = default;
};

constexpr NtpTime to_ntp(std::chrono::system_clock::time_point time) {
  constexpr std::uint64_t kFrom1900To1970 = 2'208'988'800;
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto whole = static_cast<std::uint64_t>(second.time_since_epoch().count());
  const auto rest = static_cast<std::uint64_t>(std::chrono::nanoseconds(time - second).count());
  return {((whole + kFrom1900To1970) << 32) | ((rest << 32) / 1'000'000'000)};
}

/// Since 1900.
constexpr Duration since_1900(NtpTime time) {
  const auto whole = static_cast<std::int64_t>(time.value >> 32),
             rest = static_cast<std::int64_t>(time.value & 0xFFFFFFFF);
  return std::chrono::seconds(whole) + std::chrono::nanoseconds(rest * 1'000'000'000 >> 32);
}

constexpr std::uint32_t to_compact(Duration duration) {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  return ns <= 0 ? 0 : static_cast<std::uint32_t>(static_cast<std::uint64_t>(ns) * 512 / 7'812'500);
}

constexpr Duration from_compact(std::uint32_t compact) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(compact) * 7'812'500 / 512);
}

}  // namespace parley::rtp
