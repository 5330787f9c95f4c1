#include "media/temporal_trust.hpp"

#include <algorithm>

namespace parley::media {
namespace {

using formats::SwitchUp;

/// From the lowest to this one.
std::uint8_t layers_to(std::uint8_t index) { return static_cast<std::uint8_t>((2U << index) - 1); }

}  // namespace

void TemporalTrust::given(const formats::PayloadInfo& head) {
  if (!head.place || !head.picture_id) return give_up();
  if (head.key_frame) {
    lost_ = false;
    intact_ = kAll;
  }
  const formats::TemporalPlace& place = *head.place;
  last_ = {.picture_id = *head.picture_id, .base_index = place.base_index};
  highest_ = std::max(highest_, place.index);
  intact_ = static_cast<std::uint8_t>(intact_ | 1U << place.index);
  if (place.switch_up == SwitchUp::NextPicture) intact_ = static_cast<std::uint8_t>(intact_ | ~layers_to(place.index));
  says_when_ |= place.switch_up != SwitchUp::No;
  if ((intact_ & layers_to(highest_)) != layers_to(highest_)) return;
  lost_ = false;
  intact_ = kAll;
}

void TemporalTrust::passed_over(const formats::PayloadInfo& head) {
  if (head.place) highest_ = std::max(highest_, head.place->index);
}

void TemporalTrust::lost() {
  if (!may_lose()) return give_up();
  lost_ = true;
  intact_ = layers_to(0);
}

TemporalTrust::Verdict TemporalTrust::judge(const formats::PayloadInfo& head) const {
  using enum Verdict;
  if (head.key_frame) return Decodable;
  if (!last_ || !head.place || !head.picture_id) return Broken;
  // The count of the lowest layer's pictures begins again after 256 of them.
  constexpr int kMostPictures = 127;
  const int distance = (*head.picture_id - last_->picture_id) & 0x7FFF;
  if (distance == 0 || distance > kMostPictures) return Broken;
  const auto& [index, base_index, switch_up] = *head.place;
  if (index == 0) return base_index == static_cast<std::uint8_t>(last_->base_index + 1) ? Decodable : Broken;
  if (base_index != last_->base_index) return Broken;
  const bool needs_lowest_only = switch_up == SwitchUp::ThisPicture;
  return needs_lowest_only || (intact_ & layers_to(index)) == layers_to(index) ? Decodable : PassOver;
}

}  // namespace parley::media
