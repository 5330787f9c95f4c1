#pragma once

#include <string_view>

#include "av/ffmpeg.hpp"

namespace parley::av {

enum class Kind { Audio, Video };
inline std::string_view to_string(Kind kind) { return kind == Kind::Audio ? "audio" : "video"; }

inline constexpr int kOpusRate = 48'000;  ///< samples per second

/// A codec that can travel over RTP and be in a file.
struct CodecEntry {
  std::string_view mime_type;  ///< as descriptions have it
  AVCodecID id;
  Kind kind;
};

/// Whatever the case of letters. nullptr if it is none of them.
const CodecEntry* find_codec(std::string_view mime_type);
const CodecEntry* find_codec(AVCodecID id);
/// Of sound, per second. RTP's clock has 8000 for G.722 (RFC 3551 section 4.5.2), which is of no matter here.
int sample_rate(const CodecEntry& codec);

}  // namespace parley::av
