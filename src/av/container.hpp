#pragma once

#include <string>
#include <string_view>

#include "av/codec_table.hpp"

namespace parley::av {

/// A kind of file that is written.
struct Container {
  std::string_view extension;  ///< without the dot
  const char* format;          ///< FFmpeg's name
};

/// By the path's extension, whatever its case. nullptr if it is none of .webm, .mkv, .mp4, .ogg, .opus.
const Container* find_container(std::string_view path);
bool takes(const Container& container, const CodecEntry& codec);
bool takes(const Container& container, Kind kind);
/// The codec that all sound in it has; nullptr if there are several.
const CodecEntry* only_sound(const Container& container);

}  // namespace parley::av
