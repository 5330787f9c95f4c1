#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

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

inline constexpr double kMsFrom1900To1970 = 2'208'988'800e3;
/// In milliseconds since 1970, and back. The latter may be in any state: nullopt beyond what 32 bits of seconds hold.
constexpr double to_ms(NtpTime time) { return static_cast<double>(time.value) / 4'294'967.296 - kMsFrom1900To1970; }
constexpr std::optional<NtpTime> from_ms(double ms) {
  const double since = (ms + kMsFrom1900To1970) * 4'294'967.296;
  if (!(since >= 0 && since < 18'446'744'073'709'549'568.0)) return std::nullopt;
  return NtpTime{static_cast<std::uint64_t>(since)};
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
