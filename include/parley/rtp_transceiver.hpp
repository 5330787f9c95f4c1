#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parley/dtls_transport.hpp"
#include "parley/dtmf_sender.hpp"
#include "parley/encoded_transform.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/media_stream.hpp"
#include "parley/promise.hpp"
#include "parley/rtp_parameters.hpp"
#include "parley/sframe.hpp"
#include "parley/stats_report.hpp"
#include "parley/timestamp.hpp"

/// RTP media: webrtc-pc section 5. Any thread may call; methods that return a Promise report every error by rejecting,
/// the others throw. The connection keeps these objects alive as long as they are in use.
namespace parley {

namespace api {
struct TransceiverCore;
}

/// What frames may go through: WebRTC Encoded Transform section 3.
using RTCRtpTransform = std::variant<std::shared_ptr<SFrameTransform>, RTCRtpScriptTransform>;

/// webrtc-pc section 5.2.
class PARLEY_EXPORT RTCRtpSender {
 public:
  /// Null if nothing is sent.
  [[nodiscard]] std::shared_ptr<MediaStreamTrack> track() const;
  /// Null until a description with its section has been set.
  [[nodiscard]] std::shared_ptr<RTCDtlsTransport> transport() const;

  /// What can be sent. nullopt if `kind` is neither "audio" nor "video".
  static std::optional<RTCRtpCapabilities> getCapabilities(std::string_view kind);

  /// Changes how the track is sent, without negotiation. `parameters` are what getParameters() has returned within the
  /// same task of the loop, with other values: rejects with InvalidStateError without or after that, and when stopped;
  /// InvalidModificationError for a change of what is read-only, a codec that was not negotiated and another number of
  /// encodingOptions than of encodings; RangeError for a scale below 1 or a negative frame rate. On another thread than
  /// the loop's both calls belong into one `loop->run(…)`.
  Promise<void> setParameters(RTCRtpSendParameters parameters, RTCSetParameterOptions setParameterOptions = {});
  /// How the track is sent; the same until the end of the task, for setParameters().
  [[nodiscard]] RTCRtpSendParameters getParameters() const;
  /// Sends another track, or none, without negotiation. Rejects with TypeError for a track of the other kind,
  /// InvalidStateError when stopped.
  Promise<void> replaceTrack(std::shared_ptr<MediaStreamTrack> withTrack);
  /// What is known of its streams and of all that they refer to: webrtc-pc section 5.2. Empty when the connection is
  /// gone.
  Promise<RTCStatsReport> getStats();
  /// The streams that the peer will see the track in. Needs negotiation. Throws InvalidStateError when closed.
  template <class... Streams>
  void setStreams(const Streams&... streams) {
    set_streams({std::shared_ptr<MediaStream>(streams)...});
  }
  /// What frames of the track go through before they are packetized, encryption for example: WebRTC Encoded Transform
  /// section 3. `transform(handler)` sets it, `transform(std::nullopt)` takes it away; from then on what the old one
  /// still writes is dropped. Throws TypeError for a transform of the other kind, InvalidStateError for one that is or
  /// was in use elsewhere. When it begins in the middle, ask for a key frame.
  void transform(const RTCRtpScriptTransform& transform);
  /// SFrame takes frames of both kinds. Null takes it away.
  void transform(const std::shared_ptr<SFrameTransform>& transform);
  /// Takes it away.
  void transform(std::nullopt_t none);
  /// The one in use.
  [[nodiscard]] std::optional<RTCRtpTransform> transform() const;
  /// Plays the keys of a telephone; always the same one, null for video.
  [[nodiscard]] const std::shared_ptr<RTCDTMFSender>& dtmf() const { return dtmf_; }

  /// For the library's own use.
  explicit RTCRtpSender(std::shared_ptr<api::TransceiverCore> core);
  ~RTCRtpSender();
  /// For the library's own use.
  [[nodiscard]] const std::shared_ptr<api::TransceiverCore>& core() const {
    return core_;
  }  // for the library's own use

