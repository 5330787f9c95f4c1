#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/last_second.hpp"
#include "jsep/formats.hpp"
#include "media/sound.hpp"
#include "parley/encoded_frame.hpp"
#include "parley/rtp_packet.hpp"

namespace parley::session {

/// What a sender's track has given since it was attached, whether it was sent or not: webrtc-stats sections 8.10 to
/// 8.12.
struct SourceCounters {
  std::uint32_t frames = 0;
  LastSecond pace;
  std::optional<TimePoint> begun = std::nullopt;  // with the first of them
  /// As the program tells; 0 while it does not.
  std::uint16_t width = 0, height = 0;
  /// Of several encodings of one picture, the one that counts.
  std::string rid;
  /// Of the newest packet, if the track gives packets.
  std::optional<std::uint32_t> last_timestamp = std::nullopt;
  media::Sound sound;
};

void count(SourceCounters& counters, const RTCEncodedVideoFrame& frame, TimePoint now);
/// Whether a packet is the first of a frame of the encoding that counts: packets of one frame have one timestamp.
bool begins_frame(const SourceCounters& counters, const RTCRtpPacket& packet);
/// Counts that frame.
void count(SourceCounters& counters, const RTCRtpPacket& packet, TimePoint now);
/// `formats` are those negotiated, of which a frame that does not say is of the first.
void count(SourceCounters& counters, const RTCEncodedAudioFrame& frame, const std::vector<jsep::Format>& formats);

}  // namespace parley::session
