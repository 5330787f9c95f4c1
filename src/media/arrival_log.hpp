#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "rtp/sequence.hpp"

namespace parley::media {

/// When the packets of a transport have arrived, by their transport-wide number: what the peer's congestion control
/// wants to know (draft-holmer-rmcat-transport-wide-cc-extensions-01).
class ArrivalLog {
 public:
  struct Arrival {
    std::uint16_t number = 0;
    std::optional<TimePoint> at = std::nullopt;  ///< nothing: not arrived
  };
  /// Some peers send many packets in little time: then feedback is more frequent.
  static constexpr std::size_t kMany = 100;
  static constexpr Duration kInterval = 50ms;

  void arrived(std::uint16_t number, TimePoint now);
  /// From the first packet that was not told of to the last that arrived, without a gap in the numbers. Empty if there
  /// is nothing new.
  std::vector<Arrival> take();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  /// The count of feedback messages, which they carry.
  std::uint8_t next_count() { return count_++; }

 private:
  struct Entry {
    std::int64_t number;
    TimePoint at;
  };
  [[nodiscard]] std::optional<std::int64_t> first_to_tell() const;

  rtp::SequenceUnwrapper unwrapper_;
  std::vector<Entry> entries_;              // by number
  std::optional<std::int64_t> told_until_;  // all before it
  std::optional<TimePoint> since_;
  std::uint8_t count_ = 0;
};

}  // namespace parley::media
