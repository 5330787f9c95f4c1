#pragma once

#include <memory>
#include <string>
#include <vector>

#include "parley/av/raw_media.hpp"
#include "parley/export.hpp"
#include "parley/media_stream.hpp"
#include "parley/rtp_parameters.hpp"

namespace parley::av {

struct SimulcastEncoderState;

/// How a SimulcastEncoder does its work.
struct SimulcastEncoderOptions {
  /// Of encodings that name no `codec`: "video/VP8", "video/VP9", "video/AV1" or "video/H264".
  std::string mimeType = "video/VP8";
  /// What all encodings together begin with.
  double bits_per_second = 500'000;
  /// About how many pictures a second there will be.
  double frame_rate = 30;
};

/// Pictures into frames of several encodings at the same time (simulcast): of each encoding that is active, scaled down
/// and as often as it says (scaleResolutionDownBy or scaleResolutionDownTo, maxFramerate), with a rate of its own that
/// maxBitrate bounds. What all may take together is shared so that the small ones come first; what nothing is left for
/// is not encoded until there is more. scalabilityMode is L1T1, which is that of encodings without, to L1T3, as with a
/// VideoEncoder. One thread at a time may call encode(); the others any thread.
class PARLEY_EXPORT SimulcastEncoder {
 public:
  /// `encodings`: what `sender->getParameters()` says. Throws TypeError for none and for numbers that make no sense,
  /// NotSupportedError for a codec or a scalabilityMode for which there is no encoder.
  explicit SimulcastEncoder(std::vector<RTCRtpEncodingParameters> encodings,
                            const SimulcastEncoderOptions& options = {});
  ~SimulcastEncoder();

  /// For `track->write()`, one after the other: a frame of each encoding that has one now, with its rid. Throws
  /// TypeError if the picture's data do not fit its size, NotSupportedError if a codec does not take a size,
  /// EncodingError.
  std::vector<RTCEncodedVideoFrame> encode(const Picture& picture);
  /// From the next picture on, after `sender->setParameters()`. Throws as the constructor.
  void use(std::vector<RTCRtpEncodingParameters> encodings);
  /// The next frame of the encoding is one; empty: of each.
  void request_key_frame(const std::string& rid = {});
  /// What all encodings may take together, from the next picture on.
  void aim_at(double bits_per_second);

  /// Does from now on what the track's `keyframerequest` and `targetbitrate` say, of several senders as
  /// VideoEncoder::follow() does, each encoding for itself. The encoder need not outlive the track, nor the track the
  /// encoder.
  void follow(const std::shared_ptr<MediaStreamTrack>& track);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
  std::shared_ptr<SimulcastEncoderState> state_;
};

}  // namespace parley::av
