#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "av/ffmpeg.hpp"

namespace parley::av {

/// Encodes frames of sound of 20 ms, one after the other. Throws EncodingError.
class SoundEncoder {
 public:
  struct Settings {
    std::uint8_t channels = 1;
    bool dtx = false, music = false;
  };
  virtual ~SoundEncoder() = default;
  /// What it takes.
  [[nodiscard]] virtual int sample_rate() const = 0;
  [[nodiscard]] virtual std::uint8_t channels() const = 0;
  /// From the next frame on. `loss`: of the frames, 0 to 1.
  virtual void aim_at(double bits_per_second, double loss) = 0;
  /// Nothing if there is nothing to be sent.
  virtual std::vector<std::uint8_t> encode(std::span<const std::int16_t> samples) = 0;
};

std::unique_ptr<SoundEncoder> make_opus_encoder(const SoundEncoder::Settings& settings);
/// AV_CODEC_ID_PCM_MULAW, AV_CODEC_ID_PCM_ALAW or AV_CODEC_ID_ADPCM_G722.
std::unique_ptr<SoundEncoder> make_telephony_encoder(AVCodecID codec);

}  // namespace parley::av
