#include "parley/av/simulcast_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "av/encoder_clock.hpp"
#include "av/encoding_plan.hpp"
#include "av/picture_scaler.hpp"
#include "av/sender_shares.hpp"
#include "parley/av/video_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {

/// What other threads may say to the encoder.
struct SimulcastEncoderState {
  struct Orders {
    std::vector<RTCRtpEncodingParameters> encodings;
    double target = 0;            // bits per second
    std::set<std::string> keys;   // of these a key frame is wanted,
    bool keys_of_all = false;     // or of all
    std::set<std::string> asked;  // the same by receivers
    bool asked_of_all = false;
  };

  std::mutex mutex;
  Orders orders;
  SenderShares shares;

  /// Key frames are asked for once.
  Orders take() {
    const std::lock_guard lock(mutex);
    if (const auto least = shares.leave(std::chrono::steady_clock::now())) orders.target = *least;
    Orders taken = orders;
    orders.keys.clear();
    orders.keys_of_all = false;
    orders.asked.clear();
    orders.asked_of_all = false;
    return taken;
  }
  void want_key_frame(const std::string& rid) {
    const std::lock_guard lock(mutex);
    if (rid.empty())
      orders.keys_of_all = true;
    else if (knows(rid))
      orders.keys.insert(rid);
  }
  void be_asked(const std::string& rid) {
    const std::lock_guard lock(mutex);
    if (rid.empty())
      orders.asked_of_all = true;
    else if (knows(rid))
      orders.asked.insert(rid);
  }
  void note(const TargetBitrateEvent& event) {
    if (!std::isfinite(event.bits_per_second)) return;
    const std::lock_guard lock(mutex);
    orders.target = shares.note(event.sender, event.bits_per_second, std::chrono::steady_clock::now());
  }
  void aim_at(double bits_per_second) {
    if (!std::isfinite(bits_per_second)) return;
    const std::lock_guard lock(mutex);
    orders.target = bits_per_second;
  }

 private:
  [[nodiscard]] bool knows(const std::string& rid) const {
    return std::ranges::any_of(orders.encodings, [&](const auto& encoding) { return encoding.rid == rid; });
  }
};

/// What of an encoding makes another encoder.
struct EncoderKind {
  std::string mime_type;
  double frame_rate = 0;
  std::string scalability_mode{};
  bool operator==(const EncoderKind&) const = default;
};

namespace {

/// Not bounded by the encoder: the plan does that.
constexpr double kNoLimit = 1e9;

EncoderKind kind_of(const RTCRtpEncodingParameters& encoding, const SimulcastEncoderOptions& options) {
  return {.mime_type = encoding.codec ? encoding.codec->mimeType : options.mimeType,
          .frame_rate = std::clamp(encoding.maxFramerate.value_or(options.frame_rate), 1.0, options.frame_rate),
          .scalability_mode = encoding.scalabilityMode.value_or("L1T1")};
}

/// Throws what a VideoEncoder would.
void check_encodings(const std::vector<RTCRtpEncodingParameters>& encodings, const SimulcastEncoderOptions& options) {
  if (encodings.empty()) throw TypeError("a simulcast encoder needs encodings");
  if (!(options.frame_rate >= 1)) throw TypeError("the rates of an encoder are positive numbers of a usual size");
  for (const RTCRtpEncodingParameters& encoding : encodings) {
    if (encoding.scaleResolutionDownBy && !(*encoding.scaleResolutionDownBy >= 1))
      throw TypeError("pictures can only be made smaller");
    if (encoding.maxFramerate && !(*encoding.maxFramerate >= 0)) throw TypeError("a frame rate is not negative");
    const EncoderKind kind = kind_of(encoding, options);
    (void)VideoEncoder({.mimeType = kind.mime_type,
                        .bits_per_second = options.bits_per_second,
                        .frame_rate = kind.frame_rate,
                        .scalabilityMode = kind.scalability_mode});
  }
}

}  // namespace

/// One encoding, on its way from picture to picture.
struct Layer {
  RTCRtpEncodingParameters wish;
  FrameThinner thinner;
  PictureScaler scaler;
  EncoderKind kind;
  std::unique_ptr<VideoEncoder> encoder;  // while it is encoded
  PictureSize size;
  KeyFramePace pace;

  std::optional<RTCEncodedVideoFrame> encode(const Picture& picture, double rate,
                                             const SimulcastEncoderOptions& options);
};

std::optional<RTCEncodedVideoFrame> Layer::encode(const Picture& picture, double rate,
                                                  const SimulcastEncoderOptions& options) {
  EncoderKind wanted = kind_of(wish, options);
  if (!encoder || kind != wanted) {
    encoder = std::make_unique<VideoEncoder>(VideoEncoderOptions{.mimeType = wanted.mime_type,
                                                                 .bits_per_second = std::max(rate, 1.0),
                                                                 .most_bits_per_second = kNoLimit,
                                                                 .frame_rate = wanted.frame_rate,
                                                                 .scalabilityMode = wanted.scalability_mode});
    kind = std::move(wanted);
  }
  encoder->aim_at(rate);
  const bool whole = size == PictureSize{picture.width, picture.height};
  auto frame = encoder->encode(whole ? picture : scaler.scale(picture, size));
  if (frame) frame->metadata.rid = wish.rid.value_or("");
  return frame;
}

