#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace parley::rtp {

/// What a video shows: http://www.webrtc.org/experiments/rtp-hdrext/video-content-type. The other bits of its byte are
/// an experiment's of others.
enum class ContentType : std::uint8_t { Unspecified = 0, Screen = 1 };

inline std::optional<ContentType> parse_content_type(ByteView value) {
  if (value.size() != 1) return std::nullopt;
  return (value[0] & 1) != 0 ? ContentType::Screen : ContentType::Unspecified;
}
inline void write(ContentType type, Bytes& out) { out.push_back(static_cast<std::uint8_t>(type)); }

}  // namespace parley::rtp