 private:
  void set_streams(std::vector<std::shared_ptr<MediaStream>> streams);
  std::shared_ptr<api::TransceiverCore> core_;
  std::shared_ptr<RTCDTMFSender> dtmf_;
};

/// Who has contributed to what a mixer sends: webrtc-pc section 5.3.
struct RTCRtpContributingSource {
  /// When a frame of it was delivered last.
  DOMHighResTimeStamp timestamp = 0;
  /// CSRC or SSRC.
  std::uint32_t source = 0;
  /// 0 to 1, if packets tell (RFC 6464).
  std::optional<double> audioLevel{};
  /// Of that frame.
  std::uint32_t rtpTimestamp = 0;
  /// When that frame was captured, in milliseconds since 1970 on the clock of the system that captured it, if packets
  /// tell (webrtc-extensions, abs-capture-time).
  std::optional<DOMHighResTimeStamp> captureTimestamp{};
  /// What the sender believes has to be added to its own clock to have that one, in milliseconds.
  std::optional<DOMHighResTimeStamp> senderCaptureTimeOffset{};
};
/// Who has sent packets: webrtc-pc section 5.3.
struct RTCRtpSynchronizationSource : RTCRtpContributingSource {};

/// The events of an RTCRtpReceiver.
using RTCRtpReceiverEvents = EventTarget<EventType<"ssrcchange", Event>, EventType<"csrcchange", Event>>;

/// webrtc-pc section 5.3.
class PARLEY_EXPORT RTCRtpReceiver : public RTCRtpReceiverEvents {
 public:
  /// Always the same one. Muted until media arrives.
  [[nodiscard]] const std::shared_ptr<MediaStreamTrack>& track() const;
  /// As of a sender.
  [[nodiscard]] std::shared_ptr<RTCDtlsTransport> transport() const;
  /// What can be received. nullopt if `kind` is neither "audio" nor "video".
  static std::optional<RTCRtpCapabilities> getCapabilities(std::string_view kind);
  /// What may arrive.
  [[nodiscard]] RTCRtpReceiveParameters getParameters() const;
  /// As RTCRtpSender's.
  Promise<RTCStatsReport> getStats();
  /// The contributing sources (CSRCs) of the frames that the track has had within ten seconds, the latest first.
  [[nodiscard]] std::vector<RTCRtpContributingSource> getContributingSources() const;
  /// The same for the sources (SSRCs) of their packets.
  [[nodiscard]] std::vector<RTCRtpSynchronizationSource> getSynchronizationSources() const;
  /// The frame that the track has just had is of another SSRC than the one before, or the first: webrtc-extensions,
  /// "RTCRtpReceiver extensions". Both functions above tell of it.
  EventHandler<Event> onssrcchange{list<"ssrcchange">()};
  /// It has other CSRCs than the one before: a server, or a mixer, has gone over to somebody else.
  EventHandler<Event> oncsrcchange{list<"csrcchange">()};
  /// webrtc-extensions: how many milliseconds frames are held back, so that they come as regularly as they were made
  /// although the network delays some more than others; nullopt: not at all, the track has each as soon as it and all
  /// before it are complete. What comes later than that is not held back.
  [[nodiscard]] std::optional<double> jitterBufferTarget() const;
  /// Sets it, also while frames come. Throws RangeError unless it is between 0 and 4000.
  void jitterBufferTarget(std::optional<double> milliseconds);
  /// What frames go through before the track has them: as for senders.
  void transform(const RTCRtpScriptTransform& transform);
  /// SFrame takes frames of both kinds. Null takes it away.
  void transform(const std::shared_ptr<SFrameTransform>& transform);
  /// Takes it away.
  void transform(std::nullopt_t none);
  /// The one in use.
  [[nodiscard]] std::optional<RTCRtpTransform> transform() const;

