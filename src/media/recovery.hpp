#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "rtp/protection.hpp"

namespace parley::media {

/// Makes lost packets of one source out of those that have arrived and those that protect them. Keeps what has arrived
/// last; FEC reaches no further back.
class Recovery {
 public:
  /// How many packets are kept, and how many that protect some of which more than one is missing.
  static constexpr std::size_t kKept = 256, kMostWaiting = 32;

  explicit Recovery(Ssrc source) : source_(source) {}

  /// A packet has arrived. `packet` is the whole of it, as it was when it was protected.
  void keep(std::uint16_t number, ByteView packet);
  /// A packet has come in another way: what was protected is not known, but nobody waits for it any more.
  void strike_out(std::uint16_t number);
  void protect(rtp::Protection&& protection);
  /// A packet that was missing; it is kept, too. Call until there is none.
  std::optional<Bytes> next();

  /// Packets that protected others for nothing.
  [[nodiscard]] std::uint64_t useless() const { return useless_; }
  /// What is kept.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Nothing any more.
  void drop();

 private:
  struct Slot {
    std::int64_t number = -1;
    Bytes packet;  ///< empty: struck out
  };
  struct Waiting {
    std::int64_t base;
    rtp::Protection protection;
    bool changed = true;  ///< something may have become of it
  };
  /// Which packets of a protection are not there.
  struct Lack {
    std::size_t missing = 0, unknown = 0;
    std::int64_t last = 0;
  };

  [[nodiscard]] std::int64_t full(std::uint16_t number);
  [[nodiscard]] const Slot* find(std::int64_t number) const;
  void store(std::int64_t number, ByteView packet);
  [[nodiscard]] Lack lack_of(const Waiting& one) const;
  [[nodiscard]] std::optional<Bytes> recover(const Waiting& one, std::int64_t missing) const;
  void discard(const std::deque<Waiting>::iterator& one);

  Ssrc source_;
  std::vector<Slot> slots_ = std::vector<Slot>(kKept);
  std::deque<Waiting> waiting_;  // the oldest first
  std::optional<std::int64_t> newest_;
  std::uint64_t useless_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace parley::media
