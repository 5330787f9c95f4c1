#include "rtp/extension_map.hpp"

namespace parley::rtp {
namespace {

struct Name {
  std::string_view uri;
  ExtensionKind kind;
};
constexpr Name kNames[] = {
    {"urn:ietf:params:rtp-hdrext:sdes:mid", ExtensionKind::Mid},
    {"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", ExtensionKind::Rid},
    {"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", ExtensionKind::RepairedRid},
    {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", ExtensionKind::AudioLevel},
    {"urn:ietf:params:rtp-hdrext:csrc-audio-level", ExtensionKind::ContributorLevels},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", ExtensionKind::SendTime},
    {"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
     ExtensionKind::TransportSequenceNumber},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", ExtensionKind::CaptureTime},
    {"urn:3gpp:video-orientation", ExtensionKind::VideoOrientation},
    {"http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", ExtensionKind::PlayoutDelay},
    {"http://www.webrtc.org/experiments/rtp-hdrext/color-space", ExtensionKind::ColorSpace},
    {"http://www.webrtc.org/experiments/rtp-hdrext/video-timing", ExtensionKind::VideoTiming},
    {"http://www.webrtc.org/experiments/rtp-hdrext/video-content-type", ExtensionKind::ContentType},
    {"https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
     ExtensionKind::DependencyDescriptor},
    {"http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00", ExtensionKind::LayersAllocation},
};

}  // namespace

std::optional<ExtensionKind> kind_of(std::string_view uri) {
  for (const Name& name : kNames)
    if (name.uri == uri) return name.kind;
  return std::nullopt;
}

void ExtensionMap::set(std::uint8_t id, ExtensionKind kind) {
  std::uint8_t& known = ids_[static_cast<std::size_t>(kind)];
  if (known == 0) known = id;
}

bool ExtensionMap::has_room(std::uint8_t id, std::size_t size) const {
  constexpr std::uint8_t kMostId = 14;
  constexpr std::size_t kMostBytes = 16, kMostBytesOfTwo = 255;
  if (two_byte_) return id != 0 && size <= kMostBytesOfTwo;
  return id >= 1 && id <= kMostId && size >= 1 && size <= kMostBytes;
}

}  // namespace parley::rtp
