#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace parley {

/// How much of something has happened within the last second, to 20 ms.
class LastSecond {
 public:
  void add(TimePoint now, std::uint32_t amount = 1) {
    const std::int64_t slot = slot_of(now);
    if (slot - newest_ >= kSlots) {
      slots_ = {};
      newest_ = slot;
    }
    while (newest_ < slot) at(++newest_) = 0;
    at(newest_) += amount;
  }
  [[nodiscard]] std::uint32_t sum(TimePoint now) const {
    std::uint32_t total = 0;
    const std::int64_t oldest = std::max(slot_of(now), newest_) - kSlots + 1;
    for (std::int64_t slot = std::max<std::int64_t>(oldest, 0); slot <= newest_; ++slot) total += at(slot);
    return total;
  }

 private:
  static constexpr std::int64_t kSlots = 51;  // the newest one is not over yet
  static std::int64_t slot_of(TimePoint now) { return std::max<std::int64_t>(now.time_since_epoch() / 20ms, 0); }
  std::uint32_t& at(std::int64_t slot) { return slots_[static_cast<std::size_t>(slot % kSlots)]; }
  [[nodiscard]] std::uint32_t at(std::int64_t slot) const { return slots_[static_cast<std::size_t>(slot % kSlots)]; }

  std::array<std::uint32_t, kSlots> slots_{};
  std::int64_t newest_ = 0;
};

}  // namespace parley
