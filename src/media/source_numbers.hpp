#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/rtp_numbers.hpp"

namespace parley::media {

/// Which packet of the transport each packet of a source was: feedback by RFC 8888 names them by source and sequence
/// number. Rings: what is not told of within their length is forgotten.
class SourceNumbers {
 public:
  /// `number`: the one that the log of sent packets knows it by.
  void add(Ssrc source, std::uint16_t sequence_number, std::int64_t number) {
    auto& ring = rings_[source];
    if (ring.empty()) ring.resize(kLength);
    ring[sequence_number % kLength] = {.number = number, .sequence_number = sequence_number};
  }
  [[nodiscard]] std::optional<std::int64_t> number(Ssrc source, std::uint16_t sequence_number) const {
    const auto ring = rings_.find(source);
    if (ring == rings_.end()) return std::nullopt;
    const Slot& slot = ring->second[sequence_number % kLength];
    return slot.number != 0 && slot.sequence_number == sequence_number ? std::optional(slot.number) : std::nullopt;
  }

  /// What was known of these sources.
  template <class IsGone>
  void forget_if(IsGone is_gone) {
    std::erase_if(rings_, [&](const auto& ring) { return is_gone(ring.first); });
  }

 private:
  static constexpr std::size_t kLength = 2048;
  struct Slot {
    std::int64_t number = 0;
    std::uint16_t sequence_number = 0;
  };
  std::map<Ssrc, std::vector<Slot>> rings_;  // of our own sources
};

}  // namespace parley::media
