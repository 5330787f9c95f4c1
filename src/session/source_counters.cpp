#include "session/source_counters.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "formats/describe.hpp"
#include "media/loudness.hpp"
#include "rtp/sequence.hpp"

namespace parley::session {

void count(SourceCounters& counters, const RTCEncodedVideoFrame& frame, TimePoint now) {
  const RTCEncodedVideoFrameMetadata& told = frame.metadata;
  if (counters.frames == 0 || told.width > counters.width) counters.rid = told.rid;
  if (told.rid != counters.rid) return;
  if (!counters.begun) counters.begun = now;
  ++counters.frames;
  counters.pace.add(now);
  if (told.width == 0) return;
  counters.width = told.width;
  counters.height = told.height;
}

bool begins_frame(const SourceCounters& counters, const RTCRtpPacket& packet) {
  if (counters.frames == 0) return true;
  return packet.rid == counters.rid &&
         (!counters.last_timestamp || rtp::is_later(packet.timestamp, *counters.last_timestamp));
}

void count(SourceCounters& counters, const RTCRtpPacket& packet, TimePoint now) {
  if (counters.frames == 0) counters.rid = packet.rid;
  if (!counters.begun) counters.begun = now;
  counters.last_timestamp = packet.timestamp;
  ++counters.frames;
  counters.pace.add(now);
}

void count(SourceCounters& counters, const RTCEncodedAudioFrame& frame, const std::vector<jsep::Format>& formats) {
  ++counters.frames;
  const std::string& type = frame.metadata.mimeType;
  const auto format = std::ranges::find_if(formats, [&](const jsep::Format& one) {
    return type.empty() || equal_ignoring_case(jsep::mime_type(one.codec), type);
  });
  if (format == formats.end()) return;
  const jsep::Codec& codec = format->codec;
  const auto level = frame.metadata.audioLevel;
  counters.sound.add(formats::samples_of(codec.name, codec.channels, frame.data).value_or(0), codec.clock_rate,
                     level ? std::optional(media::loudness_of(*level)) : std::nullopt);
}

}  // namespace parley::session
