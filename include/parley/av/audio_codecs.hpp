#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "parley/av/raw_media.hpp"
#include "parley/encoded_frame.hpp"
#include "parley/export.hpp"

namespace parley::av {

/// How an AudioEncoder does its work.
struct AudioEncoderOptions {
  /// About how many bits a second of sound takes: 6000 to 510000.
  double bits_per_second = 48'000;
};

/// Sound into frames of Opus of 20 ms. One thread at a time may call.
class PARLEY_EXPORT AudioEncoder {
 public:
  /// Throws TypeError for numbers that make no sense.
  explicit AudioEncoder(const AudioEncoderOptions& options = {});
  ~AudioEncoder();

  /// For `track->write()`: as many frames as are full. Of one or two channels, at any rate from 8 to 192 kHz, both the
  /// same in all calls; else TypeError. A gap in the timestamps is a pause. Throws EncodingError,
  /// and NotSupportedError if FFmpeg has no libopus.
  std::vector<RTCEncodedAudioFrame> encode(const Sound& sound);
  /// At the end, or before a pause: what does not fill a frame, and silence behind it. Sound that comes after that has
  /// its own time. Throws EncodingError.
  std::vector<RTCEncodedAudioFrame> flush();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// Frames into sound. One thread at a time may call.
class PARLEY_EXPORT AudioDecoder {
 public:
  /// "audio/opus", "audio/PCMU" or "audio/PCMA", else NotSupportedError.
  explicit AudioDecoder(std::string_view mimeType = "audio/opus");
  ~AudioDecoder();

  /// Opus: two channels at 48 kHz; the others: one at 8 kHz. Throws EncodingError for what cannot be decoded.
  Sound decode(const RTCEncodedAudioFrame& frame);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace parley::av
