#include "media/frame_chooser.hpp"

#include <algorithm>

namespace parley::media {
namespace {

using rtp::DecodeTargetUse;

bool is_present(const rtp::FrameDependencies& frame, std::size_t target) {
  return target < frame.uses.size() && frame.uses[target] != DecodeTargetUse::NotPresent;
}

bool fits(const FrameChooser::Layers& layers, const FrameChooser::Layers& wanted) {
  return layers.spatial <= wanted.spatial && layers.temporal <= wanted.temporal;
}

/// Size before rate.
bool is_below(const FrameChooser::Layers& a, const FrameChooser::Layers& b) {
  return a.spatial != b.spatial ? a.spatial < b.spatial : a.temporal < b.temporal;
}

}  // namespace

/// Frames before it say nothing of what comes.
void FrameChooser::use(const rtp::DependencyStructure& structure) {
  structure_ = structure;
  targets_.assign(structure.decode_targets, {});
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    Layers& layers = targets_[i].layers;
    for (const rtp::FrameDependencies& one : structure.templates) {
      if (!is_present(one, i)) continue;
      layers.spatial = std::max(layers.spatial, one.spatial);
      layers.temporal = std::max(layers.temporal, one.temporal);
    }
    for (std::size_t other = 0; other < targets_.size(); ++other)
      if (std::ranges::all_of(structure.templates, [&](const rtp::FrameDependencies& one) {
            return !is_present(one, other) || is_present(one, i);
          }))
        targets_[i].contains |= std::uint32_t{1} << other;
  }
  target_ = kNone;
  frames_.clear();
}

const FrameChooser::Frame* FrameChooser::find(std::int64_t number) const {
  const auto found = std::ranges::lower_bound(frames_, number, {}, &Frame::number);
  return found != frames_.end() && found->number == number ? &*found : nullptr;
}

bool FrameChooser::is_forwarded(std::int64_t number) const {
  const Frame* frame = find(number);
  return frame != nullptr && frame->choice.forwarded;
}

bool FrameChooser::has_references(const DescriptorReader::Told& told) const {
  return std::ranges::all_of(told.descriptor.frame.distances,
                             [&](std::uint16_t distance) { return is_forwarded(told.frame - distance); });
}

/// The highest target that is wanted; if there is none, the lowest.
std::size_t FrameChooser::best(const Layers& wanted) const {
  std::size_t best = kNone, lowest = kNone;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (!is_active(i)) continue;
    const Layers& layers = targets_[i].layers;
    if (lowest == kNone || is_below(layers, targets_[lowest].layers)) lowest = i;
    if (fits(layers, wanted) && (best == kNone || is_below(targets_[best].layers, layers))) best = i;
  }
  return best != kNone ? best : lowest;
}

/// Whether everything that the target's frames from this one on refer to has been forwarded.
bool FrameChooser::can_follow(std::size_t target, const DescriptorReader::Told& told) const {
  if (told.descriptor.frame.uses[target] == DecodeTargetUse::Switch && has_references(told)) return true;
  if (!targets_[target].since) return false;
  if (target_ == kNone || !is_below(targets_[target_].layers, targets_[target].layers)) return true;
  // What was left out of the larger one is not needed, but something else of it may have been lost: its chain tells.
  if (structure_->chains == 0) return true;
  const std::uint8_t distance = told.descriptor.frame.chains[structure_->protected_by[target]];
  return distance == 0 || is_forwarded(told.frame - distance);
}

/// To what is wanted, as far as this picture allows it.
void FrameChooser::follow(const DescriptorReader::Told& told, const Layers& wanted) {
  const std::size_t best = this->best(wanted);
  if (best == kNone) return;  // nothing is sent
  std::size_t chosen = kNone;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (i != best && (!is_active(i) || !fits(targets_[i].layers, wanted))) continue;
    if (!can_follow(i, told)) continue;
    if (chosen == kNone || is_below(targets_[chosen].layers, targets_[i].layers)) chosen = i;
  }
  // More than is wanted is better than nothing: of a smaller picture there may be no beginning but a key frame.
  if (chosen == kNone && target_ != kNone && targets_[target_].since) chosen = target_;
  target_ = chosen;
  wants_key_frame_ = chosen == kNone || targets_[chosen].layers.spatial != targets_[best].layers.spatial;
  if (chosen == kNone) return;
  // Where there is no more, what is wanted counts as reached.
  current_ = wanted;
  if (chosen != best) current_.temporal = targets_[chosen].layers.temporal;
  if (wants_key_frame_) current_.spatial = targets_[chosen].layers.spatial;
}

