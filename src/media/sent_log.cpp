#include "media/sent_log.hpp"

namespace parley::media {

const cc::SentPacket& SentLog::add(std::size_t size, std::optional<std::uint32_t> probe, TimePoint now, Ecn mark) {
  const Slot& oldest = slots_[place(next_)];
  if (oldest.waiting && now - oldest.packet.sent < kAwaited && slots_.size() < kMost) grow();
  Slot& slot = slots_[place(next_)];
  slot = {.packet = {.number = next_, .size = size, .sent = now, .probe = probe, .ecn = mark}, .waiting = true};
  ++next_;
  return slot.packet;
}

void SentLog::grow() {
  std::vector<Slot> before(2 * slots_.size());
  before.swap(slots_);
  for (const Slot& slot : before)
    if (slot.packet.number > 0) slots_[place(slot.packet.number)] = slot;
}

/// Of all that have this number, the last one sent.
std::int64_t SentLog::full(std::uint16_t number) const {
  const auto last = static_cast<std::uint16_t>(next_ - 1);
  return next_ - 1 - static_cast<std::uint16_t>(last - number);
}

bool SentLog::was_lost(std::int64_t number) const {
  if (number < 1) return false;
  const Slot& slot = slots_[place(number)];
  return slot.packet.number == number && slot.lost;
}

SentLog::Slot* SentLog::find(std::int64_t number) {
  if (number < 1) return nullptr;
  Slot& slot = slots_[place(number)];
  return slot.packet.number == number && slot.waiting ? &slot : nullptr;
}

std::optional<cc::SentPacket> SentLog::take(std::uint16_t number, bool arrived) {
  return take_full(full(number), arrived);
}

std::optional<cc::SentPacket> SentLog::take_full(std::int64_t number, bool arrived) {
  Slot* const slot = find(number);
  if (slot == nullptr || (arrived ? slot->repeated : slot->lost)) return std::nullopt;
  if (arrived) {
    slot->waiting = false;
  } else {
    slot->lost = true;
  }
  return slot->packet;
}

void SentLog::repeat(std::uint16_t number) { repeat_full(full(number)); }

void SentLog::repeat_full(std::int64_t number) {
  if (Slot* const slot = find(number)) slot->repeated = true;
}

}  // namespace parley::media
