#include "media/packet_history.hpp"

namespace parley::media {

PacketHistory::PacketHistory(std::size_t slots) : slots_(slots) {}

cc::Packet& PacketHistory::store(std::uint16_t number, std::size_t size) {
  Slot& slot = slots_[number & (slots_.size() - 1)];
  slot.bytes.resize(size);
  slot.packet = {.head = slot.bytes};
  slot.number = number;
  slot.used = true;
  slot.repeated.reset();
  return slot.packet;
}

cc::Packet* PacketHistory::find(std::uint16_t number) {
  Slot& slot = slots_[number & (slots_.size() - 1)];
  return slot.used && slot.number == number ? &slot.packet : nullptr;
}

void PacketHistory::take_over(std::uint16_t number, const cc::Packet& left) {
  cc::Packet* const kept = find(number);
  if (kept == nullptr || kept->head.size() != left.head.size()) return;
  copy_bytes(left.written_last(), kept->head);
  kept->has_left = left.has_left;
}

const cc::Packet* PacketHistory::again(std::uint16_t number, TimePoint now, Duration pause) {
  Slot& slot = slots_[number & (slots_.size() - 1)];
  if (!slot.used || slot.number != number || (slot.repeated && now - *slot.repeated < pause)) return nullptr;
  slot.repeated = now;
  return &slot.packet;
}

}  // namespace parley::media
