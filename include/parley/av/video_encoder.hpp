#pragma once

#include <memory>
#include <optional>
#include <string>

#include "parley/av/raw_media.hpp"
#include "parley/export.hpp"
#include "parley/media_stream.hpp"

namespace parley::av {

struct VideoEncoderState;

/// How a VideoEncoder does its work.
struct VideoEncoderOptions {
  /// "video/VP8", "video/VP9", "video/AV1" or "video/H264".
  std::string mimeType = "video/VP8";
  /// What it begins with.
  double bits_per_second = 500'000;
  /// What it never exceeds.
  double most_bits_per_second = 2'500'000;
  /// About how many pictures a second there will be.
  double frame_rate = 30;
  /// "L1T1", "L1T2" or "L1T3": how many layers by rate there are (not H.264). Whoever forwards the frames can leave out
  /// the upper ones, which are half of the frames each time, where the sender's encoding has the same
  /// `scalabilityMode`.
  std::string scalabilityMode = "L1T1";
};

/// Pictures into frames, at once and one by one. Key frames are made for the first picture, for one of another size and
/// when asked for. One thread at a time may call, but request_key_frame() and aim_at() any thread.
class PARLEY_EXPORT VideoEncoder {
 public:
  /// Throws NotSupportedError for another codec or mode, TypeError for numbers that make no sense.
  explicit VideoEncoder(const VideoEncoderOptions& options = {});
  ~VideoEncoder();

  /// For `track->write()`. The pictures' time may stand still, leap and go back. Nothing if the picture was left out,
  /// to keep the rate. Throws TypeError if the picture's data do not fit its size or that is not 1 to 16383 pixels each
  /// way, NotSupportedError if the codec does not take the size (H.264: an odd one), EncodingError.
  std::optional<RTCEncodedVideoFrame> encode(const Picture& picture);
  /// The next frame is one.
  void request_key_frame();
  /// From the next frame on.
  void aim_at(double bits_per_second);

  /// Does from now on what the track's `keyframerequest` and `targetbitrate` say. Of several senders the one that can
  /// carry least decides, as long as it takes part: it is there and has said something in the last 10 s. For all that
  /// ask, a key frame comes every 300 ms at most (of the pictures' time): who asks in between gets the next. The
  /// encoder need not outlive the track, nor the track the encoder.
  void follow(const std::shared_ptr<MediaStreamTrack>& track);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
  std::shared_ptr<VideoEncoderState> state_;
};

}  // namespace parley::av
