#include "media/protector.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rtp/packet.hpp"

namespace parley::media {

void Protector::note_loss(double fraction, Duration repetition) {
  loss_ += (fraction - loss_) / 2;
  repetition_ = repetition;
  if (group() == 0) begun_.reset();
}

std::size_t Protector::group() const {
  if (loss_ < kLittleLoss || repetition_ <= kSoon) return 0;
  return std::clamp(static_cast<std::size_t>(std::lround(0.5 / loss_)), kFewest, kMost);
}

std::optional<rtp::Protection> Protector::add(std::uint16_t number, ByteView packet) {
  if (group() == 0) return std::nullopt;
  // What comes late to whoever passes it on is before what was begun.
  if (begun_ && static_cast<std::int16_t>(static_cast<std::uint16_t>(number - begun_->base)) < 0) return std::nullopt;
  // Numbers that others have taken in between leave holes, for which masks have room.
  constexpr std::uint16_t kReach = 48;
  if (!begun_ || static_cast<std::uint16_t>(number - begun_->base) >= kReach)
    begun_ = rtp::Protection{.source = {}, .base = number};
  begun_->mask.set(static_cast<std::uint16_t>(number - begun_->base));
  Bytes& content = begun_->parity.content;
  content.resize(std::max(content.size(), packet.size() - rtp::kFixedHeader));
  begun_->parity.fold(packet);
  return begun_->mask.count() >= group() ? std::exchange(begun_, std::nullopt) : std::nullopt;
}

}  // namespace parley::media
