#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "parley/av/raw_media.hpp"

namespace parley::av::test {

using namespace std::chrono_literals;

/// A ramp with a bright square that moves; `noise` makes it hard to encode.
inline Picture picture(std::uint16_t width, std::uint16_t height, int number, int noise = 0) {
  Picture picture{.width = width, .height = height, .timestamp = number * 33'333us};
  picture.data.assign(picture_size(width, height), 128);
  std::uint32_t random = static_cast<std::uint32_t>(number) + 1;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const bool square = std::abs(x - (20 + number * 2) % width) < 10 && std::abs(y - height / 2) < 10;
      int value = square ? 220 : 40 + x / 2;
      if (noise > 0) value += static_cast<int>((random = random * 1664525 + 1013904223) >> 24) % noise;
      picture.data[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)] =
          static_cast<std::uint8_t>(std::min(value, 235));
    }
  return picture;
}

/// Of the bytes, on average.
inline double difference(const Picture& a, const Picture& b) {
  if (a.data.size() != b.data.size()) return 1e9;
  double sum = 0;
  for (std::size_t i = 0; i < a.data.size(); ++i) sum += std::abs(int{a.data[i]} - int{b.data[i]});
  return sum / static_cast<double>(a.data.size());
}

}  // namespace parley::av::test
