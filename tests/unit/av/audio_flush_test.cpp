// The end of a sound.
#include <gtest/gtest.h>

#include "parley/av/audio_codecs.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;

Sound noise(std::uint32_t rate, std::uint8_t channels, std::size_t count, std::chrono::microseconds at) {
  Sound sound{.sample_rate = rate, .channels = channels, .timestamp = at};
  std::uint32_t random = 7;
  for (std::size_t i = 0; i < count * channels; ++i)
    sound.samples.push_back(static_cast<std::int16_t>((random = random * 1664525 + 1013904223) >> 18));
  return sound;
}

TEST(AudioEncoder, WhatDoesNotFillAFrameComesAtTheEnd) {
  for (const std::uint32_t rate : {48'000U, 44'100U, 8'000U})
    for (const std::uint8_t channels : {std::uint8_t{1}, std::uint8_t{2}}) {
      AudioEncoder encoder;
      EXPECT_TRUE(encoder.flush().empty());
      // 50 ms: two frames and a half.
      const auto whole = encoder.encode(noise(rate, channels, rate / 20, 1s));
      const auto rest = encoder.flush();
      ASSERT_EQ(whole.size() + rest.size(), 3U) << rate << ' ' << int{channels};
      ASSERT_FALSE(rest.empty());
      EXPECT_EQ(rest.back().timestamp, 1s + 40ms);
      AudioDecoder decoder;
      for (const auto& frame : rest) EXPECT_EQ(decoder.decode(frame).samples.size(), 2 * 960U);
      EXPECT_TRUE(encoder.flush().empty());
      // What comes next is not put behind what has been.
      const auto next = encoder.encode(noise(rate, channels, rate / 20, 1s + 60ms));
      ASSERT_FALSE(next.empty());
      EXPECT_EQ(next.front().timestamp, 1s + 60ms);
    }
}

}  // namespace
}  // namespace parley::av
