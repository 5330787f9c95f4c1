#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "srtp/numbers.hpp"
#include "srtp/session.hpp"

namespace parley::srtp {

/// What a source has sent under its newest indices, known by the packets' tags. Two packets under one index would give
/// away what both say (RFC 3711 section 9.1), and with AES-GCM the key that authenticates all packets (RFC 7714 section
/// 15.1). Header extensions count, too: so whatever is above may do, an index is used again for the same bytes only.
class SentTags {
 public:
  /// Whether the packet with this tag may be sent: not if there was another one. Of indices that are not behind the
  /// window.
  bool take(std::uint64_t index, ByteView tag) {
    if (slots_.empty()) slots_.resize(Session::kReplayWindow);
    Slot& slot = slots_[index % slots_.size()];
    const std::uint32_t begin = *ByteReader(tag).number<std::uint32_t>() | kUsed;
    if (slot.index == static_cast<std::uint32_t>(index) && slot.tag != 0) return slot.tag == begin;
    slot = {static_cast<std::uint32_t>(index), begin};
    return true;
  }

 private:
  static constexpr std::uint32_t kUsed = 1;
  struct Slot {
    std::uint32_t index = 0;  // what comes 2^32 packets later has overwritten it
    std::uint32_t tag = 0;
  };
  std::vector<Slot> slots_;  // from the first packet on
};

/// What is kept of a source that we send.
struct OutgoingSource {
  OutgoingSource() = default;
  explicit OutgoingSource(const Stop& stop) : numbers(stop) {}
  [[nodiscard]] Stop stop() const { return numbers.stop(); }
  OutgoingNumbers numbers = OutgoingNumbers();
  SentTags tags{};
};

}  // namespace parley::srtp
