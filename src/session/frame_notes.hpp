#pragma once

#include <optional>

#include "media/frame_notes.hpp"
#include "parley/encoded_frame.hpp"
#include "parley/rtp_packet.hpp"

/// What header extensions say of frames, as programs see it.
namespace parley::session {

media::FrameNotes notes_of(const RTCEncodedVideoFrameMetadata& metadata);
media::FrameNotes notes_of(const RTCEncodedAudioFrameMetadata& metadata);
media::FrameNotes notes_of(const RTCRtpPacket& packet);
void tell(const media::FrameNotes& notes, RTCEncodedVideoFrameMetadata& metadata);
void tell(const media::FrameNotes& notes, RTCEncodedAudioFrameMetadata& metadata);
void tell(const media::FrameNotes& notes, RTCRtpPacket& packet);
/// What the dependency descriptor knows better than the bitstream.
void tell(const media::Dependencies& dependencies, RTCEncodedVideoFrameMetadata& metadata);

}  // namespace parley::session
