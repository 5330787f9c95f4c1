#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.hpp"

/// Frames whose content is encrypted before they are cut into packets, and which nevertheless have to look like frames
/// of their codec: to packetizers, to depacketizers, which tell key frames from others, and to servers in between.
///
/// What stays readable is the beginning of a VP8 or VP9 frame (10 bytes of a key frame, which have its size; 3 or 1 of
/// another), the parameter sets of H.264 and H.265, the sequence header of AV1. The rest goes into one unit of the kind
/// that the frame's first slice has. Frames of other codecs, and of sound, are encrypted whole.
namespace parley::formats {

/// A frame in two.
struct CoveredFrame {
  /// What stays readable, in the form in which it arrives.
  Bytes clear;
  /// The rest: before it is encrypted, or encrypted.
  Bytes content;
  /// In front of the encrypted content: the header of the unit that carries it.
  Bytes carrier;
};

/// Of a frame before encryption. nullopt if it is no frame of the codec.
std::optional<CoveredFrame> divide(std::string_view codec, ByteView frame);
/// The frame to be sent, when `content` has been encrypted.
Bytes cover(std::string_view codec, const CoveredFrame& frame);
/// Of a frame that has arrived, without its carrier. nullopt if it is not what cover() makes.
std::optional<CoveredFrame> uncover(std::string_view codec, ByteView frame);
/// The first frame again, when `content` has been decrypted; of H.264 and H.265 without delimiters, of AV1 without what
/// no packet carries.
Bytes restore(CoveredFrame&& frame);

}  // namespace parley::formats
