#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "formats/format.hpp"

namespace parley::formats {

/// What a frame's bitstream says of itself, its size before all. Costs copies of the frame: for key frames whose
/// program does not tell. Nothing if it is not a frame of the codec.
FrameInfo describe_frame(std::string_view codec, ByteView frame);

/// How much sound a frame of audio is, in samples of RTP's clock (RFC 7587 section 4.1, RFC 3551 section 4.5). nullopt
/// if the codec is not known.
std::optional<std::uint32_t> samples_of(std::string_view codec, unsigned channels, ByteView frame);

}  // namespace parley::formats
