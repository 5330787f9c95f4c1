#include "media/recovery.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {

/// The number nearest to the newest one. Begins high enough that nothing is negative.
std::int64_t Recovery::full(std::uint16_t number) {
  if (!newest_) newest_ = (std::int64_t{1} << 32) + number;
  return *newest_ +
         static_cast<std::int16_t>(static_cast<std::uint16_t>(number - static_cast<std::uint16_t>(*newest_)));
}

const Recovery::Slot* Recovery::find(std::int64_t number) const {
  const Slot& slot = slots_[static_cast<std::size_t>(number) % kKept];
  return slot.number == number ? &slot : nullptr;
}

void Recovery::store(std::int64_t number, ByteView packet) {
  Slot& slot = slots_[static_cast<std::size_t>(number) % kKept];
  if (slot.number > number) return;  // too late to be of use
  bytes_ -= slot.packet.size();
  slot.number = number;
  slot.packet.assign(packet.begin(), packet.end());
  bytes_ += slot.packet.size();
  newest_ = std::max(*newest_, number);
  for (Waiting& one : waiting_)
    if (one.protection.protects(static_cast<std::uint16_t>(number))) one.changed = true;
}

void Recovery::keep(std::uint16_t number, ByteView packet) { store(full(number), packet); }

void Recovery::strike_out(std::uint16_t number) {
  const std::int64_t struck = full(number);
  if (find(struck) == nullptr) store(struck, {});
}

void Recovery::protect(rtp::Protection&& protection) {
  const std::int64_t base = full(protection.base);
  if (waiting_.size() == kMostWaiting) discard(waiting_.begin());
  bytes_ += protection.parity.content.size();
  waiting_.push_back({.base = base, .protection = std::move(protection)});
}

Recovery::Lack Recovery::lack_of(const Waiting& one) const {
  Lack lack;
  for (std::size_t i = 0; i < rtp::Protection::kMost; ++i) {
    if (!one.protection.mask[i]) continue;
    const std::int64_t number = one.base + static_cast<std::int64_t>(i);
    const Slot* slot = find(number);
    if (slot == nullptr) {
      ++lack.missing;
      lack.last = number;
    } else if (slot->packet.empty()) {
      ++lack.unknown;
    }
  }
  return lack;
}

std::optional<Bytes> Recovery::recover(const Waiting& one, std::int64_t missing) const {
  rtp::Parity parity = one.protection.parity;
  for (std::size_t i = 0; i < rtp::Protection::kMost; ++i)
    if (const std::int64_t number = one.base + static_cast<std::int64_t>(i);
        one.protection.mask[i] && number != missing)
      parity.fold(find(number)->packet);
  return parity.packet(source_, static_cast<std::uint16_t>(missing));
}

void Recovery::discard(const std::deque<Waiting>::iterator& one) {
  ++useless_;
  bytes_ -= one->protection.parity.content.size();
  waiting_.erase(one);
}

void Recovery::drop() {
  useless_ += waiting_.size();
  waiting_.clear();
  newest_.reset();
  slots_ = std::vector<Slot>(kKept);
  bytes_ = 0;
}

std::optional<Bytes> Recovery::next() {
  const auto changed = [&] { return std::ranges::find(waiting_, true, &Waiting::changed); };
  for (auto one = changed(); one != waiting_.end(); one = changed()) {
    one->changed = false;
    const Lack lack = lack_of(*one);
    // What is not there and older than all that is kept was there, or nobody waits for it any more.
    const bool past = lack.missing > 0 && *newest_ - lack.last >= static_cast<std::int64_t>(kKept);
    if (lack.missing == 0 || past) {
      discard(one);
      continue;
    }
    if (lack.missing > 1 || lack.unknown > 0) continue;
    auto packet = recover(*one, lack.last);
    discard(one);
    if (!packet) continue;
    --useless_;
    store(lack.last, *packet);
    return packet;
  }
  return std::nullopt;
}

}  // namespace parley::media
