#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/certificate.hpp"
#include "parley/configuration.hpp"
#include "parley/data_channel.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/ice_candidate.hpp"
#include "parley/media_stream.hpp"
#include "parley/promise.hpp"
#include "parley/rtp_transceiver.hpp"
#include "parley/sctp_transport.hpp"
#include "parley/session_description.hpp"
#include "parley/stats_report.hpp"

namespace parley {

namespace api {
class Peer;
}

/// Which description may come next: webrtc-pc section 4.3.1.
enum class RTCSignalingState { Stable, HaveLocalOffer, HaveRemoteOffer, HaveLocalPranswer, HaveRemotePranswer, Closed };
/// Whether there may be more local candidates: webrtc-pc section 4.3.2.
enum class RTCIceGatheringState { New, Gathering, Complete };
/// ICE and DTLS of all transports summed up: webrtc-pc section 4.3.3.
enum class RTCPeerConnectionState { Closed, Failed, Disconnected, New, Connecting, Connected };
/// ICE of all transports summed up: webrtc-pc section 4.3.4.
enum class RTCIceConnectionState { Closed, Failed, Disconnected, New, Checking, Completed, Connected };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCSignalingState state);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceGatheringState state);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCPeerConnectionState state);
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCIceConnectionState state);

/// webrtc-pc section 4.2.6.
struct RTCOfferOptions {
  /// Make the offer restart ICE.
  bool iceRestart = false;
  /// Legacy, webrtc-pc section 4.4.3.2: true adds a recvonly transceiver if nothing of the kind would be received,
  /// false takes receiving out of the directions of all.
  std::optional<bool> offerToReceiveAudio{};
  /// The same for video.
  std::optional<bool> offerToReceiveVideo{};
};

/// webrtc-pc section 4.2.6: there are no options yet.
struct RTCAnswerOptions {};

/// webrtc-pc section 4.8.2. `candidate` is empty when gathering has finished for good; a candidate whose text is ""
/// ends one generation.
struct RTCPeerConnectionIceEvent {
  /// To be given to the peer's addIceCandidate().
  std::optional<RTCIceCandidate> candidate;
  /// The server it was learned from, if it was.
  std::optional<std::string> url;
};

/// webrtc-pc section 4.8.3.
struct RTCPeerConnectionIceErrorEvent {
  /// The local address and port used, if known.
  std::optional<std::string> address;
  /// The local port.
  std::optional<std::uint16_t> port;
  /// The server's URL as configured.
  std::string url;
  /// A STUN error code of 300 to 699, or 701 when the server could not be reached.
  std::uint16_t errorCode;
  /// The server's words, or ours.
  std::string errorText;
};

/// The events of an RTCPeerConnection, and what they carry.
using RTCPeerConnectionEvents =
    EventTarget<EventType<"negotiationneeded", Event>, EventType<"icecandidate", RTCPeerConnectionIceEvent>,
                EventType<"icecandidateerror", RTCPeerConnectionIceErrorEvent>,
                EventType<"signalingstatechange", Event>, EventType<"iceconnectionstatechange", Event>,
                EventType<"icegatheringstatechange", Event>, EventType<"connectionstatechange", Event>,
                EventType<"datachannel", RTCDataChannelEvent>, EventType<"track", RTCTrackEvent>>;

/// A connection to a remote peer: webrtc-pc section 4.4.
///
/// Any thread may call any method. Everything happens on the connection's event loop; handlers run there, one at a
/// time. Methods that return a Promise never block and report every error by rejecting; the others throw.
///
/// A peer that stops answering is noticed: `connectionState` becomes disconnected after about 16 seconds and failed
/// after another 20; one that never answers makes it failed after 15 to 30 seconds (ICE) or 30 (DTLS). The object is of
/// use until then, and close() does not wait for the peer.
///
/// The object belongs to the program: it can be neither copied nor moved, and its destructor closes the connection. It
/// may be destroyed anywhere, even inside one of its handlers.
///
/// Deviation from the specification: closing rejects pending promises with InvalidStateError. In JavaScript they stay
/// pending for ever, which in C++ would leak the coroutines that wait for them.
class PARLEY_EXPORT RTCPeerConnection : public RTCPeerConnectionEvents {
 public:
  /// Throws SyntaxError for a malformed server URL, InvalidAccessError for TURN without credentials or an expired
  /// certificate, NotSupportedError for a URL that cannot be served (turns:, stuns:), RangeError for a port_min above
  /// port_max.
  explicit RTCPeerConnection(const RTCConfiguration& configuration = {});
  ~RTCPeerConnection();

