#include "jsep/codec_table.hpp"

#include <string>

namespace parley::jsep {
namespace {

/// Of packets: by transport-wide numbers, or else by source. "rrtr" is how libwebrtc names extended reports with the
/// receiver's time (RFC 3611 section 4.4). Browsers do not offer it by themselves, so with them it is not used.
const std::vector<std::string>& video_feedback() {
  static const std::vector<std::string> values{
      "goog-remb", "transport-cc", "ccm fir", "nack", "nack pli", "rrtr", std::string(kCongestionFeedback)};
  return values;
}

Codec video(std::string name, std::string fmtp = "") {
  return {.name = std::move(name), .clock_rate = 90000, .fmtp = std::move(fmtp), .feedback = video_feedback()};
}

/// Protection has no feedback of its own.
Codec protection(std::string name, std::string fmtp = "") {
  return {.name = std::move(name), .clock_rate = 90000, .fmtp = std::move(fmtp)};
}

Codec h264(const std::string& profile_level_id, int packetization_mode) {
  return video("H264", "level-asymmetry-allowed=1;packetization-mode=" + std::to_string(packetization_mode) +
                           ";profile-level-id=" + profile_level_id);
}

std::vector<Codec> video_codecs() {
  std::vector<Codec> codecs{video("VP8"), video("VP9", "profile-id=0"), video("VP9", "profile-id=2")};
  // Baseline, Constrained Baseline, Main and High at level 3.1.
  for (const char* profile : {"42001f", "42e01f", "4d001f", "64001f"})
    for (const int mode : {1, 0}) codecs.push_back(h264(profile, mode));
  // The highest level: an answer says the lower one of both sides', and no decoder of this library sets a limit.
  codecs.push_back(video("H265", "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"));
  codecs.push_back(video("AV1", "level-idx=5;profile=0;tier=0"));
  codecs.push_back(protection("rtx"));
  codecs.push_back(protection("red"));
  codecs.push_back(protection("ulpfec"));
  codecs.push_back(protection("flexfec-03", "repair-window=10000000"));
  return codecs;
}

Codec audio(std::string name, std::uint32_t clock_rate, unsigned channels, std::vector<std::string> feedback = {},
            std::string fmtp = "") {
  return {.name = std::move(name),
          .clock_rate = clock_rate,
          .channels = channels,
          .fmtp = std::move(fmtp),
          .feedback = std::move(feedback)};
}

std::vector<Codec> audio_codecs() {
  const std::vector<std::string> reports{"transport-cc", "rrtr", std::string(kCongestionFeedback)};
  return {
      audio("opus", 48000, 2, {"transport-cc", "nack", "rrtr", std::string(kCongestionFeedback)},
            "minptime=10;useinbandfec=1"),
      audio("red", 48000, 2),
      audio("G722", 8000, 1, reports),
      audio("PCMU", 8000, 1, reports),
      audio("PCMA", 8000, 1, reports),
      audio("telephone-event", 48000, 1),
      audio("telephone-event", 8000, 1),
  };
}

HeaderExtension known(std::string_view uri, sdp::Direction direction = sdp::Direction::SendRecv) {
  return {.uri = std::string(uri), .direction = direction};
}

/// Costs bytes in many packets, or serves only applications that ask for it.
HeaderExtension on_demand(std::string_view uri) { return {.uri = std::string(uri), .offered = false}; }

}  // namespace

const std::vector<Codec>& default_codecs(MediaKind kind) {
  static const std::vector<Codec> audio = audio_codecs(), video = video_codecs();
  return kind == MediaKind::Audio ? audio : video;
}

const std::vector<HeaderExtension>& default_header_extensions(MediaKind kind) {
  static const std::vector<HeaderExtension> audio{
      known(extension::kAudioLevel), known(extension::kSendTime),    known(extension::kTransportSequenceNumber),
      known(extension::kMid),        known(extension::kCaptureTime), on_demand(extension::kMixerAudioLevel),
  };
  static const std::vector<HeaderExtension> video{
      known(extension::kSendTime),
      known(extension::kVideoOrientation),
      known(extension::kTransportSequenceNumber),
      known(extension::kPlayoutDelay),
      known(extension::kMid),
      known(extension::kRid),
      known(extension::kRepairedRid),
      known(extension::kCaptureTime),
      on_demand(extension::kVideoTiming),
      on_demand(extension::kColorSpace),
      on_demand(extension::kContentType),
      on_demand(extension::kDependencyDescriptor),
      on_demand(extension::kVideoLayersAllocation),
  };
  return kind == MediaKind::Audio ? audio : video;
}

}  // namespace parley::jsep
