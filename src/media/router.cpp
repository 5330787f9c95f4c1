#include "media/router.hpp"

#include <algorithm>

namespace parley::media {

void Router::set_targets(std::vector<Target> targets) {
  targets_ = std::move(targets);
  const auto is_gone = [this](const auto& entry) {
    return std::ranges::find(targets_, entry.second, &Target::key) == targets_.end();
  };
  std::erase_if(sources_, is_gone);
  if (!learn_announced()) {
    sources_.clear();
    learn_announced();
  }
}

/// Whether there was room for them. They take half of it at most, so that others find some: of too many the first.
bool Router::learn_announced() {
  std::size_t announced = 0;
  for (const Target& target : targets_)
    for (const Ssrc source : target.announced) {
      if (++announced > kMostSources / 2) return true;
      if (sources_.size() >= kMostSources && !sources_.contains(source)) return false;
      sources_[source] = target.key;
    }
  return true;
}

std::optional<SectionKey> Router::route(Ssrc source, std::string_view mid, PayloadType payload_type) {
  if (!mid.empty()) {
    const auto found = std::ranges::find(targets_, mid, &Target::mid);
    if (found == targets_.end()) return std::nullopt;
    return learn(source, found->key);
  }
  if (const auto known = find(source)) return known;
  // A payload type tells the section if it is in one only.
  std::optional<SectionKey> only;
  for (const Target& target : targets_) {
    if (std::ranges::find(target.payload_types, payload_type) == target.payload_types.end()) continue;
    if (only) return std::nullopt;
    only = target.key;
  }
  return only ? learn(source, *only) : std::nullopt;
}

std::optional<SectionKey> Router::find(Ssrc source) const {
  const auto found = sources_.find(source);
  return found == sources_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<SectionKey> Router::learn(Ssrc source, SectionKey section) {
  if (sources_.size() >= kMostSources && !sources_.contains(source)) {
    sources_.clear();
    learn_announced();
  }
  sources_[source] = section;
  return section;
}

}  // namespace parley::media
