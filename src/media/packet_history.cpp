#include "media/packet_history.hpp"

#include <utility>

namespace parley::media {

void PacketHistory::grow() {
  std::vector<Slot> before(2 * slots_.size());
  before.swap(slots_);
  for (Slot& slot : before)
    if (slot.used) slot_of(slot.number) = std::move(slot);
}

cc::Packet& PacketHistory::store(std::uint16_t number, std::size_t size) {
  if (const Slot& oldest = slot_of(number); oldest.used && now_ - oldest.sent < kKept && slots_.size() < most_) grow();
  Slot& slot = slot_of(number);
  slot.bytes.resize(size);
  slot.packet = {.head = slot.bytes};
  slot.number = number;
  slot.used = true;
  slot.sent = now_;
  slot.repeated.reset();
  return slot.packet;
}

cc::Packet* PacketHistory::find(std::uint16_t number) {
  Slot& slot = slot_of(number);
  return slot.used && slot.number == number ? &slot.packet : nullptr;
}

void PacketHistory::take_over(std::uint16_t number, const cc::Packet& left) {
  cc::Packet* const kept = find(number);
  if (kept == nullptr || kept->head.size() != left.head.size()) return;
  copy_bytes(left.written_last(), kept->head);
  kept->has_left = left.has_left;
}

const cc::Packet* PacketHistory::again(std::uint16_t number, TimePoint now, Duration pause) {
  Slot& slot = slot_of(number);
  if (!slot.used || slot.number != number || (slot.repeated && now - *slot.repeated < pause)) return nullptr;
  slot.repeated = now;
  return &slot.packet;
}

}  // namespace parley::media
