#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/av/raw_media.hpp"
#include "parley/encoded_frame.hpp"
#include "parley/export.hpp"
#include "parley/media_stream.hpp"

namespace parley::av {

struct AudioEncoderState;

/// How an AudioEncoder does its work.
struct AudioEncoderOptions {
  /// "audio/opus", "audio/G722", "audio/PCMU" or "audio/PCMA".
  std::string mimeType = "audio/opus";
  /// About how many bits a second of sound takes: 6000 to 510000, with one channel 300000 at most. (The others take
  /// 64000.)
  double bits_per_second = 48'000;
  /// Opus: in silence there are two frames every 400 ms only (RFC 6716 section 2.1.9).
  bool dtx = false;
  /// Opus: more than voices. The sound is left as it is, where voices lose their lowest tones and are made clearer.
  bool music = false;
};

/// Sound into frames of 20 ms. One thread at a time may call, but aim_at() and expect_loss() any thread.
class PARLEY_EXPORT AudioEncoder {
 public:
  /// Throws NotSupportedError for another codec, TypeError for numbers that make no sense.
  explicit AudioEncoder(const AudioEncoderOptions& options = {});
  ~AudioEncoder();

  /// For `track->write()`: as many frames as are full. Of one or two channels, at any rate from 8 to 192 kHz, both the
  /// same in all calls; else TypeError. A gap in the timestamps is a pause. G.711 has one channel at 8 kHz, G.722 one
  /// at 16 kHz, whatever comes. Throws EncodingError.
  std::vector<RTCEncodedAudioFrame> encode(const Sound& sound);
  /// At the end, or before a pause: what does not fill a frame, and silence behind it. Sound that comes after that has
  /// its own time. Throws EncodingError.
  std::vector<RTCEncodedAudioFrame> flush();
  /// Opus: from the next frame on.
  void aim_at(double bits_per_second);
  /// Opus: how many of the frames get lost on their way, 0 to 1. The more there are, the better does each frame also
  /// hold what the one before it holds (in-band FEC, RFC 6716 section 2.1.7), out of the same bits.
  void expect_loss(double fraction);
  /// Does that from now on as the track's `packetloss` says: for the receiver that loses most, of those
  /// that have reported in the last 30 s. The encoder need not outlive the track, nor the track the encoder.
  void follow(const std::shared_ptr<MediaStreamTrack>& track);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
  std::shared_ptr<AudioEncoderState> state_;
};

/// Frames into sound. One thread at a time may call.
class PARLEY_EXPORT AudioDecoder {
 public:
  /// "audio/opus", "audio/G722", "audio/PCMU" or "audio/PCMA", else NotSupportedError.
  explicit AudioDecoder(std::string_view mimeType = "audio/opus");
  ~AudioDecoder();

  /// Opus: two channels at 48 kHz; G.722: one at 16 kHz; G.711: one at 8 kHz. Up to 120 ms of Opus that were lost in
  /// front of the frame, as its metadata's `sequenceNumber` tells, come with it, from in-band FEC or made up: the sound
  /// begins that much earlier. What was not sent, in silence, stays a pause. Throws EncodingError for what cannot be
  /// decoded.
  Sound decode(const RTCEncodedAudioFrame& frame);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace parley::av