  /// For the library's own use.
  explicit RTCRtpReceiver(std::shared_ptr<api::TransceiverCore> core);
  ~RTCRtpReceiver();

 private:
  std::shared_ptr<api::TransceiverCore> core_;
};

/// webrtc-pc section 5.4: a sender and a receiver that share an m= section.
class PARLEY_EXPORT RTCRtpTransceiver {
 public:
  /// Absent until a description with its section has been set.
  [[nodiscard]] std::optional<std::string> mid() const;
  /// Always the same one.
  [[nodiscard]] const std::shared_ptr<RTCRtpSender>& sender() const;
  /// Always the same one.
  [[nodiscard]] const std::shared_ptr<RTCRtpReceiver>& receiver() const;
  /// What the program wants; setting it needs negotiation. Throws InvalidStateError when stopped, TypeError for
  /// `Stopped`.
  [[nodiscard]] RTCRtpTransceiverDirection direction() const;
  /// Sets it.
  void direction(RTCRtpTransceiverDirection direction);
  /// What has been negotiated last.
  [[nodiscard]] std::optional<RTCRtpTransceiverDirection> currentDirection() const;

  /// Ends it for good; the next negotiation tells the peer. Throws InvalidStateError when closed.
  void stop();
  /// Which codecs descriptions offer and accept, in that order; none: all that are known. Throws
  /// InvalidModificationError for a codec that getCapabilities() does not have, and for a list without a codec of
  /// media.
  void setCodecPreferences(const std::vector<RTCRtpCodec>& codecs);
  /// webrtc-extensions, "RTP header extension control": which extensions descriptions offer and accept, in which
  /// direction; Stopped: not. Take what the first returns, change directions and give it to the second, which throws
  /// InvalidModificationError for another list, and for another direction of "mid" than SendRecv. A transceiver begins
  /// with those of the first one of its kind that there is. What does not fit what the library can do is restricted.
  [[nodiscard]] std::vector<RTCRtpHeaderExtensionCapability> getHeaderExtensionsToNegotiate() const;
  /// Sets them; the next negotiation uses them.
  void setHeaderExtensionsToNegotiate(const std::vector<RTCRtpHeaderExtensionCapability>& extensions);
  /// What has become of them; empty before negotiation.
  [[nodiscard]] std::vector<RTCRtpHeaderExtensionCapability> getNegotiatedHeaderExtensions() const;
  /// webrtc-extensions: whether both sides encrypt header extensions and contributing sources (RFC 9335). False before
  /// negotiation.
  [[nodiscard]] bool rtpHeaderEncryptionNegotiated() const;

  /// For the library's own use.
  explicit RTCRtpTransceiver(std::shared_ptr<api::TransceiverCore> core);
  ~RTCRtpTransceiver();

 private:
  std::shared_ptr<api::TransceiverCore> core_;
  std::shared_ptr<RTCRtpSender> sender_;
  std::shared_ptr<RTCRtpReceiver> receiver_;
};

/// webrtc-pc section 5.1.
struct RTCRtpTransceiverInit {
  /// What is wanted; not Stopped.
  RTCRtpTransceiverDirection direction = RTCRtpTransceiverDirection::SendRecv;
  /// Which streams the peer will see the track in.
  std::vector<std::shared_ptr<MediaStream>> streams{};
  /// What is sent of the track: one, or several sizes for a server to choose from. One if empty. Those beyond eight are
  /// left out, and a single one has no rid.
  std::vector<RTCRtpEncodingParameters> sendEncodings{};
};

/// webrtc-pc section 5.7.
struct RTCTrackEvent {
  /// What receives it.
  std::shared_ptr<RTCRtpReceiver> receiver;
  /// The receiver's track.
  std::shared_ptr<MediaStreamTrack> track;
  /// The streams that it is in.
  std::vector<std::shared_ptr<MediaStream>> streams;
  /// Whose receiver it is.
  std::shared_ptr<RTCRtpTransceiver> transceiver;
};

}  // namespace parley
