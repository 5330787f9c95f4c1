#include "jsep/track_changes.hpp"

#include <algorithm>

#include "jsep/transceivers.hpp"

namespace parley::jsep {
namespace {

using Strings = std::vector<std::string>;

Strings without(const Strings& all, const Strings& others) {
  Strings rest;
  for (const std::string& one : all)
    if (std::ranges::find(others, one) == others.end()) rest.push_back(one);
  return rest;
}

TrackChange change(const MediaSection& before, const MediaSection& after) {
  const bool arrived = before.fired && sdp::receives(*before.fired);
  const bool arrives = after.fired && sdp::receives(*after.fired);
  TrackChange change{.transceiver = after.transceiver,
                     .mutes = arrived && !arrives,
                     .added = without(after.remote_streams, before.remote_streams),
                     .removed = without(before.remote_streams, after.remote_streams),
                     .streams = after.remote_streams};
  change.fires = arrives && (!arrived || !change.added.empty());
  return change;
}

bool is_something(const TrackChange& change) {
  return change.fires || change.mutes || !change.added.empty() || !change.removed.empty();
}

}  // namespace

std::vector<TrackChange> track_changes(const Agreement& before, const Agreement& after) {
  std::vector<TrackChange> changes;
  for (const MediaSection& old : before.media) {
    if (section_of(after, old.transceiver)) continue;
    TrackChange gone = change(old, MediaSection{.transceiver = old.transceiver});
    if (is_something(gone)) changes.push_back(std::move(gone));
  }
  for (const MediaSection& now : after.media) {
    const MediaSection* old = section_of(before, now.transceiver);
    TrackChange changed = change(old ? *old : MediaSection{}, now);
    if (is_something(changed)) changes.push_back(std::move(changed));
  }
  return changes;
}

}  // namespace parley::jsep
