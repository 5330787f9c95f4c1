#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/export.hpp"
#include "parley/timestamp.hpp"

/// Media as encoders make it and decoders take it: WebRTC Encoded Transform section 8.
namespace parley {

/// WebRTC Encoded Transform section 8.3.
enum class RTCEncodedVideoFrameType { Key, Delta };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCEncodedVideoFrameType type);

/// What a frame tells beside its bytes: WebRTC Encoded Transform section 8.4. Frames to be sent need none of it; frames
/// received have what the packets said.
struct RTCEncodedVideoFrameMetadata {
  /// Of a frame to be sent: which of the negotiated codecs it is of, e.g. "video/VP8"; empty: the first.
  std::string mimeType{};
  /// In pixels; 0 where unknown, as in delta frames of most codecs.
  std::uint16_t width = 0;
  /// Likewise.
  std::uint16_t height = 0;
  /// Which layer of its encoding it is, by size; 0: the lowest, or the only one.
  std::uint8_t spatialIndex = 0;
  /// The same by rate.
  std::uint8_t temporalIndex = 0;
  /// The SSRC of its packets.
  std::optional<std::uint32_t> synchronizationSource{};
  /// Whose pictures a mixer has put together.
  std::vector<std::uint32_t> contributingSources{};
  /// The payload type of its packets.
  std::optional<std::uint8_t> payloadType{};
  /// As packets had it, with its random start and the clock rate of the codec.
  std::optional<std::uint32_t> rtpTimestamp{};
  /// When its last packet arrived.
  std::optional<DOMHighResTimeStamp> receiveTime{};
  /// When it was made, or a little later, as time of this machine (milliseconds since 1970): comparable between all
  /// tracks of one peer (one CNAME), so what belongs together can be played together, whenever it arrives. Absent until
  /// the peer's first sender report. (Not in W3C.)
  std::optional<DOMHighResTimeStamp> common_time{};
  /// Which of the sender's encodings it is for, or which layer of the peer's simulcast it came from. Empty without.
  /// (Not in W3C.)
  std::string rid{};
};

/// One picture. `data` is what the codec's decoder takes: a VP8 or VP9 frame, H.264 and H.265 as Annex B, an AV1
/// temporal unit without its delimiter.
struct RTCEncodedVideoFrame {
  /// Whether decoding can begin with it.
  RTCEncodedVideoFrameType type = RTCEncodedVideoFrameType::Delta;
  /// The bitstream.
  std::vector<std::uint8_t> data{};
  /// When it is to be shown, on a clock of the track's own that begins anywhere. Not given: it is to be sent as of now.
  std::optional<std::chrono::microseconds> timestamp{};
  /// What is known of it.
  RTCEncodedVideoFrameMetadata metadata{};
  /// The same, as W3C has it.
  [[nodiscard]] const RTCEncodedVideoFrameMetadata& getMetadata() const { return metadata; }
};

/// WebRTC Encoded Transform section 8.6.
struct RTCEncodedAudioFrameMetadata {
  /// As with video.
  std::string mimeType{};
  /// The SSRC of its packet.
  std::optional<std::uint32_t> synchronizationSource{};
  /// Whose voices a mixer has put together.
  std::vector<std::uint32_t> contributingSources{};
  /// The payload type of its packet.
  std::optional<std::uint8_t> payloadType{};
  /// Of the packet that it came in.
  std::optional<std::uint16_t> sequenceNumber{};
  /// As with video.
  std::optional<std::uint32_t> rtpTimestamp{};
  /// When it arrived.
  std::optional<DOMHighResTimeStamp> receiveTime{};
  /// As with video.
  std::optional<DOMHighResTimeStamp> common_time{};
  /// Loudness in -dBov: 0 is the loudest, 127 silence (RFC 6464).
  std::optional<std::uint8_t> audioLevel{};
};

/// What one packet holds, e.g. 20 ms of Opus.
struct RTCEncodedAudioFrame {
  /// The bitstream.
  std::vector<std::uint8_t> data{};
  /// As with video.
  std::optional<std::chrono::microseconds> timestamp{};
  /// What is known of it.
  RTCEncodedAudioFrameMetadata metadata{};
  /// The same, as W3C has it.
  [[nodiscard]] const RTCEncodedAudioFrameMetadata& getMetadata() const { return metadata; }
};

}  // namespace parley
