#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ecn.hpp"
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
    Ecn ecn = Ecn::NotCapable;
  };
  /// Packets that were told to be missing, and those of them that were told to have arrived later.
  struct Reported {
    std::uint64_t lost = 0, recovered = 0;

    Reported& operator+=(const Reported& other) {
      lost += other.lost;
      recovered += other.recovered;
      return *this;
    }
  };
  /// Some peers send many packets in little time: then feedback is more frequent.
  static constexpr std::size_t kMany = 100;
  /// So many wait at most, however many one turn of the loop brings.
  static constexpr std::size_t kMost = 1000;
  static constexpr Duration kInterval = 50ms;

  /// How long the first of those that were not told of waits.
  void set_interval(Duration interval) { interval_ = interval; }
  void arrived(std::uint16_t number, TimePoint now, Ecn ecn = Ecn::NotCapable);
  /// It has to be taken before more arrives: else nothing is told of these packets, neither that they have arrived nor
  /// that they have not.
  [[nodiscard]] bool is_full() const { return waiting_ >= kMost; }
  /// From the first packet that was not told of to the last one, without a gap in the numbers. Empty if there is
  /// nothing new.
  std::vector<Arrival> take();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  /// The count of feedback messages, which they carry.
  std::uint8_t next_count() { return count_++; }
  [[nodiscard]] const Reported& reported() const { return reported_; }

 private:
  struct Entry {
    std::int64_t number;
    TimePoint at;
    Ecn ecn;
  };
  /// What is farther from the first or the last number to tell is another beginning.
  static constexpr std::int64_t kLongestGap = 2000;
  /// How far back is known what was told. A latecomer is told of with all that follows it.
  static constexpr std::int64_t kKept = kLongestGap, kTracked = 2048;

  [[nodiscard]] std::optional<std::int64_t> first_to_tell() const;
  void note(std::int64_t number, bool arrived);
  void begin_anew(std::int64_t number);

  rtp::SequenceUnwrapper unwrapper_;
  std::vector<Entry> entries_;                // by number; also of what was told last
  std::optional<std::int64_t> first_, last_;  // of those that were not told
  std::size_t waiting_ = 0;                   // how many these are
  std::bitset<kTracked> lost_;                // as told, by number
  Reported reported_;
  std::optional<std::int64_t> told_until_;  // all before it
  std::optional<TimePoint> since_;
  Duration interval_ = kInterval;
  std::uint8_t count_ = 0;
};

}  // namespace parley::media
