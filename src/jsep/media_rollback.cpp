#include <algorithm>

#include "jsep/media.hpp"
#include "jsep/transceivers.hpp"

namespace parley::jsep {

void remember_encodings(Transceiver& transceiver) {
  const auto& encodings = transceiver.sender.encodings;
  const bool ridless = encodings.size() == 1 && !encodings.front().rid;
  transceiver.ridless_encodings = ridless ? std::optional(encodings) : std::nullopt;
}

void remember_encodings(Snapshot& snapshot) {
  for (Transceiver& transceiver : snapshot.transceivers) remember_encodings(transceiver);
}

void roll_back_media(Snapshot& snapshot) {
  std::erase_if(snapshot.transceivers, [&](const Transceiver& transceiver) {
    return transceiver.origin == Origin::RemoteOffer && !transceiver.had_track_added &&
           !section_of(snapshot.now, transceiver.id);
  });
  for (Transceiver& transceiver : snapshot.transceivers) {
    Sender& sender = transceiver.sender;
    if (!transceiver.ridless_encodings || !sender.encodings.front().rid) continue;
    sender.encodings = *transceiver.ridless_encodings;
    if (sender.sources.size() > 1) sender.sources.resize(1);
  }
}

}  // namespace parley::jsep