  /// Resolves with an offer of all that the program has asked for; nothing changes before it is set. Rejects with
  /// InvalidStateError when closed, or while a remote offer is unanswered: webrtc-pc section 4.4.2.
  Promise<RTCSessionDescriptionInit> createOffer(const RTCOfferOptions& options = {});
  /// Resolves with an answer to the remote offer. Rejects with InvalidStateError unless there is one, and when closed.
  Promise<RTCSessionDescriptionInit> createAnswer(const RTCAnswerOptions& options = {});
  /// Sets what createOffer() or createAnswer() would give, as the state wants it.
  Promise<void> setLocalDescription() { return setLocalDescription(RTCLocalSessionDescriptionInit()); }
  /// Sets a description made by this connection, or a rollback; candidates are gathered from then on. Rejects with
  /// InvalidModificationError for one that was changed, InvalidStateError for one that does not fit the state:
  /// webrtc-pc section 4.4.1.5.
  Promise<void> setLocalDescription(const RTCLocalSessionDescriptionInit& description);
  /// Sets the peer's description, after a rollback of an offer of our own that it crosses. Rejects with
  /// InvalidStateError if it does not fit the state, RTCError (sdp-syntax-error, with the line) if it cannot be read or
  /// has more than 4 MiB, InvalidAccessError if it contradicts itself or what was agreed on: webrtc-pc section 4.4.1.5.
  Promise<void> setRemoteDescription(const RTCSessionDescriptionInit& description);
  /// The peer has no more candidates; a candidate whose text is "" says so, too.
  Promise<void> addIceCandidate() { return addIceCandidate(RTCIceCandidateInit()); }
  /// Resolves when it has been added. Rejects with TypeError if it has neither sdpMid nor sdpMLineIndex,
  /// InvalidStateError before a remote description, OperationError for what is no candidate, for an m= section or ICE
  /// generation that is not there, and for more than 1000 in one section: webrtc-pc section 4.4.2.
  Promise<void> addIceCandidate(const RTCIceCandidateInit& candidate);
  /// The same.
  Promise<void> addIceCandidate(const RTCIceCandidate& candidate) { return addIceCandidate(candidate.toJSON()); }
  /// The same; nothing stands for the end.
  Promise<void> addIceCandidate(const std::optional<RTCIceCandidate>& candidate);

  /// The pending one, else the current one, with the candidates gathered so far.
  [[nodiscard]] std::optional<RTCSessionDescription> localDescription() const;
  /// The one agreed on last.
  [[nodiscard]] std::optional<RTCSessionDescription> currentLocalDescription() const;
  /// The one being negotiated.
  [[nodiscard]] std::optional<RTCSessionDescription> pendingLocalDescription() const;
  /// The pending one, else the current one, with the candidates added since.
  [[nodiscard]] std::optional<RTCSessionDescription> remoteDescription() const;
  /// The one agreed on last.
  [[nodiscard]] std::optional<RTCSessionDescription> currentRemoteDescription() const;
  /// The one being negotiated.
  [[nodiscard]] std::optional<RTCSessionDescription> pendingRemoteDescription() const;

  /// Which description may come next: webrtc-pc section 4.3.1.
  [[nodiscard]] RTCSignalingState signalingState() const;
  /// Of all transports together.
  [[nodiscard]] RTCIceGatheringState iceGatheringState() const;
  /// Of all transports together.
  [[nodiscard]] RTCIceConnectionState iceConnectionState() const;
  /// Of all transports together.
  [[nodiscard]] RTCPeerConnectionState connectionState() const;
  /// Absent until a remote description has been applied.
  [[nodiscard]] std::optional<bool> canTrickleIceCandidates() const;

  /// The next offers replace the ICE credentials of all transports; `negotiationneeded` asks for one.
  void restartIce();
  /// As of the constructor or the last setConfiguration().
  [[nodiscard]] RTCConfiguration getConfiguration() const;
  /// Other servers and another transport policy, for gathering that begins from now on: the next offer makes it
  /// begin, which restartIce() asks for.
  /// Throws InvalidStateError when closed, InvalidModificationError for other certificates, bundlePolicy, rtcpMuxPolicy
  /// or rtpHeaderEncryptionPolicy, and for another iceCandidatePoolSize after setLocalDescription; and what the
  /// constructor throws.
  /// Of `network`, loop, max_message_size, congestion_controller and l4s stay as they were, and so does
  /// alwaysNegotiateDataChannels.
  void setConfiguration(const RTCConfiguration& configuration);

