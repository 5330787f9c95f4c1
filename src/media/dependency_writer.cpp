#include "media/dependency_writer.hpp"

#include <algorithm>

namespace parley::media {

void DependencyWriter::set_scalability_mode(std::string_view name) { told_mode_ = read_scalability_mode(name); }

bool DependencyWriter::has_regular_layers(const formats::FrameInfo& info) const {
  return told_mode_ && info.temporal_index && *info.temporal_index < told_mode_->temporal;
}

/// A structure with other content has other ids, so that nothing is read by the wrong one.
void DependencyWriter::begin(const formats::FrameInfo& info) {
  LayerMode mode = told_mode_.value_or(LayerMode());
  mode.spatial = std::clamp<std::uint8_t>(info.spatial_layers, 1, LayerMode::kMostSpatial);
  // How many there will be is not known, and nothing can be added before the next key frame.
  if (!told_mode_) mode.temporal = info.temporal_index ? LayerMode::kMostTemporal : std::uint8_t{1};
  rtp::DependencyStructure structure = structure_of(mode);
  if (mode.spatial == 1 && info.width > 0 && info.height > 0)
    structure.sizes.push_back({.width = info.width, .height = info.height});
  if (structure_) structure.first_template = structure_->first_template;
  if (structure != structure_) {
    constexpr std::size_t kIds = rtp::DependencyStructure::kMostTemplates;
    structure.first_template = static_cast<std::uint8_t>(next_template_);
    next_template_ = (next_template_ + structure.templates.size()) % kIds;
    structure_ = std::move(structure);
  }
  // Nothing refers to what is before; another source may use the same numbers again.
  sent_.clear();
  next_sent_ = 0;
  if (mode != mode_) references_ = LayerReferences(mode);
  mode_ = mode;
}

/// The program's numbers, as long as they rise a little each time.
std::int64_t DependencyWriter::number_of(const FrameIdentity& identity) {
  constexpr std::uint64_t kMostStep = 16;
  std::int64_t number = last_number_ + 1;
  if (identity.id && last_number_ < 0) {
    number = static_cast<std::int64_t>(*identity.id & 0xFFFF);
  } else if (identity.id && last_id_) {
    const std::uint64_t step = *identity.id - *last_id_;
    if (step >= 1 && step <= kMostStep) number = last_number_ + static_cast<std::int64_t>(step);
  }
  last_number_ = number;
  last_id_ = identity.id;
  return number;
}

/// By what the program says that it needs; nullopt if it does not say it, or names what was not sent.
std::optional<std::vector<std::uint16_t>> DependencyWriter::distances(const FrameIdentity& identity,
                                                                      std::int64_t number) const {
  if (!identity.id || identity.needs.empty()) return std::nullopt;
  std::vector<std::uint16_t> distances;
  distances.reserve(identity.needs.size());
  for (const std::uint64_t id : identity.needs) {
    const auto found = std::ranges::find(sent_, id, &Sent::id);
    if (found == sent_.end() || found->number >= number) return std::nullopt;
    if (number - found->number > rtp::DependencyDescriptor::kMostDistance) return std::nullopt;
    const auto distance = static_cast<std::uint16_t>(number - found->number);
    if (std::ranges::find(distances, distance) == distances.end()) distances.push_back(distance);
  }
  std::ranges::sort(distances);
  return distances;
}

/// One that says the same, or else as much as possible.
std::size_t DependencyWriter::template_for(const rtp::FrameDependencies& frame) const {
  std::size_t best = 0;
  int most = -1;
  for (std::size_t i = 0; i < structure_->templates.size(); ++i) {
    const rtp::FrameDependencies& one = structure_->templates[i];
    if (one.spatial != frame.spatial || one.temporal != frame.temporal) continue;
    const int same = (one.uses == frame.uses ? 1 : 0) + (one.distances == frame.distances ? 1 : 0) +
                     (one.chains == frame.chains ? 1 : 0);
    if (same <= most) continue;
    most = same;
    best = i;
  }
  return best;
}

bool DependencyWriter::describe(const formats::FrameInfo& info, const FrameIdentity& identity, Values& values) {
  values.first.clear();
  values.rest.clear();
  // A frame that is all of its picture may have several layers in it: it has the place of the lowest.
  const std::uint8_t index = info.spatial_layers > 1 ? info.spatial_index : std::uint8_t{0};
  const bool begins = info.key_frame && index == 0;
  if (begins) begin(info);
  if (!structure_) return false;
  using Picture = LayerReferences::Picture;
  if (index == 0) picture_ = begins ? Picture::Key : Picture::Other;
  const auto spatial = std::min<std::uint8_t>(index, static_cast<std::uint8_t>(mode_.spatial - 1));
  const std::uint8_t wanted = picture_ == Picture::Key ? std::uint8_t{0} : info.temporal_index.value_or(0);
  const auto temporal = std::min<std::uint8_t>(wanted, static_cast<std::uint8_t>(mode_.temporal - 1));
  const std::int64_t number = number_of(identity);
  rtp::DependencyDescriptor told{.frame_number = static_cast<std::uint16_t>(number)};
  told.frame = references_.next(picture_, spatial, temporal, number);
  if (!begins)
    if (auto known = distances(identity, number)) told.frame.distances = *std::move(known);
  if (identity.id) {
    if (sent_.size() < kMostSent) sent_.resize(kMostSent, {.id = *identity.id, .number = number});
    sent_[next_sent_++ % kMostSent] = {.id = *identity.id, .number = number};
  }
  told.template_id = static_cast<std::uint8_t>((structure_->first_template + template_for(told.frame)) %
                                               rtp::DependencyStructure::kMostTemplates);
  if (!write(told, *structure_, values.rest)) return false;
  if (begins) told.structure = structure_;
  return write(told, *structure_, values.first);
}

void DependencyWriter::pass(ByteView descriptor) {
  if (descriptor.size() < 3) return;
  structure_.reset();  // the receiver has another one
  last_id_.reset();
  sent_.clear();
  next_sent_ = 0;
  last_number_ = descriptor[1] << 8 | descriptor[2];
}

}  // namespace parley::media
