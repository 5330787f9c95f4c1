#pragma once

#include "base/result.hpp"
#include "jsep/snapshot.hpp"
#include "sdp/model.hpp"

/// What descriptions amount to, step by step: the middle of plan(). All descriptions have passed jsep/check.hpp by
/// themselves; what is refused here contradicts the ICE generation or DTLS association in use (InvalidAccessError).
namespace parley::jsep {

/// After a local offer was set: new transports and generations begin, what has been agreed goes on. `next` gives ids to
/// new transports.
Agreement agree_on_local_offer(const Snapshot& snapshot, const sdp::Description& offer, TransportId& next);

/// After a remote offer was set: transports get their ids; nothing happens to them before it is answered.
Result<Agreement> agree_on_remote_offer(const Snapshot& snapshot, const sdp::Description& offer, TransportId& next);

struct Answered {
  const sdp::Description& offer;
  const sdp::Description& answer;
  /// Who answers.
  Side answerer;
  /// Answer or Pranswer.
  SdpType type;
};
Result<Agreement> agree_on_answer(const Snapshot& snapshot, const Answered& answered, TransportId& next);

}  // namespace parley::jsep
