#include "parley/av/video_encoder.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "av/picture_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {

/// What other threads may say to the encoder.
struct VideoEncoderState {
  std::atomic<double> target = 0;  // bits per second
  std::atomic<bool> key_wanted = false;
};

struct VideoEncoder::Inside {
  VideoEncoderOptions options;
  const CodecEntry* codec = nullptr;
  std::unique_ptr<PictureEncoder> encoder;
  std::uint16_t width = 0, height = 0;
  double target = 0;
  std::optional<std::chrono::microseconds> last;

  void prepare(const Picture& picture, double wanted);
};

namespace {

/// Below that no codec makes pictures.
constexpr double kLeast = 10'000;
/// What the codecs can count, at least.
constexpr std::uint16_t kLargest = 16'383;

const CodecEntry* encoder_for(const std::string& mime_type) {
  const CodecEntry* const codec = find_codec(mime_type);
  const bool vpx = codec != nullptr && (codec->id == AV_CODEC_ID_VP8 || codec->id == AV_CODEC_ID_VP9);
  const bool h264 = codec != nullptr && codec->id == AV_CODEC_ID_H264 && avcodec_find_encoder_by_name("libx264");
  if (!vpx && !h264) throw NotSupportedError("there is no encoder for " + mime_type);
  return codec;
}

void check(const VideoEncoderOptions& options) {
  const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
  if (!positive(options.bits_per_second) || !positive(options.most_bits_per_second) || !positive(options.frame_rate) ||
      options.frame_rate > 1000 || options.most_bits_per_second > 1e9)
    throw TypeError("the rates of an encoder are positive numbers of a usual size");
}

void check(const Picture& picture) {
  if (picture.width == 0 || picture.height == 0 || picture.width > kLargest || picture.height > kLargest)
    throw TypeError("a picture has 1 to 16383 pixels each way");
  if (picture.data.size() != picture_size(picture.width, picture.height))
    throw TypeError("the picture's data do not fit its size");
}

}  // namespace

VideoEncoder::VideoEncoder(const VideoEncoderOptions& options)
    : inside_(std::make_unique<Inside>()), state_(std::make_shared<VideoEncoderState>()) {
  make_quiet();
  check(options);
  inside_->options = options;
  inside_->codec = encoder_for(options.mimeType);
  aim_at(options.bits_per_second);
}

VideoEncoder::~VideoEncoder() = default;

/// An encoder for the picture's size, and for the rate that is wanted.
void VideoEncoder::Inside::prepare(const Picture& picture, double wanted) {
  const double aim = std::clamp(wanted, std::min(kLeast, options.most_bits_per_second), options.most_bits_per_second);
  if (encoder && width == picture.width && height == picture.height) {
    if (aim == target) return;
    encoder->aim_at(aim);
  } else {
    const PictureEncoder::Settings settings{.codec = codec->id,
                                            .width = picture.width,
                                            .height = picture.height,
                                            .bits_per_second = aim,
                                            .frame_rate = options.frame_rate};
    encoder.reset();
    encoder = codec->id == AV_CODEC_ID_H264 ? make_h264_encoder(settings) : make_vpx_encoder(settings);
    width = picture.width;
    height = picture.height;
  }
  target = aim;
}

std::optional<RTCEncodedVideoFrame> VideoEncoder::encode(const Picture& picture) {
  using namespace std::chrono_literals;
  check(picture);
  Inside& inside = *inside_;
  inside.prepare(picture, state_->target);
  // Encoders want each picture later than the one before.
  const auto at = inside.last ? std::max(picture.timestamp, *inside.last + 1ms) : picture.timestamp;
  inside.last = at;
  const bool wanted = state_->key_wanted.exchange(false);
  auto encoded =
      inside.encoder->encode(picture, at, wanted ? PictureEncoder::Next::KeyFrame : PictureEncoder::Next::Any);
  if (!encoded || encoded->data.empty()) {
    if (wanted) state_->key_wanted = true;
    return std::nullopt;
  }
  RTCEncodedVideoFrame frame{.type = encoded->key ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta,
                             .data = std::move(encoded->data),
                             .timestamp = picture.timestamp};
  frame.metadata.mimeType = std::string(inside.codec->mime_type);
  frame.metadata.width = picture.width;
  frame.metadata.height = picture.height;
  return frame;
}

void VideoEncoder::request_key_frame() { state_->key_wanted = true; }

void VideoEncoder::aim_at(double bits_per_second) {
  if (std::isfinite(bits_per_second)) state_->target = bits_per_second;
}

void VideoEncoder::follow(const std::shared_ptr<MediaStreamTrack>& track) {
  if (!track) throw TypeError("follow needs a track");
  track->addEventListener<"keyframerequest">([weak = std::weak_ptr(state_)] {
    if (const auto state = weak.lock()) state->key_wanted = true;
  });
  track->addEventListener<"targetbitrate">([weak = std::weak_ptr(state_)](const TargetBitrateEvent& event) {
    if (const auto state = weak.lock()) state->target = event.bits_per_second;
  });
}

}  // namespace parley::av
