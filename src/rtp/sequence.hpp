#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace parley::rtp {

/// Serial number arithmetic (RFC 1982): whether `a` is later than `b`, where numbers wrap around.
template <std::unsigned_integral T>
constexpr bool is_later(T a, T b) {
  return a != b && static_cast<T>(a - b) < (T{1} << (sizeof(T) * 8 - 1));
}

/// Makes numbers that wrap around into numbers that do not: each is the one nearest to the one before. Begins above
/// one cycle, so that what comes before the first is not negative.
template <std::unsigned_integral T>
class Unwrapper {
 public:
  std::int64_t unwrap(T number) {
    if (!last_) {
      last_ = (std::int64_t{1} << (sizeof(T) * 8)) + number;
      return *last_;
    }
    using Signed = std::make_signed_t<T>;
    const std::int64_t full = *last_ + static_cast<Signed>(static_cast<T>(number - static_cast<T>(*last_)));
    // A number from before the beginning of time is one of the next cycle.
    last_ = full < 0 ? full + (std::int64_t{1} << (sizeof(T) * 8)) : full;
    return *last_;
  }
  void reset() { last_.reset(); }
  /// As if that number had been the last one.
  void go_on_at(std::int64_t full) { last_ = full; }

 private:
  std::optional<std::int64_t> last_;
};

using SequenceUnwrapper = Unwrapper<std::uint16_t>;
using TimestampUnwrapper = Unwrapper<std::uint32_t>;

}  // namespace parley::rtp
