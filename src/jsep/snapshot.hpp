#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "jsep/header_encryption.hpp"
#include "jsep/header_extensions.hpp"
#include "jsep/signaling.hpp"
#include "jsep/transceiver.hpp"
#include "jsep/transport.hpp"
#include "sdp/model.hpp"

/// Everything negotiated so far, as one value.
namespace parley::jsep {

/// A description that was set: its text as it was given (plus the candidates added since), and what it says.
struct AppliedDescription {
  SdpType type = SdpType::Offer;
  std::string sdp;
  sdp::Description parsed;
  bool operator==(const AppliedDescription&) const = default;
};

/// What this side can send and receive: constant for a connection.
struct MediaCapabilities {
  /// In the order of preference.
  std::vector<Codec> audio, video;
  std::vector<HeaderExtension> audio_extensions, video_extensions;
  [[nodiscard]] const std::vector<Codec>& codecs(MediaKind kind) const;
  [[nodiscard]] const std::vector<HeaderExtension>& extensions(MediaKind kind) const;
};
/// The lists of jsep/codec_table.hpp.
std::shared_ptr<const MediaCapabilities> default_capabilities();

/// The extensions that a section's offer or answer may have: what the program wants without what it does not want, or
/// what this side knows.
std::vector<HeaderExtension> extensions_of(const Transceiver& transceiver, const MediaCapabilities& capabilities);

/// The last text that createOffer or createAnswer gave, [[LastCreatedOffer]] and [[LastCreatedAnswer]].
struct CreatedDescription {
  std::string sdp;
  /// What it was made from: if that has changed, the text no longer represents the state of the connection.
  bool data_channel_wanted = false;
  std::vector<Transceiver> transceivers = {};
  /// The transceiver that each section was made for, if it was made for one.
  std::vector<std::optional<TransceiverId>> made_for = {};
  /// Another offer has come since.
  bool outdated = false;
  bool operator==(const CreatedDescription&) const = default;
};

/// One m= line, in the order of the descriptions.
struct Section {
  /// Never empty. Made up if the peer's description has no a=mid.
  std::string mid;
  /// False if the peer's description has no a=mid: then an RTCIceCandidate of this section has no sdpMid.
  bool mid_is_signaled = true;
  std::string kind;
  /// Port zero and not bundle-only, in the last description that was set.
  bool rejected = false;
  bool operator==(const Section&) const = default;
};

/// What the descriptions amount to.
struct Agreement {
  std::vector<Section> sections;
  std::vector<Transport> transports;
  /// In the order of the sections.
  std::vector<MediaSection> media;
  /// [[SctpTransport]] is not null while this is present.
  std::optional<DataSection> data;
  bool operator==(const Agreement&) const = default;
};

struct Snapshot {
  SignalingState state = SignalingState::Stable;
  std::optional<AppliedDescription> current_local, current_remote, pending_local, pending_remote;
  /// With what is pending; a rollback is `now = stable`.
  Agreement now;
  /// As of the last time the state was stable.
  Agreement stable;

  /// What follows is never rolled back, except that transceivers may go that a rolled back offer made.

  /// The set of transceivers, in the order in which they were added.
  std::vector<Transceiver> transceivers;
  TransceiverId next_transceiver{1};
  std::shared_ptr<const MediaCapabilities> capabilities = default_capabilities();
  HeaderEncryption header_encryption = HeaderEncryption::Negotiate;
  std::optional<CreatedDescription> last_created_offer, last_created_answer;
  /// o=: random, below 2^63, chosen once (RFC 9429 section 5.2.1).
  std::uint64_t session_id = 0;
  /// The one of the next description created.
  std::uint64_t session_version = 1;
  /// The id of the next transport.
  TransportId next_transport{1};
  /// Of negotiated sections. They do not come again for others: browsers remember what had them. (Those of offers that
  /// were rolled back do: Chromium sticks to the mid of a data section that it has rolled back.)
  std::unordered_set<std::string> past_mids;
  /// [[LocalIceCredentialsToReplace]].
  std::vector<IceCredentials> ice_credentials_to_replace;
  /// Those that were in use when servers or the transport policy changed: the next offer has others, but nobody asks
  /// for one (RFC 9429 section 4.1.18, "needs-ice-restart").
  std::vector<IceCredentials> outdated_ice_credentials;
  /// What ids meant in descriptions that others have replaced: they never mean anything else (RFC 8285 section 5), also
  /// when their section has been given to another transceiver.
  ExtensionIds past_extensions;
  bool operator==(const Snapshot&) const = default;
};

/// localDescription and remoteDescription: the pending one, or else the current one, or else nullptr.
const AppliedDescription* local_description(const Snapshot& snapshot);
const AppliedDescription* remote_description(const Snapshot& snapshot);

/// canTrickleIceCandidates: what the remote description says; nullopt if there is none.
std::optional<bool> can_trickle(const Snapshot& snapshot);

const Transport* transport_by_id(const Agreement& agreement, TransportId id);
/// What carries the section with that mid; nullptr if nothing does.
const Transport* transport_carrying(const Agreement& agreement, std::string_view mid);
/// The generation with these local credentials. nullptr if there is none, or no transport.
const IceGeneration* find_generation(const Transport* transport, const IceCredentials& local);

/// restartIce(): the next offers replace the credentials of all transports (webrtc-pc section 4.4.2).
Snapshot with_ice_restart_requested(Snapshot snapshot);
/// setConfiguration() has changed what gathering depends on.
Snapshot with_ice_outdated(Snapshot snapshot);
/// Whether an offer may not have these local credentials any more.
bool are_to_be_replaced(const Snapshot& snapshot, const IceCredentials& local);

/// The check of webrtc-pc section 4.7.3, for a stable state.
struct Wishes {
  /// Whether a data channel was ever created.
  bool data_channel = false;
  /// Whether offers have a data section anyway, the first of all: alwaysNegotiateDataChannels of webrtc-extensions. No
  /// offer is needed for it alone.
  bool always_data = false;
};
bool negotiation_needed(const Snapshot& snapshot, const Wishes& wishes);

}  // namespace parley::jsep
