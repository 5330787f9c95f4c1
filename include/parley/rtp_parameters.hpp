#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/export.hpp"
#include "parley/priority.hpp"

/// What senders and receivers can do and do: webrtc-pc section 5.2.
namespace parley {

/// webrtc-pc section 5.1.
enum class RTCRtpTransceiverDirection { SendRecv, SendOnly, RecvOnly, Inactive, Stopped };
/// "sendrecv", "sendonly", "recvonly", "inactive", "stopped".
PARLEY_EXPORT std::string_view to_string(RTCRtpTransceiverDirection direction);

/// webrtc-pc section 5.2.9.
struct RTCRtpCodec {
  /// "audio/opus", "video/VP8": compared without case.
  std::string mimeType{};
  /// Hertz.
  std::uint32_t clockRate = 0;
  /// Audio only.
  std::optional<std::uint16_t> channels{};
  /// What follows the format in a=fmtp.
  std::optional<std::string> sdpFmtpLine{};
  /// Member by member.
  bool operator==(const RTCRtpCodec&) const = default;
};

/// webrtc-pc section 5.2.10.
struct RTCRtpCodecParameters : RTCRtpCodec {
  /// Its number in packets.
  std::uint8_t payloadType = 0;
  /// Member by member.
  bool operator==(const RTCRtpCodecParameters&) const = default;
};

/// webrtc-pc section 5.2.7.
struct RTCRtpHeaderExtensionParameters {
  /// What the extension is.
  std::string uri{};
  /// Its number in packets.
  std::uint16_t id = 0;
  /// Always false.
  bool encrypted = false;
  /// Member by member.
  bool operator==(const RTCRtpHeaderExtensionParameters&) const = default;
};

/// webrtc-pc section 5.2.6.
struct RTCRtcpParameters {
  /// Of a sender only.
  std::optional<std::string> cname{};
  /// Whether feedback may travel without reports (RFC 5506).
  bool reducedSize = false;
  /// Member by member.
  bool operator==(const RTCRtcpParameters&) const = default;
};

/// webrtc-pc section 5.2.1.
struct RTCRtpParameters {
  /// Those negotiated in this direction.
  std::vector<RTCRtpHeaderExtensionParameters> headerExtensions{};
  /// What RTCP has.
  RTCRtcpParameters rtcp{};
  /// Those negotiated in this direction, the first one preferred.
  std::vector<RTCRtpCodecParameters> codecs{};
  /// Member by member.
  bool operator==(const RTCRtpParameters&) const = default;
};

/// webrtc-extensions, "RTCRtpEncodingParameters extensions": the most pixels in either direction.
struct RTCResolutionRestriction {
  /// At least 1.
  std::uint32_t maxWidth = 0;
  /// At least 1.
  std::uint32_t maxHeight = 0;
  /// Member by member.
  bool operator==(const RTCResolutionRestriction&) const = default;
};

/// webrtc-pc section 5.2.5, with scalabilityMode of webrtc-svc section 5.
struct RTCRtpEncodingParameters {
  /// The name of a simulcast layer: the member of RTCRtpCodingParameters, whose place is here so that it can be named
  /// in an initializer.
  std::optional<std::string> rid{};
  /// Whether it is sent.
  bool active = true;
  /// Which of the codecs it is to be of: frames that do not say it themselves are sent as that one. Absent: any, and
  /// the first one negotiated for such frames.
  std::optional<RTCRtpCodec> codec{};
  /// Bits per second.
  std::optional<std::uint32_t> maxBitrate{};
  /// Frames per second. Video only.
  std::optional<double> maxFramerate{};
  /// At least 1. Video only.
  std::optional<double> scaleResolutionDownBy{};
  /// In place of scaleResolutionDownBy: pictures are no larger than that. Video only.
  std::optional<RTCResolutionRestriction> scaleResolutionDownTo{};
  /// How many milliseconds of sound a frame has, and whether that may change. Not both. Audio only.
  std::optional<std::uint32_t> ptime{};
  /// Whether frames may have different lengths.
  bool adaptivePtime = false;
  /// Which layers it has, as in "L1T3": what the encoder should do. Receivers are told how frames of such layers need
  /// each other (L1T1 to L3T3), where dependency-descriptor was negotiated.
  std::optional<std::string> scalabilityMode{};
  /// How much of what can be sent is its: video is told targets in these parts, and goes first on its way out. A sender
  /// has the priority of its highest encoding that is active; sound goes before video anyway. webrtc-priority
  /// section 2.
  RTCPriorityType priority = RTCPriorityType::Low;
  /// How networks may treat its packets (DSCP, RFC 8837); absent: as `priority` says. Low: they are not marked. Where
  /// packets go through a relay or TCP, the mark is the whole transport's, of what was sent last.
  std::optional<RTCPriorityType> networkPriority{};
  /// Member by member.
  bool operator==(const RTCRtpEncodingParameters&) const = default;
};

/// webrtc-pc section 5.2.2.
struct RTCRtpSendParameters : RTCRtpParameters {
  /// Which getParameters() they come from.
  std::string transactionId{};
  /// One for each encoding, in their order.
  std::vector<RTCRtpEncodingParameters> encodings{};
  /// Member by member.
  bool operator==(const RTCRtpSendParameters&) const = default;
};

/// webrtc-extensions, "RTCSetParameterOptions": what is wanted once of an encoding.
struct RTCEncodingOptions {
  /// The next frame should be a key frame.
  bool keyFrame = false;
};
/// What setParameters() does beside setting them. (With a constructor: see RTCSessionDescriptionInit.)
struct RTCSetParameterOptions {
  RTCSetParameterOptions() {}  // NOLINT
  /// With encodingOptions.
  RTCSetParameterOptions(std::vector<RTCEncodingOptions> encoding_options)  // NOLINT: implicit by design
      : encodingOptions(std::move(encoding_options)) {}
  /// One for each encoding, or none. Of no effect for audio.
  std::vector<RTCEncodingOptions> encodingOptions;
};

/// webrtc-pc section 5.2.3.
struct RTCRtpReceiveParameters : RTCRtpParameters {};

/// webrtc-pc section 5.2.12.
struct RTCRtpHeaderExtensionCapability {
  /// What the extension is.
  std::string uri{};
  /// webrtc-extensions: in which direction it is negotiated; Stopped: it is not.
  RTCRtpTransceiverDirection direction = RTCRtpTransceiverDirection::SendRecv;
  /// Member by member.
  bool operator==(const RTCRtpHeaderExtensionCapability&) const = default;
};

/// webrtc-pc section 5.2.11.
struct RTCRtpCapabilities {
  /// In the order of preference.
  std::vector<RTCRtpCodec> codecs{};
  /// All that are known.
  std::vector<RTCRtpHeaderExtensionCapability> headerExtensions{};
};

}  // namespace parley
