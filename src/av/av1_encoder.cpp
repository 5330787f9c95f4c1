// AV1, by libaom itself: FFmpeg cannot change the rate of an encoder that runs.
#include <aom/aom_encoder.h>
#include <aom/aomcx.h>

#include <algorithm>
#include <span>
#include <string>

#include "av/picture_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

/// A temporal unit begins with a delimiter, which does not travel (RTP payload format for AV1, section 5).
std::span<const std::uint8_t> without_delimiter(std::span<const std::uint8_t> unit) {
  const bool delimited = unit.size() >= 2 && (unit[0] >> 3 & 0xF) == OBU_TEMPORAL_DELIMITER && unit[1] == 0;
  return delimited ? unit.subspan(2) : unit;
}

class Av1Encoder final : public PictureEncoder {
 public:
  explicit Av1Encoder(const Settings& settings);
  ~Av1Encoder() override { aom_codec_destroy(&codec_); }
  Av1Encoder(const Av1Encoder&) = delete;
  Av1Encoder& operator=(const Av1Encoder&) = delete;

  void aim_at(double bits_per_second) override {
    configuration_.rc_target_bitrate = kilobits(bits_per_second);
    check(aom_codec_enc_config_set(&codec_, &configuration_));
    if (layers_ > 1) share_rate();
  }
  std::optional<Encoded> encode(const Picture& picture, std::chrono::microseconds at, const Order& order) override;

 private:
  static unsigned kilobits(double bits_per_second) {
    return static_cast<unsigned>(std::max(bits_per_second / 1000, 1.0));
  }
  static void check(aom_codec_err_t code) {
    if (code != AOM_CODEC_OK) throw EncodingError(std::string("libaom: ") + aom_codec_err_to_string(code));
  }

  void share_rate();
  void say_place(const TemporalPattern::Place& place, bool key_frame);

  std::uint8_t layers_;
  aom_codec_ctx_t codec_{};
  aom_codec_enc_cfg_t configuration_{};
  unsigned long frame_duration_;  // NOLINT(google-runtime-int): libaom's
};

Av1Encoder::Av1Encoder(const Settings& settings)
    : layers_(settings.temporal_layers),
      frame_duration_(static_cast<unsigned long>(kEncoderTicks / settings.frame_rate)) {
  aom_codec_iface_t* const codec = aom_codec_av1_cx();
  check(aom_codec_enc_config_default(codec, &configuration_, AOM_USAGE_REALTIME));
  configuration_.g_w = settings.width;
  configuration_.g_h = settings.height;
  configuration_.g_timebase = {1, kEncoderTicks};
  configuration_.g_threads = 1;
  // A frame comes out when its picture goes in, and key frames are made when they are asked for.
  configuration_.g_pass = AOM_RC_ONE_PASS;
  configuration_.g_lag_in_frames = 0;
  configuration_.kf_mode = AOM_KF_DISABLED;
  configuration_.rc_end_usage = AOM_CBR;
  configuration_.rc_target_bitrate = kilobits(settings.bits_per_second);
  configuration_.rc_min_quantizer = 2;
  configuration_.rc_max_quantizer = 56;
  configuration_.rc_undershoot_pct = 50;
  configuration_.rc_overshoot_pct = 50;
  configuration_.rc_dropframe_thresh = 25;
  configuration_.rc_buf_sz = 1000;  // milliseconds, as the next two
  configuration_.rc_buf_initial_sz = 500;
  configuration_.rc_buf_optimal_sz = 600;
  check(aom_codec_enc_init(&codec_, codec, &configuration_, 0));
  // The quickest that looks well, for pictures that a telephone takes as for large ones.
  aom_codec_control(&codec_, AOME_SET_CPUUSED,
                    std::size_t{settings.width} * settings.height > std::size_t{320} * 240 ? 10 : 9);
  aom_codec_control(&codec_, AV1E_SET_AQ_MODE, 3U);  // pictures are refreshed bit by bit
  aom_codec_control(&codec_, AOME_SET_MAX_INTRA_BITRATE_PCT, 500U);
  // What costs more time than it saves bits at this speed.
  aom_codec_control(&codec_, AV1E_SET_COEFF_COST_UPD_FREQ, 3U);
  aom_codec_control(&codec_, AV1E_SET_MODE_COST_UPD_FREQ, 3U);
  aom_codec_control(&codec_, AV1E_SET_MV_COST_UPD_FREQ, 3U);
  for (const int tool :
       {int{AV1E_SET_ENABLE_GLOBAL_MOTION}, int{AV1E_SET_ENABLE_WARPED_MOTION}, int{AV1E_SET_ENABLE_OBMC}})
    aom_codec_control(&codec_, tool, 0);
  aom_codec_control(&codec_, AV1E_SET_ENABLE_TPL_MODEL, 0U);
  if (layers_ > 1) share_rate();
}

