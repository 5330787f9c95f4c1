#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/rtp_numbers.hpp"
#include "base/time.hpp"

namespace parley::media {

/// Which packet of the transport each packet of a source was: feedback by RFC 8888 names them by source and sequence
/// number. Rings, as long as what is sent in a second; what is not told of within their length is forgotten.
class SourceNumbers {
 public:
  /// `number`: the one that the log of sent packets knows it by.
  void add(Ssrc source, std::uint16_t sequence_number, std::int64_t number, TimePoint now) {
    auto& ring = rings_[source];
    if (ring.empty()) ring.resize(kLeast);
    const Slot& before = ring[sequence_number % ring.size()];
    if (before.number != 0 && now - before.sent < kAwaited && ring.size() < kMost) grow(ring);
    ring[sequence_number % ring.size()] = {.number = number, .sent = now, .sequence_number = sequence_number};
  }
  [[nodiscard]] std::optional<std::int64_t> number(Ssrc source, std::uint16_t sequence_number) const {
    const auto ring = rings_.find(source);
    if (ring == rings_.end()) return std::nullopt;
    const Slot& slot = ring->second[sequence_number % ring->second.size()];
    return slot.number != 0 && slot.sequence_number == sequence_number ? std::optional(slot.number) : std::nullopt;
  }

  /// What was known of these sources.
  template <class IsGone>
  void forget_if(IsGone is_gone) {
    std::erase_if(rings_, [&](const auto& ring) { return is_gone(ring.first); });
  }

 private:
  static constexpr std::size_t kLeast = 2048, kMost = 32768;
  static constexpr Duration kAwaited = 1s;
  struct Slot {
    std::int64_t number = 0;
    TimePoint sent{};
    std::uint16_t sequence_number = 0;
  };
  using Ring = std::vector<Slot>;
  static void grow(Ring& ring) {
    Ring longer(2 * ring.size());
    for (const Slot& slot : ring)
      if (slot.number != 0) longer[slot.sequence_number % longer.size()] = slot;
    ring = std::move(longer);
  }
  std::map<Ssrc, Ring> rings_;  // of our own sources
};

}  // namespace parley::media
