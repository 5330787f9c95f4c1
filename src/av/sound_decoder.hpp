#pragma once

#include <memory>

#include "av/ffmpeg.hpp"
#include "parley/av/raw_media.hpp"
#include "parley/encoded_frame.hpp"

namespace parley::av {

/// Decodes frames, and maybe what is missing in front of one. Throws EncodingError.
class SoundDecoder {
 public:
  virtual ~SoundDecoder() = default;
  virtual Sound decode(const RTCEncodedAudioFrame& frame) = 0;
};

std::unique_ptr<SoundDecoder> make_opus_decoder();
/// AV_CODEC_ID_PCM_MULAW, AV_CODEC_ID_PCM_ALAW or AV_CODEC_ID_ADPCM_G722.
std::unique_ptr<SoundDecoder> make_telephony_decoder(AVCodecID codec);

}  // namespace parley::av
