#pragma once

#include <string>
#include <vector>

#include "jsep/snapshot.hpp"

/// What a description changes about remote tracks: the lists muteTracks, removeList, addList and trackEventInits of
/// webrtc-pc section 4.4.1.5.
namespace parley::jsep {

struct TrackChange {
  TransceiverId transceiver;
  /// The track arrives (again), or is in more streams now: an event.
  bool fires = false;
  /// It does not arrive any more.
  bool mutes = false;
  /// Ids of streams.
  std::vector<std::string> added, removed;
  /// All streams it is in now.
  std::vector<std::string> streams;
  bool operator==(const TrackChange&) const = default;
};

/// Only those that changed, in the order of the sections.
std::vector<TrackChange> track_changes(const Agreement& before, const Agreement& after);

}  // namespace parley::jsep
