#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "jsep/plan.hpp"
#include "jsep/snapshot.hpp"

/// Candidates inside descriptions, and addIceCandidate.
namespace parley::jsep {

/// Puts candidates, their end, and the default destination into the sections of a local description they belong to, in
/// place of the candidates there (RFC 9429 section 5.2.2).
void put_candidates(sdp::Description& local, const std::vector<GatheredCandidates>& gathered);

/// The text of a local description as the application sees it: with the candidates gathered for it so far.
std::string with_candidates(const AppliedDescription& local, const std::vector<GatheredCandidates>& gathered);

/// The members of RTCIceCandidateInit that addIceCandidate uses.
struct CandidateInit {
  /// "candidate:…", or empty for the end of candidates.
  std::string candidate;
  std::optional<std::string> sdp_mid;
  std::optional<std::uint16_t> sdp_mline_index;
  std::optional<std::string> username_fragment;
};

/// What addIceCandidate does.
struct CandidatePlan {
  /// With the candidate in the remote descriptions of its generation.
  Snapshot result;
  /// What to tell the transports now. Empty if they do not know the peer's credentials yet (the candidate then comes
  /// with the plan of the local answer), or if the section has no transport.
  std::vector<RemoteCandidates> remote_candidates;
};

/// webrtc-pc section 4.4.2, addIceCandidate: TypeError, InvalidStateError, OperationError as written there. The grammar
/// of the candidate is the caller's business.
Result<CandidatePlan> add_remote_candidate(const Snapshot& snapshot, const CandidateInit& init);
/// What of that is refused before anything is done; costs little.
Result<void> check_remote_candidate(const Snapshot& snapshot, const CandidateInit& init);

}  // namespace parley::jsep
