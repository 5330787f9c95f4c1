#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "cc/packet.hpp"

namespace parley::media {

/// The packets that a stream has sent last, so that they can be sent again. A ring of buffers that are used over and
/// over: once it has gone round, nothing is allocated any more, unless it goes round within a second. Then it grows.
class PacketHistory {
 public:
  /// `least` and `most` are powers of two.
  PacketHistory(std::size_t least, std::size_t most) : slots_(least), least_(least), most_(most) {}
  explicit PacketHistory(std::size_t slots) : PacketHistory(slots, slots) {}
  /// How far back it knows of every number whether it was used.
  [[nodiscard]] std::size_t reach() const { return least_; }

  /// When what follows is sent.
  void pass(TimePoint now) { now_ = now; }

  /// The place of the packet with this number, instead of an older one. Its head has `size` bytes to be written; the
  /// rest is to be filled in, and a payload needs an owner.
  cc::Packet& store(std::uint16_t number, std::size_t size);
  /// nullptr if it is not there any more, or was sent again less than `pause` ago: an answer to what is repeated may be
  /// on its way.
  const cc::Packet* again(std::uint16_t number, TimePoint now, Duration pause);
  /// nullptr if it is not there any more.
  cc::Packet* find(std::uint16_t number);
  /// A copy of the packet with this number has left: what was written into it last is written here, too.
  void take_over(std::uint16_t number, const cc::Packet& left);

 private:
  struct Slot {
    Bytes bytes;
    cc::Packet packet;
    std::uint16_t number = 0;
    bool used = false;
    TimePoint sent{};
    std::optional<TimePoint> repeated = std::nullopt;
  };
  static constexpr Duration kKept = 1s;
  [[nodiscard]] Slot& slot_of(std::uint16_t number) { return slots_[number & (slots_.size() - 1)]; }
  void grow();

  std::vector<Slot> slots_;
  std::size_t least_, most_;
  TimePoint now_{};
};

}  // namespace parley::media
