#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "jsep/snapshot.hpp"
#include "sdp/model.hpp"

/// createOffer and createAnswer, RFC 9429 sections 5.2 and 5.3.
namespace parley::jsep {

/// What this side says about itself in every description.
struct LocalParameters {
  /// Of all certificates; not empty.
  std::vector<sdp::Fingerprint> fingerprints;
  /// Taken in order by the sections that need a new transport or an ICE restart.
  std::vector<FreshTransport> fresh;
  /// RTCRtcpParameters.cname of all senders (RFC 7022).
  std::string cname = {};
  std::uint16_t sctp_port = 5000;
  /// The largest message this side receives; 0 means any size.
  std::uint64_t max_message_size = 262144;
};

/// How many of LocalParameters::fresh suffice for any description made from this snapshot.
std::size_t fresh_transports_needed(const Snapshot& snapshot);

/// RTCBundlePolicy: which sections of an offer have a transport of their own, as long as no group is negotiated (RFC
/// 9429 section 4.1.1).
enum class BundlePolicy { Balanced, MaxCompat, MaxBundle };

struct OfferOptions {
  LocalParameters local;
  Wishes wishes;
  /// What was gathered for the generations in use: a new description contains it.
  std::vector<GatheredCandidates> gathered;
  /// RTCOfferOptions.iceRestart. A restart asked for by restartIce() is in the snapshot.
  bool ice_restart = false;
  BundlePolicy bundle_policy = BundlePolicy::Balanced;
};

struct AnswerOptions {
  LocalParameters local;
  Wishes wishes;
  std::vector<GatheredCandidates> gathered;
  /// With MaxBundle what is not bundled is rejected.
  BundlePolicy bundle_policy = BundlePolicy::Balanced;
};

struct Created {
  std::string sdp;
  /// The snapshot with the text as the last created one, and the next session version.
  Snapshot result;
};

/// InvalidStateError in a state other than stable and have-local-offer; OperationError if `options` lack what is
/// needed.
Result<Created> create_offer(const Snapshot& snapshot, const OfferOptions& options);
/// InvalidStateError if there is no offer to answer; OperationError if `options` lack what is needed.
Result<Created> create_answer(const Snapshot& snapshot, const AnswerOptions& options);

/// What setLocalDescription without text sets: the last created offer or answer, if it still represents the state of
/// the connection; nullptr if a new one has to be created (webrtc-pc section 4.4.2, setLocalDescription
/// steps 4.4, 4.5).
const std::string* reusable_description(const Snapshot& snapshot, SdpType type, const Wishes& wishes);

}  // namespace parley::jsep
