#pragma once

#include "jsep/agree.hpp"
#include "jsep/snapshot.hpp"

/// What a description does to transceivers: webrtc-pc section 4.4.1.5 ("set a session description"), the steps for each
/// media description, and RFC 9429 sections 5.9 to 5.11. `snapshot` is the one on its way: its sections and transports
/// are already those of the description, its media sections still those from before.
namespace parley::jsep {

/// Step 4.5: what a rollback goes back to is kept. For an offer in the state stable.
void remember_encodings(Snapshot& snapshot);
void remember_encodings(Transceiver& transceiver);

/// `before`: the sections before the offer.
void apply_local_offer_to_media(Snapshot& snapshot, const std::vector<Section>& before, const sdp::Description& offer);
void apply_remote_offer_to_media(Snapshot& snapshot, const std::vector<Section>& before, const sdp::Description& offer);
void apply_answer_to_media(Snapshot& snapshot, const Answered& answered);

/// The last steps on the way to the state stable: encodings lose the codecs that were not negotiated for sending, and
/// layers that no negotiated one has.
void drop_unnegotiated_codecs(Snapshot& snapshot);

/// The steps of a rollback that assigning the stable agreement does not do: transceivers that a remote offer made go,
/// unless addTrack() has used them; encodings that it proposed, too.
void roll_back_media(Snapshot& snapshot);

}  // namespace parley::jsep
