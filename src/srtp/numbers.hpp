#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "srtp/transform.hpp"

namespace parley::srtp {

/// RFC 3711 section 3.3.1: of the indices with this sequence number the one nearest to the highest so far. (Before the
/// first rollover there are none to go back to.)
constexpr std::uint64_t nearest_index(std::uint64_t highest, std::uint16_t sequence) {
  constexpr std::uint64_t kRound = 0x10000, kHalf = 0x8000;
  const std::uint64_t same_round = highest / kRound * kRound + sequence;
  if (same_round > highest + kHalf && same_round >= kRound) return same_round - kRound;
  return same_round + kHalf < highest ? same_round + kRound : same_round;
}

/// Where the numbers of a source stopped: the first ones that it may have used neither of. (One that has sent no
/// packets of a kind loses the first of them by that.)
struct Stop {
  std::uint32_t report = 0;
  std::uint64_t packet = 0;
};

/// Which indices of an incoming source have been there (RFC 3711 section 3.3.2).
template <std::size_t Size>
class ReplayWindow {
 public:
  ReplayWindow() = default;
  /// All before `next` are as if they had been there.
  explicit ReplayWindow(std::uint64_t next) : highest_(next - 1) { seen_.set(); }
  [[nodiscard]] std::uint64_t highest() const { return highest_; }
  /// Why a packet of that index must not be taken, if so.
  [[nodiscard]] std::optional<Refusal> check(std::uint64_t index) const {
    if (index > highest_) return std::nullopt;
    if (highest_ - index >= Size) return Refusal::TooOld;
    return seen_[index % Size] ? std::optional(Refusal::Replayed) : std::nullopt;
  }
  /// Of a packet that is authentic.
  void take(std::uint64_t index) {
    const std::uint64_t first = std::max(highest_, index >= Size ? index - Size : 0) + 1;
    for (std::uint64_t skipped = first; skipped < index; ++skipped) seen_[skipped % Size] = false;
    highest_ = std::max(highest_, index);
    seen_[index % Size] = true;
  }

 private:
  std::bitset<Size> seen_;
  std::uint64_t highest_ = 0;
};

/// Which indices an outgoing source uses.
class OutgoingNumbers {
 public:
  static constexpr std::uint64_t kPackets = std::uint64_t{1} << 48;
  static constexpr std::uint32_t kReports = std::uint32_t{1} << 31;

  explicit OutgoingNumbers(std::uint64_t highest = 0, std::uint32_t reports = 0)
      : highest_(highest), reports_(reports) {}
  /// Goes on there.
  explicit OutgoingNumbers(const Stop& stop) : first_(stop.packet), highest_(stop.packet - 1), reports_(stop.report) {}
  [[nodiscard]] Stop stop() const { return {.report = reports_, .packet = highest_ + 1}; }
  /// Of an RTP packet. Not of one that is older than the peer's window: it may be one of the round after it by now.
  Result<std::uint64_t, Refusal> packet(std::uint16_t sequence, std::size_t window) {
    const std::uint64_t index = nearest_index(highest_, sequence);
    if (index >= kPackets) return Unexpected(Refusal::Exhausted);
    if (index < first_ || index + window <= highest_) return Unexpected(Refusal::TooOld);
    highest_ = std::max(highest_, index);
    return index;
  }
  Result<std::uint32_t, Refusal> report() {
    if (reports_ >= kReports) return Unexpected(Refusal::Exhausted);
    return reports_++;
  }

 private:
  std::uint64_t first_ = 0, highest_;
  std::uint32_t reports_;
};

}  // namespace parley::srtp