  /// Sends a track, in these streams, with a transceiver that has not sent anything yet or a new one. Throws
  /// InvalidAccessError if the track is being sent already, InvalidStateError when closed.
  template <class... Streams>
  std::shared_ptr<RTCRtpSender> addTrack(const std::shared_ptr<MediaStreamTrack>& track, const Streams&... streams) {
    return add_track(track, {std::shared_ptr<MediaStream>(streams)...});
  }
  /// Throws InvalidAccessError for another connection's sender, InvalidStateError when closed.
  void removeTrack(const std::shared_ptr<RTCRtpSender>& sender);
  /// `kind` is "audio" or "video". Throws TypeError, OperationError, RangeError and InvalidModificationError for what
  /// sendEncodings must not say (webrtc-pc section 5.1), InvalidStateError when closed.
  std::shared_ptr<RTCRtpTransceiver> addTransceiver(std::string_view kind, const RTCRtpTransceiverInit& init = {});
  /// The same, with a track to send.
  std::shared_ptr<RTCRtpTransceiver> addTransceiver(const std::shared_ptr<MediaStreamTrack>& track,
                                                    const RTCRtpTransceiverInit& init = {});
  /// Without those that are stopped.
  [[nodiscard]] std::vector<std::shared_ptr<RTCRtpSender>> getSenders() const;
  /// The same for receivers.
  [[nodiscard]] std::vector<std::shared_ptr<RTCRtpReceiver>> getReceivers() const;
  /// In the order in which they were added; those that were stopped until that is negotiated, and all when closed.
  [[nodiscard]] std::vector<std::shared_ptr<RTCRtpTransceiver>> getTransceivers() const;

  /// Numbers about everything that the connection has, also when it is closed.
  Promise<RTCStatsReport> getStats();
  /// About what is sent or received of this track alone, and what that refers to. Null: about everything. Rejects with
  /// InvalidAccessError unless exactly one sender or receiver has the track.
  Promise<RTCStatsReport> getStats(const std::shared_ptr<MediaStreamTrack>& selector);

  /// Never blocks on the peer. Idempotent, legal anywhere. When it has returned to a thread other than the loop's, no
  /// handler of this connection runs or will run. Remote tracks end, with `ended`, before it returns.
  void close();

  /// Throws TypeError and OperationError as webrtc-pc section 6.1 says, InvalidStateError when closed. Each peer can
  /// open 128 channels with ids chosen for it; sctp()->maxChannels() says how many ids there are. Larger ids, and more
  /// channels, are possible if they are made before the connection is, on both sides. Called on another thread than the
  /// loop's, `open` waits for the first handler, as messages always do.
  std::shared_ptr<RTCDataChannel> createDataChannel(std::string_view label);
  /// The same, with options.
  std::shared_ptr<RTCDataChannel> createDataChannel(std::string_view label, const RTCDataChannelInit& init);
  /// Null until a description with a data section has been set: an offer is enough.
  [[nodiscard]] std::shared_ptr<RTCSctpTransport> sctp() const;

  /// A key and a self-signed certificate, made on a worker: RSA takes 0.1 s. Rejects with NotSupportedError for an
  /// algorithm other than those of RTCCertificateKeygen.
  static Promise<RTCCertificate> generateCertificate(const RTCCertificateKeygen& keygen = RTCCertificateKeygen());

  /// An offer is needed for what the program has changed.
  EventHandler<Event> onnegotiationneeded{list<"negotiationneeded">()};
  /// A local candidate for the peer, or the end of them.
  EventHandler<RTCPeerConnectionIceEvent> onicecandidate{list<"icecandidate">()};
  /// A STUN or TURN server has refused or does not answer.
  EventHandler<RTCPeerConnectionIceErrorEvent> onicecandidateerror{list<"icecandidateerror">()};
  /// signalingState() has changed.
  EventHandler<Event> onsignalingstatechange{list<"signalingstatechange">()};
  /// iceConnectionState() has changed.
  EventHandler<Event> oniceconnectionstatechange{list<"iceconnectionstatechange">()};
  /// iceGatheringState() has changed.
  EventHandler<Event> onicegatheringstatechange{list<"icegatheringstatechange">()};
  /// connectionState() has changed.
  EventHandler<Event> onconnectionstatechange{list<"connectionstatechange">()};
  /// The peer has opened a channel.
  EventHandler<RTCDataChannelEvent> ondatachannel{list<"datachannel">()};
  /// The peer sends a track from now on, or again.
  EventHandler<RTCTrackEvent> ontrack{list<"track">()};

 private:
  std::shared_ptr<RTCRtpSender> add_track(const std::shared_ptr<MediaStreamTrack>& track,
                                          const std::vector<std::shared_ptr<MediaStream>>& streams);
  std::shared_ptr<EventLoop> loop_;
  std::shared_ptr<api::Peer> peer_;
};

}  // namespace parley
