// VP8 and VP9, by libvpx itself: FFmpeg cannot change the rate of an encoder that runs.
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include <algorithm>
#include <string>

#include "av/picture_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

/// The last frame is that of the lowest layer, and the golden one that between.
vpx_enc_frame_flags_t flags_of(const TemporalPattern::Place& place) {
  using Store = TemporalPattern::Store;
  vpx_enc_frame_flags_t flags = VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_ARF;
  if (place.reads == Store::Lowest) flags |= VP8_EFLAG_NO_REF_GF;
  if (place.writes != Store::Lowest) flags |= VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ENTROPY;
  if (place.writes != Store::Middle) flags |= VP8_EFLAG_NO_UPD_GF;
  return flags;
}

class VpxEncoder final : public PictureEncoder {
 public:
  explicit VpxEncoder(const Settings& settings);
  ~VpxEncoder() override { vpx_codec_destroy(&codec_); }
  VpxEncoder(const VpxEncoder&) = delete;
  VpxEncoder& operator=(const VpxEncoder&) = delete;

  void aim_at(double bits_per_second) override {
    set_rate(bits_per_second);
    check(vpx_codec_enc_config_set(&codec_, &configuration_));
  }
  std::optional<Encoded> encode(const Picture& picture, std::chrono::microseconds at, const Order& order) override;

 private:
  void set_rate(double bits_per_second);
  void begin_layers();
  void say_layer(std::uint8_t layer);
  void check(vpx_codec_err_t code) {
    if (code != VPX_CODEC_OK) throw EncodingError(std::string("libvpx: ") + vpx_codec_err_to_string(code));
  }

  bool vp9_;
  std::uint8_t layers_;
  vpx_codec_ctx_t codec_{};
  vpx_codec_enc_cfg_t configuration_{};
  unsigned long frame_duration_;  // NOLINT(google-runtime-int): libvpx's
};

VpxEncoder::VpxEncoder(const Settings& settings)
    : vp9_(settings.codec == AV_CODEC_ID_VP9),
      layers_(settings.temporal_layers),
      frame_duration_(static_cast<unsigned long>(kEncoderTicks / settings.frame_rate)) {
  vpx_codec_iface_t* const codec = vp9_ ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx();
  check(vpx_codec_enc_config_default(codec, &configuration_, 0));
  configuration_.g_w = settings.width;
  configuration_.g_h = settings.height;
  configuration_.g_timebase = {1, kEncoderTicks};
  configuration_.g_threads = 1;
  // A frame comes out when its picture goes in, and key frames are made when they are asked for.
  configuration_.g_lag_in_frames = 0;
  configuration_.kf_mode = VPX_KF_AUTO;
  configuration_.kf_max_dist = 1U << 20;
  configuration_.rc_end_usage = VPX_CBR;
  configuration_.rc_min_quantizer = 2;
  configuration_.rc_max_quantizer = 56;
  configuration_.rc_dropframe_thresh = 25;
  configuration_.rc_buf_sz = 1000;  // milliseconds, as the next two
  configuration_.rc_buf_initial_sz = 500;
  configuration_.rc_buf_optimal_sz = 600;
  if (layers_ > 1) begin_layers();
  set_rate(settings.bits_per_second);
  check(vpx_codec_enc_init(&codec_, codec, &configuration_, 0));
  vpx_codec_control(&codec_, VP8E_SET_CPUUSED, vp9_ ? 8 : -8);  // the quickest that looks well
  vpx_codec_control(&codec_, VP8E_SET_STATIC_THRESHOLD, 1U);
  vpx_codec_control(&codec_, VP8E_SET_MAX_INTRA_BITRATE_PCT, 500U);
  if (vp9_ && layers_ > 1) {
    vpx_svc_extra_cfg_t layers{};
    for (int i = 0; i < VPX_MAX_LAYERS; ++i) {
      layers.max_quantizers[i] = static_cast<int>(configuration_.rc_max_quantizer);
      layers.min_quantizers[i] = static_cast<int>(configuration_.rc_min_quantizer);
    }
    layers.scaling_factor_num[0] = layers.scaling_factor_den[0] = 1;
    check(vpx_codec_control(&codec_, VP9E_SET_SVC, 1));
    check(vpx_codec_control(&codec_, VP9E_SET_SVC_PARAMETERS, &layers));
  }
}

