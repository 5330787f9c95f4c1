// webrtc-pc section 4.7.3: "check if negotiation is needed".
#include <algorithm>

#include "jsep/snapshot.hpp"
#include "jsep/transceivers.hpp"
#include "sdp/effective.hpp"

namespace parley::jsep {
namespace {

using Applied = std::optional<AppliedDescription>;

const sdp::MediaDescription* section_in(const Applied& applied, std::size_t index) {
  return applied && index < applied->parsed.media.size() ? &applied->parsed.media[index] : nullptr;
}

bool has_same_streams(const sdp::MediaDescription& media, const Sender& sender) {
  if (media.msids.empty()) return false;
  std::vector<std::string> described;
  for (const sdp::Msid& msid : media.msids)
    if (msid.stream != "-") described.push_back(msid.stream);
  return std::ranges::is_permutation(described, sender.streams);
}

/// Step 5.3.2: neither side's section says what the program wants now.
bool direction_differs_from_offer(const Snapshot& snapshot, std::size_t index, Direction wanted) {
  const sdp::MediaDescription& local = *section_in(snapshot.current_local, index);
  if (sdp::effective_direction(snapshot.current_local->parsed, local) == wanted) return false;
  const sdp::MediaDescription* remote = section_in(snapshot.current_remote, index);
  return !remote || sdp::reversed(sdp::effective_direction(snapshot.current_remote->parsed, *remote)) != wanted;
}

/// Step 5.3.3.
bool direction_differs_from_answer(const Snapshot& snapshot, std::size_t index, Direction wanted) {
  const sdp::MediaDescription& local = *section_in(snapshot.current_local, index);
  const sdp::MediaDescription* offer = section_in(snapshot.current_remote, index);
  if (!offer) return true;
  const Direction offered = sdp::reversed(sdp::effective_direction(snapshot.current_remote->parsed, *offer));
  return sdp::effective_direction(snapshot.current_local->parsed, local) != sdp::intersection(wanted, offered);
}

bool needs_negotiation(const Snapshot& snapshot, const Transceiver& transceiver) {
  if (transceiver.stopping && !transceiver.stopped) return true;
  const MediaSection* section = section_of(snapshot.stable, transceiver.id);
  if (transceiver.stopped)  // the steps after a rejection take it out of the set
    return section && !snapshot.stable.sections[section->index].rejected;
  const sdp::MediaDescription* media = section ? section_in(snapshot.current_local, section->index) : nullptr;
  if (!media) return true;
  if (sdp::sends(transceiver.direction) && !has_same_streams(*media, transceiver.sender)) return true;
  return snapshot.current_local->type == SdpType::Offer
             ? direction_differs_from_offer(snapshot, section->index, transceiver.direction)
             : direction_differs_from_answer(snapshot, section->index, transceiver.direction);
}

}  // namespace

bool negotiation_needed(const Snapshot& snapshot, const Wishes& wishes) {
  if (!snapshot.ice_credentials_to_replace.empty()) return true;
  if (wishes.data_channel && !snapshot.now.data) return true;
  return std::ranges::any_of(snapshot.transceivers,
                             [&](const Transceiver& one) { return needs_negotiation(snapshot, one); });
}

}  // namespace parley::jsep
