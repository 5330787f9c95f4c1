#include "parley/av/video_encoder.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "av/encoder_clock.hpp"
#include "av/picture_encoder.hpp"
#include "av/sender_shares.hpp"
#include "parley/errors.hpp"

namespace parley::av {

/// What other threads may say to the encoder.
struct VideoEncoderState {
  std::atomic<double> target = 0;        // bits per second
  std::atomic<bool> key_wanted = false;  // at once
  std::atomic<bool> key_asked = false;   // by receivers

  std::mutex mutex;
  SenderShares shares;

  void note(const TargetBitrateEvent& event) {
    if (!std::isfinite(event.bits_per_second)) return;
    const std::lock_guard lock(mutex);
    target = shares.note(event.sender, event.bits_per_second, std::chrono::steady_clock::now());
  }
  void let_go() {
    const std::lock_guard lock(mutex);
    if (const auto least = shares.leave(std::chrono::steady_clock::now())) target = *least;
  }
};

struct VideoEncoder::Inside {
  VideoEncoderOptions options;
  const CodecEntry* codec = nullptr;
  std::uint8_t layers = 1;
  TemporalPattern pattern{1};
  std::unique_ptr<PictureEncoder> encoder;
  std::uint16_t width = 0, height = 0;
  double target = 0;
  std::optional<EncoderClock> clock;
  KeyFramePace pace;
  bool begins = true;  // the encoder has not encoded anything yet

  void prepare(const Picture& picture, double wanted);
};

namespace {

/// Below that no codec makes pictures.
constexpr double kLeastAim = 10'000;
/// What the codecs can count, at least.
constexpr std::uint16_t kLargest = 16'383;

const CodecEntry* encoder_for(const std::string& mime_type) {
  const CodecEntry* const codec = find_codec(mime_type);
  const AVCodecID id = codec != nullptr ? codec->id : AV_CODEC_ID_NONE;
  const bool own = id == AV_CODEC_ID_VP8 || id == AV_CODEC_ID_VP9 || id == AV_CODEC_ID_AV1;
  const bool h264 = id == AV_CODEC_ID_H264 && avcodec_find_encoder_by_name("libx264");
  if (!own && !h264) throw NotSupportedError("there is no encoder for " + mime_type);
  return codec;
}

std::unique_ptr<PictureEncoder> make_encoder(const PictureEncoder::Settings& settings) {
  if (settings.codec == AV_CODEC_ID_H264) return make_h264_encoder(settings);
  if (settings.codec == AV_CODEC_ID_AV1) return make_av1_encoder(settings);
  return make_vpx_encoder(settings);
}

std::uint8_t layers_of(const std::string& scalability_mode, const CodecEntry& codec) {
  const bool known = scalability_mode.size() == 4 && scalability_mode.starts_with("L1T") &&
                     scalability_mode[3] >= '1' && scalability_mode[3] < '1' + TemporalPattern::kMostLayers;
  const bool one = codec.id == AV_CODEC_ID_H264;
  if (!known || (one && scalability_mode[3] != '1'))
    throw NotSupportedError("the encoder has no scalabilityMode " + scalability_mode);
  return static_cast<std::uint8_t>(scalability_mode[3] - '0');
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
  inside_->clock.emplace(microseconds(std::llround(1e6 / options.frame_rate)));
  inside_->layers = layers_of(options.scalabilityMode, *inside_->codec);
  aim_at(options.bits_per_second);
}

VideoEncoder::~VideoEncoder() = default;

/// An encoder for the picture's size, and for the rate that is wanted.
void VideoEncoder::Inside::prepare(const Picture& picture, double wanted) {
  const double aim =
      std::clamp(wanted, std::min(kLeastAim, options.most_bits_per_second), options.most_bits_per_second);
  if (encoder && width == picture.width && height == picture.height) {
    if (aim == target) return;
    encoder->aim_at(aim);
  } else {
    const PictureEncoder::Settings settings{.codec = codec->id,
                                            .width = picture.width,
                                            .height = picture.height,
                                            .bits_per_second = aim,
                                            .frame_rate = options.frame_rate,
                                            .temporal_layers = layers};
    encoder.reset();
    encoder = make_encoder(settings);
    pattern = TemporalPattern(layers);
    begins = true;
    width = picture.width;
    height = picture.height;
  }
  target = aim;
}

std::optional<RTCEncodedVideoFrame> VideoEncoder::encode(const Picture& picture) {
  check(picture);
  Inside& inside = *inside_;
  state_->let_go();
  inside.prepare(picture, state_->target);
  const auto at = inside.clock->next(picture.timestamp);
  const bool wanted = state_->key_wanted.exchange(false);
  if (state_->key_asked.exchange(false)) inside.pace.ask();
  const bool key = wanted || inside.begins || inside.pace.is_due(at);
  const PictureEncoder::Order order{.key_frame = key, .place = key ? TemporalPattern::Place() : inside.pattern.next()};
  auto encoded = inside.encoder->encode(picture, at, order);
  if (!encoded || encoded->data.empty()) {
    if (wanted) state_->key_wanted = true;
    return std::nullopt;
  }
  inside.begins = false;
  if (encoded->key) inside.pace.note(at);
  inside.pattern.encoded(encoded->key);
  RTCEncodedVideoFrame frame{.type = encoded->key ? RTCEncodedVideoFrameType::Key : RTCEncodedVideoFrameType::Delta,
                             .data = std::move(encoded->data),
                             .timestamp = picture.timestamp};
  frame.metadata.mimeType = std::string(inside.codec->mime_type);
  frame.metadata.width = picture.width;
  frame.metadata.height = picture.height;
  if (inside.layers > 1) frame.metadata.temporalIndex = encoded->key ? std::uint8_t{0} : order.place.layer;
  return frame;
}

void VideoEncoder::request_key_frame() { state_->key_wanted = true; }

void VideoEncoder::aim_at(double bits_per_second) {
  if (std::isfinite(bits_per_second)) state_->target = bits_per_second;
}

void VideoEncoder::follow(const std::shared_ptr<MediaStreamTrack>& track) {
  if (!track) throw TypeError("follow needs a track");
  track->addEventListener<"keyframerequest">([weak = std::weak_ptr(state_)] {
    if (const auto state = weak.lock()) state->key_asked = true;
  });
  track->addEventListener<"targetbitrate">([weak = std::weak_ptr(state_)](const TargetBitrateEvent& event) {
    if (const auto state = weak.lock()) state->note(event);
  });
}

}  // namespace parley::av
