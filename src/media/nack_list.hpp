#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace parley::media {

/// Which packets of a stream are missing, and when to ask for each of them, again and again (RFC 4585 section 6.2.1).
/// Sequence numbers are unwrapped.
class NackList {
 public:
  struct Config {
    /// How late a packet may be without being asked for: networks reorder.
    Duration patience = 5ms;
    /// A packet that has been asked for so often, or has been missing for so long, is given up.
    unsigned attempts = 10;
    Duration give_up = 1s;
    /// No more than this many are looked for; then the oldest are given up, and all if one gap is larger.
    std::size_t most = 1000;
  };

  NackList() = default;
  explicit NackList(const Config& config) : config_(config) {}

  /// `first` to before `end` have not arrived, but a later one has. All are later than those that are known to be
  /// missing.
  void missing(std::int64_t first, std::int64_t end, TimePoint now);
  /// Whether it was missing.
  bool arrived(std::int64_t number);
  /// Nobody waits for what comes before `number` any more.
  void forget_before(std::int64_t number);
  void clear() {
    missing_.clear();
    next_.reset();
  }

  /// Gives up what has been waited for long enough.
  void expire(TimePoint now);
  /// What to ask for now, in order. An answer takes `round_trip`: nothing is asked for again before.
  std::vector<std::int64_t> due(TimePoint now, Duration round_trip);
  /// When due() has something to do; it may be that there is nothing then.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return missing_.empty() ? std::nullopt : next_; }
  /// Whether `number` can still come.
  [[nodiscard]] bool awaits(std::int64_t number) const;
  [[nodiscard]] std::size_t size() const { return missing_.size(); }

 private:
  struct Missing {
    std::int64_t number;
    TimePoint since, next;
    unsigned asked = 0;
  };
  Config config_;
  std::vector<Missing> missing_;  // by number
  /// Never later than what the earliest of them waits for: all are asked for it after every packet.
  std::optional<TimePoint> next_;
};

}  // namespace parley::media
