#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cc/feedback.hpp"

namespace parley::media {

/// The packets of a transport that the peer has not yet told of (transport-wide-cc), by their transport-wide number. A
/// ring, as long as what is sent in a second; what is not told of within its length is forgotten.
class SentLog {
 public:
  /// The number of the next packet.
  [[nodiscard]] std::uint16_t next() const { return static_cast<std::uint16_t>(next_); }
  const cc::SentPacket& add(std::size_t size, std::optional<std::uint32_t> probe, TimePoint now,
                            Ecn mark = Ecn::NotCapable);
  /// Once for each packet that has arrived; one that is reported lost may still be reported as arrived.
  std::optional<cc::SentPacket> take(std::uint16_t number, bool arrived);
  [[nodiscard]] bool was_lost(std::int64_t number) const;
  /// By the number that does not wrap.
  std::optional<cc::SentPacket> take_full(std::int64_t number, bool arrived);
  /// It is sent once more under the same number: what arrives with it says no more how long it took. That it was lost
  /// can still be reported.
  void repeat(std::uint16_t number);
  void repeat_full(std::int64_t number);

 private:
  static constexpr std::size_t kLeast = 4096, kMost = 32768;
  static constexpr Duration kAwaited = 1s;
  struct Slot {
    cc::SentPacket packet;
    bool waiting = false, lost = false, repeated = false;
  };
  [[nodiscard]] std::int64_t full(std::uint16_t number) const;
  [[nodiscard]] std::size_t place(std::int64_t number) const {
    return static_cast<std::size_t>(number) % slots_.size();
  }
  Slot* find(std::int64_t number);
  void grow();
  std::vector<Slot> slots_ = std::vector<Slot>(kLeast);
  std::int64_t next_ = 1;
};

}  // namespace parley::media
