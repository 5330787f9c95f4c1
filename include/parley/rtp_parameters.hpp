#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/export.hpp"

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
  bool operator==(const RTCRtpCodec&) const = default;
};

/// webrtc-pc section 5.2.10.
struct RTCRtpCodecParameters : RTCRtpCodec {
  std::uint8_t payloadType = 0;
  bool operator==(const RTCRtpCodecParameters&) const = default;
};

/// webrtc-pc section 5.2.7.
struct RTCRtpHeaderExtensionParameters {
  std::string uri{};
  std::uint16_t id = 0;
  bool encrypted = false;
  bool operator==(const RTCRtpHeaderExtensionParameters&) const = default;
};

/// webrtc-pc section 5.2.6.
struct RTCRtcpParameters {
  /// Of a sender only.
  std::optional<std::string> cname{};
  bool reducedSize = false;
  bool operator==(const RTCRtcpParameters&) const = default;
};

/// webrtc-pc section 5.2.1.
struct RTCRtpParameters {
  std::vector<RTCRtpHeaderExtensionParameters> headerExtensions{};
  RTCRtcpParameters rtcp{};
  std::vector<RTCRtpCodecParameters> codecs{};
  bool operator==(const RTCRtpParameters&) const = default;
};

/// webrtc-pc section 5.2.5, with scalabilityMode of webrtc-svc section 5.
struct RTCRtpEncodingParameters {
  /// The name of a simulcast layer: the member of RTCRtpCodingParameters, whose place is here so that it can be named
  /// in an initializer.
  std::optional<std::string> rid{};
  bool active = true;
  std::optional<RTCRtpCodec> codec{};
  /// Bits per second.
  std::optional<std::uint32_t> maxBitrate{};
  /// Frames per second. Video only.
  std::optional<double> maxFramerate{};
  /// At least 1. Video only.
  std::optional<double> scaleResolutionDownBy{};
  std::optional<std::string> scalabilityMode{};
  bool operator==(const RTCRtpEncodingParameters&) const = default;
};

/// webrtc-pc section 5.2.2.
struct RTCRtpSendParameters : RTCRtpParameters {
  std::string transactionId{};
  std::vector<RTCRtpEncodingParameters> encodings{};
  bool operator==(const RTCRtpSendParameters&) const = default;
};

/// webrtc-pc section 5.2.3.
struct RTCRtpReceiveParameters : RTCRtpParameters {};

/// webrtc-pc section 5.2.12.
struct RTCRtpHeaderExtensionCapability {
  std::string uri{};
};

/// webrtc-pc section 5.2.11.
struct RTCRtpCapabilities {
  std::vector<RTCRtpCodec> codecs{};
  std::vector<RTCRtpHeaderExtensionCapability> headerExtensions{};
};

}  // namespace parley
