#pragma once

#include <cstdint>
#include <random>

#include "parley/encoded_frame.hpp"

namespace parley::test {

/// What looks like a frame of VP8 as far as its header goes, with content that tells one from another.
inline RTCEncodedVideoFrame vp8_frame(RTCEncodedVideoFrameType type, std::size_t size, std::uint32_t number) {
  RTCEncodedVideoFrame frame;
  frame.type = type;
  frame.data.resize(size);
  std::minstd_rand random(number + 1);
  for (std::uint8_t& byte : frame.data) byte = static_cast<std::uint8_t>(random());
  const bool key = type == RTCEncodedVideoFrameType::Key;
  frame.data[0] = key ? 0x10 : 0x11;
  if (key && size >= 10) {
    const std::uint8_t head[] = {0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01};  // 640x480
    std::copy(std::begin(head), std::end(head), frame.data.begin() + 3);
  }
  return frame;
}

inline RTCEncodedAudioFrame audio_frame(std::size_t size, std::uint32_t number) {
  RTCEncodedAudioFrame frame;
  std::minstd_rand random(number + 1);
  frame.data.resize(size);
  for (std::uint8_t& byte : frame.data) byte = static_cast<std::uint8_t>(random());
  return frame;
}

}  // namespace parley::test
