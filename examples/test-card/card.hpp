// A picture and a tone that are made up, and how to know them again.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <parley/av/raw_media.hpp>

namespace card {

using namespace std::chrono_literals;

inline constexpr std::uint16_t kWidth = 320, kHeight = 240;
inline constexpr auto kPictureTime = 40ms, kSoundTime = 20ms;
inline constexpr int kRate = 48'000, kTone = 440;

/// Eight bars from dark to bright, and a square that moves along them.
inline parley::av::Picture picture(int number) {
  parley::av::Picture picture{.width = kWidth, .height = kHeight, .timestamp = number * kPictureTime};
  picture.data.assign(parley::av::picture_size(kWidth, kHeight), 128);
  const int left = number * 4 % kWidth;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      const bool square = x >= left && x < left + 40 && y >= 100 && y < 140;
      const int bright = square ? 235 : 30 + x / (kWidth / 8) * 22;
      picture.data[static_cast<std::size_t>(y * kWidth + x)] = static_cast<std::uint8_t>(bright);
    }
  return picture;
}

inline parley::av::Sound tone(int number) {
  constexpr int kSamples = kRate / 50;
  parley::av::Sound sound{.sample_rate = kRate, .timestamp = number * kSoundTime};
  for (int i = number * kSamples; i < (number + 1) * kSamples; ++i)
    sound.samples.push_back(static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * kTone * i / kRate)));
  return sound;
}

/// Counts how often a sound rises above zero.
class Pitch {
 public:
  void hear(const parley::av::Sound& sound) {
    for (std::size_t i = 0; i < sound.samples.size(); i += sound.channels) {
      const bool above = sound.samples[i] > 0;
      if (above && !above_) ++rises_;
      above_ = above;
      ++samples_;
    }
  }
  /// In hertz.
  [[nodiscard]] int value() const {
    return samples_ == 0 ? 0 : static_cast<int>(std::lround(rises_ * kRate / samples_));
  }

 private:
  bool above_ = false;
  double rises_ = 0, samples_ = 0;
};

}  // namespace card