void VpxEncoder::begin_layers() {
  // What VP9 takes over from the frame before would be another frame where layers are left out. VP8 takes over nothing
  // that it is not told to.
  configuration_.g_error_resilient = vp9_ ? VPX_ERROR_RESILIENT_DEFAULT : 0;
  configuration_.kf_mode = VPX_KF_DISABLED;                                    // none where another layer's turn is
  configuration_.temporal_layering_mode = VP9E_TEMPORAL_LAYERING_MODE_BYPASS;  // who refers to whom is told with each
  configuration_.ts_number_layers = layers_;
  configuration_.ts_periodicity = 1U << (layers_ - 1);
  TemporalPattern pattern(layers_);
  for (unsigned i = 0; i < configuration_.ts_periodicity; ++i) {
    configuration_.ts_layer_id[i] = pattern.next().layer;
    pattern.encoded(false);
  }
  for (unsigned i = 0; i < layers_; ++i) configuration_.ts_rate_decimator[i] = 1U << (layers_ - 1 - i);
}

/// Each layer has more than those below it.
void VpxEncoder::set_rate(double bits_per_second) {
  const double kilobits = std::max(bits_per_second / 1000, layers_ > 1 ? 5.0 : 1.0);
  configuration_.rc_target_bitrate = static_cast<unsigned>(kilobits);
  for (std::uint8_t i = 0; layers_ > 1 && i < layers_; ++i)
    configuration_.ts_target_bitrate[i] = configuration_.layer_target_bitrate[i] =
        static_cast<unsigned>(kilobits * share_up_to(i, layers_));
}

void VpxEncoder::say_layer(std::uint8_t layer) {
  if (vp9_) {
    vpx_svc_layer_id_t id{.spatial_layer_id = 0, .temporal_layer_id = layer, .temporal_layer_id_per_spatial = {layer}};
    check(vpx_codec_control(&codec_, VP9E_SET_SVC_LAYER_ID, &id));
  } else {
    check(vpx_codec_control(&codec_, VP8E_SET_TEMPORAL_LAYER_ID, int{layer}));
  }
}

std::optional<PictureEncoder::Encoded> VpxEncoder::encode(const Picture& picture, std::chrono::microseconds at,
                                                          const Order& order) {
  const Planes planes = planes_of(picture);
  vpx_image_t image{};
  vpx_img_wrap(&image, VPX_IMG_FMT_I420, picture.width, picture.height, 1, const_cast<std::uint8_t*>(planes.plane[0]));
  for (int i = 0; i < 3; ++i) {
    image.planes[i] = const_cast<std::uint8_t*>(planes.plane[i]);  // which it only reads
    image.stride[i] = planes.stride[i];
  }
  vpx_enc_frame_flags_t flags = order.key_frame ? VPX_EFLAG_FORCE_KF : 0;
  if (layers_ > 1) {
    say_layer(order.place.layer);
    if (!order.key_frame) flags = flags_of(order.place);
  }
  check(vpx_codec_encode(&codec_, &image, at.count(), frame_duration_, flags, VPX_DL_REALTIME));
  std::optional<Encoded> encoded;
  vpx_codec_iter_t iterator = nullptr;
  while (const vpx_codec_cx_pkt_t* const packet = vpx_codec_get_cx_data(&codec_, &iterator)) {
    if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
    const auto* const data = static_cast<const std::uint8_t*>(packet->data.frame.buf);
    encoded = {.key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0, .data = {data, data + packet->data.frame.sz}};
  }
  return encoded;
}

}  // namespace

std::unique_ptr<PictureEncoder> make_vpx_encoder(const PictureEncoder::Settings& settings) {
  return std::make_unique<VpxEncoder>(settings);
}

}  // namespace parley::av
