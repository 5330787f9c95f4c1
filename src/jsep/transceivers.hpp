#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "jsep/snapshot.hpp"

/// The set of transceivers, and what a program does to it between descriptions: webrtc-pc sections 5.1 to 5.4. None of
/// this concerns the peer before the next description.
namespace parley::jsep {

const Transceiver* transceiver_by_id(const Snapshot& snapshot, TransceiverId id);
Transceiver* transceiver_by_id(Snapshot& snapshot, TransceiverId id);

/// The section that a transceiver is associated with; nullptr if there is none.
const MediaSection* section_of(const Agreement& agreement, TransceiverId id);
const MediaSection* media_section_at(const Agreement& agreement, std::size_t index);

/// Makes a transceiver out of one with everything but an id, at the end of the set.
TransceiverId add_transceiver(Snapshot& snapshot, Transceiver transceiver);

/// addTrack(): a transceiver whose sender has no track and has never sent, or else a new one with `track_id`
/// (addTrack steps 7 to 9). The name of a track never changes: a sender that has one keeps it.
TransceiverId add_track(Snapshot& snapshot, MediaKind kind, std::vector<std::string> streams, std::string track_id);

/// removeTrack() steps 6 and 9 to 12: the transceiver sends no more. Nothing happens if it is stopping or has no track.
void remove_track(Transceiver& transceiver);

/// stop(): "stop sending and receiving". The next offer rejects its section.
void stop_sending_and_receiving(Transceiver& transceiver);

/// "Stop the RTCRtpTransceiver": its section was rejected, or the connection closes.
void stop(Snapshot& snapshot, TransceiverId id);

/// The list without repetitions.
std::vector<std::string> each_once(std::vector<std::string> ids);

}  // namespace parley::jsep