/// The frames of a picture are of rising spatial layers and have one timestamp.
bool FrameChooser::begins_picture(const DescriptorReader::Told& told, std::int64_t timestamp) const {
  return frames_.empty() || frames_.back().timestamp != timestamp ||
         told.descriptor.frame.spatial <= frames_.back().spatial;
}

/// As it would have been decided in time, with what came before it.
FrameChooser::Choice FrameChooser::choose_late(const DescriptorReader::Told& told, std::int64_t timestamp) {
  const std::uint8_t spatial = told.descriptor.frame.spatial;
  const auto behind = std::ranges::lower_bound(frames_, told.frame, {}, &Frame::number);
  const bool is_same_picture = behind->timestamp == timestamp && spatial < behind->spatial;
  const Frame& like = behind == frames_.begin() || is_same_picture ? *behind : *std::prev(behind);
  Frame late{
      .number = told.frame, .timestamp = timestamp, .spatial = spatial, .target = like.target, .choice = like.choice};
  late.choice.forwarded = is_present(told.descriptor.frame, like.target);
  late.choice.ends_picture =
      like.target < targets_.size() && told.descriptor.frame.spatial == targets_[like.target].layers.spatial;
  frames_.insert(behind, late);
  if (frames_.size() > kMostFrames) frames_.erase(frames_.begin());
  return late.choice;
}

/// Of receivers' packets any may be lost, so it is told with all of them until the next structure, which means all.
std::optional<std::uint32_t> FrameChooser::active_to_tell(const DescriptorReader::Told& told) {
  if (target_ == kNone) return std::nullopt;
  const std::uint32_t all = static_cast<std::uint32_t>((std::uint64_t{1} << targets_.size()) - 1);
  const std::uint32_t given = targets_[target_].contains & active_;
  told_active_ = given != all || (told_active_ && !told.descriptor.structure);
  return told_active_ ? std::optional(given) : std::nullopt;
}

/// What has been begun, and what cannot go on.
void FrameChooser::note(const DescriptorReader::Told& told, bool forwarded) {
  const rtp::FrameDependencies& frame = told.descriptor.frame;
  const bool decodable = forwarded && has_references(told);
  for (std::size_t i = 0; i < std::min(targets_.size(), frame.uses.size()); ++i) {
    std::optional<std::int64_t>& since = targets_[i].since;
    const DecodeTargetUse use = frame.uses[i];
    if (decodable && use == DecodeTargetUse::Switch && !since) since = told.frame;
    const bool needed = use == DecodeTargetUse::Switch || use == DecodeTargetUse::Required;
    if (!forwarded && needed && since && *since < told.frame) since.reset();
  }
}

FrameChooser::Choice FrameChooser::choose(const DescriptorReader::Told& told, std::int64_t timestamp,
                                          const Layers& wanted) {
  if (const Frame* known = find(told.frame)) return known->choice;
  const bool is_current = structure_ && *structure_ == *told.structure;
  const bool with_structure = told.descriptor.structure.has_value();
  if (!frames_.empty() && told.frame < frames_.back().number && (is_current || !with_structure)) {
    const Choice choice = choose_late(told, timestamp);
    if (is_current) note(told, choice.forwarded);
    return choice;
  }
  if (!is_current) use(*told.structure);
  if (!is_current || with_structure) active_ = ~std::uint32_t{0};
  if (told.descriptor.active_targets) active_ = *told.descriptor.active_targets;
  if (begins_picture(told, timestamp)) follow(told, wanted);
  const bool known = target_ != kNone;
  const Choice choice{.forwarded = known && is_present(told.descriptor.frame, target_),
                      .ends_picture = known && told.descriptor.frame.spatial == targets_[target_].layers.spatial,
                      .active = active_to_tell(told)};
  note(told, choice.forwarded);
  if (frames_.size() >= kMostFrames) frames_.erase(frames_.begin());
  frames_.push_back({.number = told.frame,
                     .timestamp = timestamp,
                     .spatial = told.descriptor.frame.spatial,
                     .target = target_,
                     .choice = choice});
  return choice;
}

}  // namespace parley::media
