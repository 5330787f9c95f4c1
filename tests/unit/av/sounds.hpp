#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "parley/av/raw_media.hpp"

namespace parley::av::test {

/// A piece of a tone, `first` samples behind the beginning of it, at the time that it has.
inline Sound tone(std::uint32_t rate, std::uint8_t channels, std::size_t first, std::size_t count,
                  double frequency = 440) {
  Sound sound{.sample_rate = rate,
              .channels = channels,
              .timestamp = std::chrono::microseconds(static_cast<std::int64_t>(first) * 1'000'000 / rate)};
  for (std::size_t i = first; i < first + count; ++i)
    for (int channel = 0; channel < channels; ++channel)
      sound.samples.push_back(static_cast<std::int16_t>(
          10'000 * std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / static_cast<double>(rate))));
  return sound;
}

/// How much of the first channel is at a frequency, from the sample `first` on: 1 for a pure tone.
inline double share_at(const Sound& sound, double frequency, std::size_t first, std::size_t count) {
  double real = 0, imaginary = 0, energy = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    const double value = sound.samples[i * sound.channels];
    const double angle = 2 * std::numbers::pi * frequency * static_cast<double>(i) / sound.sample_rate;
    real += value * std::cos(angle);
    imaginary += value * std::sin(angle);
    energy += value * value;
  }
  return energy == 0 ? 0 : 2 * (real * real + imaginary * imaginary) / (energy * static_cast<double>(count));
}

/// Of the second half, where a codec has found its feet.
inline double share_at(const Sound& sound, double frequency) {
  const std::size_t count = sound.samples.size() / sound.channels;
  return share_at(sound, frequency, count / 2, count - count / 2);
}

}  // namespace parley::av::test
