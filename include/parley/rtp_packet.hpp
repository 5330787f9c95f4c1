#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parley/timestamp.hpp"

namespace parley {

/// One RTP packet (RFC 3550 section 5.1), for programs that pass media on without putting frames together. Everything
/// that belongs to one connection only (most header extensions, encryption, retransmissions, feedback) stays behind and
/// is made anew by the connection that sends it. (Not in W3C.)
struct RTCRtpPacket {
  /// E.g. "video/VP8". Of a packet to be sent: which of the negotiated codecs it is of; empty: the first.
  std::string mimeType{};
  /// As it was received. A sender puts in the number that was negotiated for `mimeType`.
  std::uint8_t payloadType = 0;
  /// Of video: the last packet of a frame. Of audio: the first one after silence.
  bool marker = false;
  /// In the numbering of `synchronizationSource`. A sender has its own, continuous over all sources that it is given
  /// one after the other; within one source distances stay as they are, so that what is missing can come later. A
  /// number that was sent already is not sent again.
  std::uint16_t sequenceNumber = 0;
  /// Likewise.
  std::uint32_t timestamp = 0;
  /// The SSRC it came from. A sender has its own.
  std::uint32_t synchronizationSource = 0;
  /// Loudness in -dBov: 0 is the loudest, 127 silence (RFC 6464).
  std::optional<std::uint8_t> audioLevel{};
  /// Whose media it is, if it is not that of `synchronizationSource` itself (CSRCs): what a mixer has put together, or
  /// whom a server has chosen. To be sent: the first 15.
  std::vector<std::uint32_t> contributingSources{};
  /// How loud each of them is, in -dBov, as RTCEncodedAudioFrameMetadata has it.
  std::vector<std::uint8_t> contributor_levels{};
  /// Which of the sender's encodings it is for, or which layer of the peer's simulcast it came from. Empty without.
  std::string rid{};
  /// As RTCEncodedVideoFrameMetadata has it; absent where the packet itself does not tell. Passed on as it is.
  std::optional<DOMHighResTimeStamp> captureTime{};
  /// Likewise.
  std::optional<DOMHighResTimeStamp> senderCaptureTimeOffset{};
  /// Likewise.
  std::optional<std::uint16_t> rotation{};
  /// Likewise, with `rotation`.
  bool flip = false;
  /// Which frames its frame needs and who can do without it: the value of the header extension dependency-descriptor
  /// (RTP payload format for AV1, appendix A). Empty without. Passed on as it is, if it was negotiated; `LayerSelector`
  /// makes of it what its receiver needs.
  std::vector<std::uint8_t> dependencyDescriptor{};
  /// Of a packet received: decoding can begin with it.
  bool beginsKeyFrame = false;
  /// 1500 bytes at most.
  std::span<const std::uint8_t> payload{};
  /// What keeps the payload where it is; that of a received packet has one. Whoever sends a packet to many gives it,
  /// and the payload is shared; without, each sender makes a copy.
  std::shared_ptr<const void> owner{};
};

}  // namespace parley
