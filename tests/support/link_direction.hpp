#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace parley::test {

/// What one direction of an emulated link does to the packets. All shares are 0..1.
struct LinkRules {
  /// From one end to the other, without waiting.
  Duration delay{};
  /// Up to so much more delay, drawn evenly for each packet. It never changes the order; `reorder` does.
  Duration jitter{};
  double loss = 0;
  double duplicate = 0;
  /// So many of the packets arrive `reorder_hold` later than they would, and later ones overtake them.
  double reorder = 0;
  Duration reorder_hold = 10ms;
  /// 0 means no limit. Each packet takes the time of its bytes and of `overhead_bytes`.
  std::uint64_t bits_per_second = 0;
  /// What may wait for the rate limit; a packet that does not fit is dropped.
  std::size_t queue_bytes = 1'000'000;
  /// IPv4 and UDP headers.
  std::size_t overhead_bytes = 28;
  /// The same seed and the same packets give the same losses.
  std::uint64_t seed = 1;
};

struct LinkCounters {
  std::uint64_t received = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  /// Dropped because the queue was full.
  std::uint64_t overflowed = 0;
  std::uint64_t duplicated = 0;
};

/// One direction of a link as pure calculation: packets and the time go in, packets that are due come out.
class LinkDirection {
 public:
  /// Packets under way at any time, whatever the rules say; more are dropped as overflow.
  static constexpr std::size_t kMaxUnderWay = 1 << 18;

  explicit LinkDirection(const LinkRules& rules) : rules_(rules), random_(rules.seed) {}

  void receive(Bytes packet, TimePoint now);
  /// Every packet that has arrived at the far end by `now`, in order of arrival.
  std::vector<Bytes> poll(TimePoint now);
  /// When poll() has something to give, if anything is under way.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  /// Holds for packets received from now on; the random sequence goes on where it was.
  void set_rules(const LinkRules& rules) { rules_ = rules; }
  [[nodiscard]] const LinkRules& rules() const { return rules_; }
  [[nodiscard]] const LinkCounters& counters() const { return counters_; }

 private:
  struct UnderWay {
    TimePoint arrival;
    Bytes packet;
  };
  /// The random decisions on one packet; all are drawn for each packet, so that one rule does not shift another's.
  struct Dice {
    double loss, duplicate, reorder, jitter;
  };

  double draw();
  std::optional<TimePoint> leave_queue(std::size_t size, TimePoint now);
  void enqueue(Bytes packet, TimePoint arrival);

  LinkRules rules_;
  std::uint64_t random_;
  LinkCounters counters_;
  std::deque<UnderWay> under_way_;
  TimePoint line_free_{};
  TimePoint last_arrival_{};
};

}  // namespace parley::test
