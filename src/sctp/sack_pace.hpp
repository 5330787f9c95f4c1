#pragma once

namespace parley::sctp {

/// After how many packets of the peer's an acknowledgement is due. Each costs both sides a packet, so the fewer the
/// better, but whoever waits for more packets than the peer sends at a time makes both wait for the timer of delayed
/// acknowledgements: browsers and aiortc send at most four for each acknowledgement. So this follows what comes in one
/// turn of the loop: up slowly, down at once.
class SackPace {
 public:
  static constexpr unsigned kLeast = 4;
  static constexpr unsigned kLeastLarge = 2;
  static constexpr unsigned kMost = 16;

  /// `packets` came in one turn of the loop; `large`: each may hold what else is a whole burst. True: packets() has
  /// changed.
  bool after_turn(unsigned packets, bool large = false) {
    const unsigned least = large ? kLeastLarge : kLeast;
    if (packets_ < least || (packets < packets_ && packets_ > least)) {
      packets_ = least;
      rich_turns_ = 0;
      return true;
    }
    rich_turns_ = packets >= 2 * packets_ ? rich_turns_ + 1 : 0;
    if (rich_turns_ < kPatience || packets_ == kMost) return false;
    packets_ *= 2;
    rich_turns_ = 0;
    return true;
  }
  [[nodiscard]] unsigned packets() const { return packets_; }

 private:
  static constexpr unsigned kPatience = 8;  // turns in a row

  unsigned packets_ = kLeast;
  unsigned rich_turns_ = 0;
};

}  // namespace parley::sctp
