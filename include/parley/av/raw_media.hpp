#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

/// Media as cameras, microphones, screens and loudspeakers have it.
namespace parley::av {

/// A picture in I420: brightness for every pixel, then the two colours for every 2x2 pixels.
struct Picture {
  /// In pixels.
  std::uint16_t width = 0;
  /// In pixels.
  std::uint16_t height = 0;
  /// picture_size() bytes: the three planes one after the other, their rows without padding.
  std::vector<std::uint8_t> data{};
  /// When it is to be shown, on a clock that begins anywhere.
  std::chrono::microseconds timestamp{0};
};

/// How many bytes a picture of that size has.
constexpr std::size_t picture_size(std::uint16_t width, std::uint16_t height) {
  return std::size_t{width} * height + 2 * ((std::size_t{width} + 1) / 2) * ((std::size_t{height} + 1) / 2);
}

/// A piece of sound.
struct Sound {
  /// Samples a second, of each channel.
  std::uint32_t sample_rate = 48'000;
  /// How many there are.
  std::uint8_t channels = 1;
  /// Those of all channels for the first moment, then for the second, …
  std::vector<std::int16_t> samples{};
  /// Of the first sample.
  std::chrono::microseconds timestamp{0};
};

}  // namespace parley::av
