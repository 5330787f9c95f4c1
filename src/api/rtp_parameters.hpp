#pragma once

#include <optional>
#include <vector>

#include "jsep/snapshot.hpp"
#include "parley/rtp_parameters.hpp"

/// Between the W3C's dictionaries and the values of jsep.
namespace parley::api {

RTCRtpTransceiverDirection to_w3c(jsep::Direction direction);
/// Not for Stopped.
jsep::Direction to_jsep(RTCRtpTransceiverDirection direction);
RTCPriorityType to_w3c(Importance importance);
Importance importance_of(RTCPriorityType priority);

RTCRtpCodec to_w3c(const jsep::Codec& codec);
jsep::Codec to_jsep(const RTCRtpCodec& codec);
std::vector<RTCRtpCodecParameters> to_w3c(const std::vector<jsep::Format>& formats);
std::vector<RTCRtpHeaderExtensionParameters> to_w3c(const std::vector<sdp::Extmap>& extensions);

/// Stopped: it is not offered.
RTCRtpHeaderExtensionCapability to_w3c(const jsep::HeaderExtension& extension);

RTCRtpEncodingParameters to_w3c(const jsep::SendEncoding& encoding);
jsep::SendEncoding to_jsep(const RTCRtpEncodingParameters& encoding);

/// Whether its mimeType begins with that kind: what follows is all that to_jsep() keeps.
bool is_of_kind(const RTCRtpCodec& codec, jsep::MediaKind kind);

/// RFC 8851 section 10: 1*(alpha-numeric / "-" / "_").
bool is_rid(const std::string& rid);

/// For sending and receiving alike.
std::optional<RTCRtpCapabilities> capabilities(const jsep::MediaCapabilities& known, std::string_view kind);

/// The steps "addTransceiver sendEncodings validation" of webrtc-pc section 5.1: TypeError, OperationError, RangeError.
Result<std::vector<jsep::SendEncoding>> check_send_encodings(std::vector<RTCRtpEncodingParameters> encodings,
                                                             jsep::MediaKind kind,
                                                             const jsep::MediaCapabilities& known);
/// The steps "setParameters validation" of webrtc-pc section 5.2: what [[SendEncodings]] becomes.
Result<std::vector<jsep::SendEncoding>> check_send_parameters(RTCRtpSendParameters parameters,
                                                              const RTCRtpSendParameters& last_returned,
                                                              jsep::MediaKind kind,
                                                              const jsep::MediaCapabilities& known);

}  // namespace parley::api