struct SimulcastEncoder::Inside {
  SimulcastEncoderOptions options;
  std::vector<Layer> layers;
  std::optional<EncoderClock> clock;

  void use(std::vector<RTCRtpEncodingParameters>&& encodings);
  std::vector<std::optional<double>> plan(PictureSize picture, double target);
};

/// What goes on as it was keeps its encoder.
void SimulcastEncoder::Inside::use(std::vector<RTCRtpEncodingParameters>&& encodings) {
  std::vector<Layer> now(encodings.size());
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    const auto before =
        std::ranges::find_if(layers, [&](const Layer& layer) { return layer.wish.rid == encodings[i].rid; });
    if (before != layers.end()) now[i] = std::move(*before);
    now[i].wish = std::move(encodings[i]);
  }
  layers = std::move(now);
}

/// The rate of each layer; nothing: it is not encoded. The smallest pictures are served first.
std::vector<std::optional<double>> SimulcastEncoder::Inside::plan(PictureSize picture, double target) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].size = scaled(layers[i].wish, picture);
    if (layers[i].wish.active) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [this](std::size_t i) { return layers[i].size.width * layers[i].size.height; });
  std::vector<RateWish> wishes;
  wishes.reserve(order.size());
  for (const std::size_t i : order) {
    wishes.push_back(rate_wish(layers[i].wish, layers[i].size, kind_of(layers[i].wish, options).frame_rate));
    wishes.back().running = layers[i].encoder != nullptr;
  }
  const auto shares = share(target, wishes);
  std::vector<std::optional<double>> rates(layers.size());
  for (std::size_t i = 0; i < order.size(); ++i) rates[order[i]] = shares[i];
  return rates;
}

SimulcastEncoder::SimulcastEncoder(std::vector<RTCRtpEncodingParameters> encodings,
                                   const SimulcastEncoderOptions& options)
    : inside_(std::make_unique<Inside>()), state_(std::make_shared<SimulcastEncoderState>()) {
  check_encodings(encodings, options);
  inside_->options = options;
  inside_->clock.emplace(std::chrono::microseconds(std::llround(1e6 / options.frame_rate)));
  state_->orders.encodings = std::move(encodings);
  aim_at(options.bits_per_second);
}

SimulcastEncoder::~SimulcastEncoder() = default;

std::vector<RTCEncodedVideoFrame> SimulcastEncoder::encode(const Picture& picture) {
  if (picture.width == 0 || picture.height == 0 || picture.data.size() != picture_size(picture.width, picture.height))
    throw TypeError("the picture's data do not fit its size");
  auto orders = state_->take();
  inside_->use(std::move(orders.encodings));
  const auto now = inside_->clock->next(picture.timestamp);
  const auto rates = inside_->plan({picture.width, picture.height}, orders.target);
  std::vector<RTCEncodedVideoFrame> frames;
  frames.reserve(rates.size());
  for (std::size_t i = 0; i < rates.size(); ++i) {
    Layer& layer = inside_->layers[i];
    if (!rates[i]) {
      layer.encoder.reset();  // it begins with a key frame again
      continue;
    }
    const std::string rid = layer.wish.rid.value_or("");
    if (orders.asked_of_all || orders.asked.contains(rid)) layer.pace.ask();
    const bool key = orders.keys_of_all || orders.keys.contains(rid) || layer.pace.is_due(now);
    if (key && layer.encoder) layer.encoder->request_key_frame();
    if (!layer.thinner.takes(picture.timestamp, layer.wish.maxFramerate)) continue;
    auto frame = layer.encode(picture, *rates[i], inside_->options);
    if (!frame) continue;
    if (frame->type == RTCEncodedVideoFrameType::Key) layer.pace.note(now);
    frames.push_back(std::move(*frame));
  }
  return frames;
}

void SimulcastEncoder::use(std::vector<RTCRtpEncodingParameters> encodings) {
  check_encodings(encodings, inside_->options);
  const std::lock_guard lock(state_->mutex);
  state_->orders.encodings = std::move(encodings);
}

void SimulcastEncoder::request_key_frame(const std::string& rid) { state_->want_key_frame(rid); }

void SimulcastEncoder::aim_at(double bits_per_second) { state_->aim_at(bits_per_second); }

void SimulcastEncoder::follow(const std::shared_ptr<MediaStreamTrack>& track) {
  if (!track) throw TypeError("follow needs a track");
  track->addEventListener<"keyframerequest">([weak = std::weak_ptr(state_)](const KeyFrameRequestEvent& event) {
    if (const auto state = weak.lock()) state->be_asked(event.rid);
  });
  track->addEventListener<"targetbitrate">([weak = std::weak_ptr(state_)](const TargetBitrateEvent& event) {
    if (const auto state = weak.lock()) state->note(event);
  });
}

}  // namespace parley::av
