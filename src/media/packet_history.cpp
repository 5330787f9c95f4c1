#include "media/packet_history.hpp"

namespace parley::media {

PacketHistory::PacketHistory(std::size_t slots) : slots_(slots) {}

std::span<std::uint8_t> PacketHistory::store(std::uint16_t number, std::size_t size) {
  Slot& slot = slots_[number & (slots_.size() - 1)];
  slot.bytes.resize(size);
  slot.number = number;
  slot.used = true;
  slot.repeated.reset();
  return slot.bytes;
}

ByteView PacketHistory::again(std::uint16_t number, TimePoint now, Duration pause) {
  Slot& slot = slots_[number & (slots_.size() - 1)];
  if (!slot.used || slot.number != number || (slot.repeated && now - *slot.repeated < pause)) return {};
  slot.repeated = now;
  return slot.bytes;
}

}  // namespace parley::media
