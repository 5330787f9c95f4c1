#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "jsep/snapshot.hpp"
#include "jsep/track_changes.hpp"

/// setLocalDescription and setRemoteDescription: what a description would do.
namespace parley::jsep {

/// One ICE generation of one transport.
struct GenerationId {
  TransportId transport;
  std::string local_ufrag;
  bool operator==(const GenerationId&) const = default;
};

/// Candidates that a remote description contains, and the generation they are for.
struct RemoteCandidates {
  GenerationId generation;
  /// The values of a=candidate that this generation has not been told before.
  std::vector<std::string> candidates;
  bool end_of_candidates = false;
  bool operator==(const RemoteCandidates&) const = default;
};

/// A new generation: gather candidates for it. If the transport has another one already, this is an ICE restart, and
/// the older one carries data until this one is connected.
struct StartGathering {
  GenerationId generation;
  IceCredentials local;
  /// What the description says of the transport, to know its candidates by.
  std::string tls_id;
  IceRole role = IceRole::Controlling;
  /// The section whose candidates they are: sdpMLineIndex, and sdpMid unless the descriptions have no mid.
  std::size_t index = 0;
  std::optional<std::string> sdp_mid;
  bool operator==(const StartGathering&) const = default;
};

/// The other side of a generation became known, or changed (by another provisional answer): start connectivity checks.
struct StartChecks {
  GenerationId generation;
  RemoteIce remote;
  bool operator==(const StartChecks&) const = default;
};

/// A DTLS association to set up over the transport; in place of the one there, if there is one.
struct StartDtls {
  TransportId transport;
  DtlsAgreement dtls;
  bool operator==(const StartDtls&) const = default;
};

/// What committing a description does to transports, in the order it has to happen.
struct Plan {
  /// The snapshot after the commit.
  Snapshot result;

  /// Generations that nothing refers to any more: rolled back, or replaced by one that has been answered (which then
  /// takes over when it is connected).
  std::vector<GenerationId> abandoned_generations;
  /// Transports that carry nothing any more.
  std::vector<TransportId> closed_transports;
  std::vector<StartGathering> start_gathering;
  std::vector<StartChecks> start_checks;
  std::vector<RemoteCandidates> remote_candidates;
  std::vector<StartDtls> start_dtls;

  /// Remote tracks that come, go or change their streams.
  std::vector<TrackChange> tracks;

  /// The data section's association is to be started over its transport: new, or in place of one whose ports changed.
  std::optional<SctpAgreement> start_sctp;
  /// An answer rejected the data section: the association and all channels end.
  bool stop_sctp = false;
  /// A (provisional) answer was set that has a data section: its limits and the DTLS role hold from now on.
  bool data_answered = false;
};

/// Decides everything that can be decided about a description. On refusal nothing has changed:
///   InvalidStateError          not allowed in this state (see also rollback_comes_first)
///   InvalidModificationError   a local text other than the last created one
///   RTCError SdpSyntaxError    not a session description; with the line
///   InvalidAccessError         a session description that contradicts the rules or the one it answers
///   OperationError             what this side cannot do
/// `sdp` is ignored for a rollback. A local description has to have its text (see reusable_description).
Result<Plan> plan(const Snapshot& snapshot, Side side, SdpType type, std::string_view sdp);

/// A local description has to be the last one created: InvalidModificationError.
Result<void> check_unmodified(const Snapshot& snapshot, SdpType type, std::string_view sdp);

}  // namespace parley::jsep