void Av1Encoder::share_rate() {
  aom_svc_params_t layers{};
  layers.number_spatial_layers = 1;
  layers.number_temporal_layers = layers_;
  layers.scaling_factor_num[0] = layers.scaling_factor_den[0] = 1;
  for (std::uint8_t i = 0; i < layers_; ++i) {
    layers.max_quantizers[i] = static_cast<int>(configuration_.rc_max_quantizer);
    layers.min_quantizers[i] = static_cast<int>(configuration_.rc_min_quantizer);
    layers.framerate_factor[i] = 1 << (layers_ - 1 - i);
    layers.layer_target_bitrate[i] =
        static_cast<int>(std::max(configuration_.rc_target_bitrate * share_up_to(i, layers_), 1.0));
  }
  check(aom_codec_control(&codec_, AV1E_SET_SVC_PARAMS, &layers));
}

/// Each frame refers to one other. Where that is kept is the same for all names that AV1 has for references.
void Av1Encoder::say_place(const TemporalPattern::Place& place, bool key_frame) {
  aom_svc_layer_id_t id{.spatial_layer_id = 0, .temporal_layer_id = place.layer};
  check(aom_codec_control(&codec_, AV1E_SET_SVC_LAYER_ID, &id));
  aom_svc_ref_frame_config_t references{};
  references.reference[0] = 1;
  std::ranges::fill(references.ref_idx, static_cast<int>(place.reads));
  if (key_frame) std::ranges::fill(references.refresh, 1);
  if (place.writes) references.refresh[static_cast<int>(*place.writes)] = 1;
  check(aom_codec_control(&codec_, AV1E_SET_SVC_REF_FRAME_CONFIG, &references));
}

std::optional<PictureEncoder::Encoded> Av1Encoder::encode(const Picture& picture, std::chrono::microseconds at,
                                                          const Order& order) {
  const Planes planes = planes_of(picture);
  aom_image_t image{};
  aom_img_wrap(&image, AOM_IMG_FMT_I420, picture.width, picture.height, 1, const_cast<std::uint8_t*>(planes.plane[0]));
  for (int i = 0; i < 3; ++i) {
    image.planes[i] = const_cast<std::uint8_t*>(planes.plane[i]);  // which it only reads
    image.stride[i] = planes.stride[i];
  }
  if (layers_ > 1) say_place(order.place, order.key_frame);
  const aom_enc_frame_flags_t flags = order.key_frame ? AOM_EFLAG_FORCE_KF : 0;
  check(aom_codec_encode(&codec_, &image, at.count(), frame_duration_, flags));
  std::optional<Encoded> encoded;
  aom_codec_iter_t iterator = nullptr;
  while (const aom_codec_cx_pkt_t* const packet = aom_codec_get_cx_data(&codec_, &iterator)) {
    if (packet->kind != AOM_CODEC_CX_FRAME_PKT) continue;
    const auto unit =
        without_delimiter({static_cast<const std::uint8_t*>(packet->data.frame.buf), packet->data.frame.sz});
    encoded = {.key = (packet->data.frame.flags & AOM_FRAME_IS_KEY) != 0, .data = {unit.begin(), unit.end()}};
  }
  return encoded;
}

}  // namespace

std::unique_ptr<PictureEncoder> make_av1_encoder(const PictureEncoder::Settings& settings) {
  return std::make_unique<Av1Encoder>(settings);
}

}  // namespace parley::av
