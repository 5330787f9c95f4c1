#include "media/layer_structure.hpp"

#include <algorithm>
#include <span>
#include <tuple>

namespace parley::media {
namespace {

using rtp::DecodeTargetUse;

constexpr std::uint8_t kOne[] = {0}, kTwo[] = {0, 1}, kThree[] = {0, 2, 1, 2};
constexpr std::span<const std::uint8_t> kPatterns[] = {kOne, kTwo, kThree};

}  // namespace

std::optional<LayerMode> read_scalability_mode(std::string_view name) {
  const auto digit = [&](std::size_t at, unsigned most) -> std::uint8_t {
    const int value = name[at] - '0';
    return value >= 1 && value <= static_cast<int>(most) ? static_cast<std::uint8_t>(value) : std::uint8_t{0};
  };
  if (name.size() != 4 || name[0] != 'L' || name[2] != 'T') return std::nullopt;
  const LayerMode mode{.spatial = digit(1, LayerMode::kMostSpatial),
                       .temporal = digit(3, LayerMode::kMostTemporal),
                       .needs = LayerMode::Needs::Regular};
  return mode.spatial > 0 && mode.temporal > 0 ? std::optional(mode) : std::nullopt;
}

/// Decode target n has the spatial layers up to n / temporal and the temporal layers up to n % temporal.
DecodeTargetUse LayerReferences::use_of(Picture picture, const rtp::FrameDependencies& frame,
                                        std::size_t target) const {
  const std::size_t spatial = target / mode_.temporal, temporal = target % mode_.temporal;
  if (frame.spatial > spatial || frame.temporal > temporal) return DecodeTargetUse::NotPresent;
  if (picture == Picture::Key) return DecodeTargetUse::Switch;
  if (frame.spatial < spatial) return DecodeTargetUse::Required;
  if (mode_.needs == LayerMode::Needs::Unknown)
    return frame.temporal == 0 && temporal == 0 ? DecodeTargetUse::Switch : DecodeTargetUse::Required;
  return frame.temporal > 0 && frame.temporal == temporal ? DecodeTargetUse::Discardable : DecodeTargetUse::Switch;
}

void LayerReferences::add_distances(Picture picture, std::int64_t number, rtp::FrameDependencies& frame) const {
  const auto add = [&](const Number& needed) {
    if (needed && number - *needed >= 1 && number - *needed <= rtp::DependencyDescriptor::kMostDistance)
      frame.distances.push_back(static_cast<std::uint16_t>(number - *needed));
  };
  if (frame.spatial > 0) add(below_);
  if (picture == Picture::Key) return;
  const auto& own = last_[frame.spatial];
  if (mode_.needs == LayerMode::Needs::Regular) {
    // std::nullopt is less than any number.
    add(*std::ranges::max_element(std::span(own).first(std::max<std::size_t>(frame.temporal, 1))));
  } else {
    for (std::size_t i = 0; i <= frame.temporal; ++i) add(own[i]);
  }
  std::ranges::sort(frame.distances);
}

void LayerReferences::note(std::int64_t number, const rtp::FrameDependencies& frame) {
  last_[frame.spatial][frame.temporal] = number;
  below_ = number;
  if (frame.temporal > 0) return;
  for (std::size_t i = frame.spatial; i < chains_.size(); ++i) chains_[i] = number;
}

rtp::FrameDependencies LayerReferences::next(Picture picture, std::uint8_t spatial, std::uint8_t temporal,
                                             std::int64_t number) {
  if (spatial == 0) below_.reset();
  if (picture == Picture::Key && spatial == 0) *this = LayerReferences(mode_);
  rtp::FrameDependencies frame{.spatial = spatial, .temporal = temporal, .uses = {}, .distances = {}, .chains = {}};
  const std::size_t targets = std::size_t{mode_.spatial} * mode_.temporal;
  frame.uses.reserve(targets);
  for (std::size_t i = 0; i < targets; ++i) frame.uses.push_back(use_of(picture, frame, i));
  add_distances(picture, number, frame);
  frame.chains.reserve(mode_.spatial);
  for (std::size_t i = 0; i < mode_.spatial; ++i)
    frame.chains.push_back(
        static_cast<std::uint8_t>(chains_[i] ? std::min<std::int64_t>(number - *chains_[i], 255) : std::int64_t{0}));
  note(number, frame);
  return frame;
}

rtp::DependencyStructure structure_of(const LayerMode& mode) {
  rtp::DependencyStructure structure;
  structure.decode_targets = std::size_t{mode.spatial} * mode.temporal;
  structure.chains = mode.spatial;
  structure.protected_by.reserve(structure.decode_targets);
  for (std::size_t i = 0; i < structure.decode_targets; ++i)
    structure.protected_by.push_back(static_cast<std::uint8_t>(i / mode.temporal));
  LayerReferences references(mode);
  std::int64_t number = 0;
  const auto picture = [&](LayerReferences::Picture kind, std::uint8_t temporal, bool kept) {
    for (std::uint8_t spatial = 0; spatial < mode.spatial; ++spatial) {
      auto frame = references.next(kind, spatial, temporal, number++);
      if (kept && std::ranges::find(structure.templates, frame) == structure.templates.end())
        structure.templates.push_back(std::move(frame));
    }
  };
  const auto pattern = kPatterns[mode.temporal - 1];
  picture(LayerReferences::Picture::Key, 0, true);
  for (std::size_t i = 1; i < pattern.size() * 3; ++i)  // from the second round on as ever after
    picture(LayerReferences::Picture::Other, pattern[i % pattern.size()], i >= pattern.size() * 2);
  std::ranges::stable_sort(structure.templates, {},
                           [](const rtp::FrameDependencies& one) { return std::tuple(one.spatial, one.temporal); });
  return structure;
}

}  // namespace parley::media
