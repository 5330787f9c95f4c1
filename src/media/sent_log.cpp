#include "media/sent_log.hpp"

namespace parley::media {

const cc::SentPacket& SentLog::add(std::size_t size, std::optional<std::uint32_t> probe, TimePoint now, Ecn mark) {
  Slot& slot = slots_[static_cast<std::size_t>(next_) % kLength];
  slot = {.packet = {.number = next_, .size = size, .sent = now, .probe = probe, .ecn = mark},
          .waiting = true,
          .lost = false};
  ++next_;
  return slot.packet;
}

std::optional<cc::SentPacket> SentLog::take(std::uint16_t number, bool arrived) {
  // Of all that have this number, the last one sent.
  const auto last = static_cast<std::uint16_t>(next_ - 1);
  return take_full(next_ - 1 - static_cast<std::uint16_t>(last - number), arrived);
}

bool SentLog::was_lost(std::int64_t number) const {
  if (number < 1) return false;
  const Slot& slot = slots_[static_cast<std::size_t>(number) % kLength];
  return slot.packet.number == number && slot.lost;
}

std::optional<cc::SentPacket> SentLog::take_full(std::int64_t full, bool arrived) {
  if (full < 1) return std::nullopt;
  Slot& slot = slots_[static_cast<std::size_t>(full) % kLength];
  if (slot.packet.number != full || !slot.waiting || (!arrived && slot.lost)) return std::nullopt;
  if (arrived) {
    slot.waiting = false;
  } else {
    slot.lost = true;
  }
  return slot.packet;
}

}  // namespace parley::media
