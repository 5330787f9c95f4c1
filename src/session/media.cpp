// Transceivers between descriptions: webrtc-pc section 5.1.
#include "base/random.hpp"
#include "jsep/transceivers.hpp"
#include "session/connection.hpp"

namespace parley::session {
namespace {

/// What a=msid calls a track (RFC 8830 section 2: at most 64 characters of token-char).
std::string make_track_id() { return system_random().text(24, kIceChars.substr(0, 62)); }

}  // namespace

jsep::TransceiverId Connection::add_track(jsep::MediaKind kind, std::vector<std::string> streams) {
  const jsep::TransceiverId id = jsep::add_track(snapshot_, kind, std::move(streams), make_track_id());
  make_sources();
  return id;
}

jsep::TransceiverId Connection::add_transceiver(jsep::Transceiver transceiver) {
  const jsep::TransceiverId id = jsep::add_transceiver(snapshot_, std::move(transceiver));
  make_sources();
  return id;
}

jsep::Transceiver* Connection::transceiver(jsep::TransceiverId id) { return jsep::transceiver_by_id(snapshot_, id); }

/// Gives every sender what is random about it: descriptions are pure functions.
void Connection::make_sources() {
  for (jsep::Transceiver& transceiver : snapshot_.transceivers) {
    jsep::Sender& sender = transceiver.sender;
    if (sender.track_id.empty()) sender.track_id = make_track_id();
    while (sender.sources.size() < sender.encodings.size())
      sender.sources.push_back({.media = Ssrc(system_random().u32()),
                                .retransmission = Ssrc(system_random().u32()),
                                .protection = Ssrc(system_random().u32())});
  }
}

}  // namespace parley::session
