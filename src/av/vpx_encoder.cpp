// VP8 and VP9, by libvpx itself: FFmpeg cannot change the rate of an encoder that runs.
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include <algorithm>
#include <string>

#include "av/picture_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

constexpr int kMicrosecond = 1'000'000;

class VpxEncoder final : public PictureEncoder {
 public:
  explicit VpxEncoder(const Settings& settings);
  ~VpxEncoder() override { vpx_codec_destroy(&codec_); }
  VpxEncoder(const VpxEncoder&) = delete;
  VpxEncoder& operator=(const VpxEncoder&) = delete;

  void aim_at(double bits_per_second) override {
    configuration_.rc_target_bitrate = kilobits(bits_per_second);
    check(vpx_codec_enc_config_set(&codec_, &configuration_));
  }
  std::optional<Encoded> encode(const Picture& picture, std::chrono::microseconds at, Next next) override;

 private:
  static unsigned kilobits(double bits_per_second) {
    return static_cast<unsigned>(std::max(bits_per_second / 1000, 1.0));
  }
  void check(vpx_codec_err_t code) {
    if (code != VPX_CODEC_OK) throw EncodingError(std::string("libvpx: ") + vpx_codec_err_to_string(code));
  }

  vpx_codec_ctx_t codec_{};
  vpx_codec_enc_cfg_t configuration_{};
  unsigned long frame_duration_;  // NOLINT(google-runtime-int): libvpx's
};

VpxEncoder::VpxEncoder(const Settings& settings)
    : frame_duration_(static_cast<unsigned long>(kMicrosecond / settings.frame_rate)) {
  const bool vp9 = settings.codec == AV_CODEC_ID_VP9;
  vpx_codec_iface_t* const codec = vp9 ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx();
  check(vpx_codec_enc_config_default(codec, &configuration_, 0));
  configuration_.g_w = settings.width;
  configuration_.g_h = settings.height;
  configuration_.g_timebase = {1, kMicrosecond};
  configuration_.g_threads = 1;
  // A frame comes out when its picture goes in, and key frames are made when they are asked for.
  configuration_.g_lag_in_frames = 0;
  configuration_.kf_mode = VPX_KF_AUTO;
  configuration_.kf_max_dist = 1U << 20;
  configuration_.rc_end_usage = VPX_CBR;
  configuration_.rc_target_bitrate = kilobits(settings.bits_per_second);
  configuration_.rc_min_quantizer = 2;
  configuration_.rc_max_quantizer = 56;
  configuration_.rc_dropframe_thresh = 25;
  configuration_.rc_buf_sz = 1000;  // milliseconds, as the next two
  configuration_.rc_buf_initial_sz = 500;
  configuration_.rc_buf_optimal_sz = 600;
  check(vpx_codec_enc_init(&codec_, codec, &configuration_, 0));
  vpx_codec_control(&codec_, VP8E_SET_CPUUSED, vp9 ? 8 : -8);  // the quickest that looks well
  vpx_codec_control(&codec_, VP8E_SET_STATIC_THRESHOLD, 1U);
  vpx_codec_control(&codec_, VP8E_SET_MAX_INTRA_BITRATE_PCT, 500U);
}

std::optional<PictureEncoder::Encoded> VpxEncoder::encode(const Picture& picture, std::chrono::microseconds at,
                                                          Next next) {
  const Planes planes = planes_of(picture);
  vpx_image_t image{};
  vpx_img_wrap(&image, VPX_IMG_FMT_I420, picture.width, picture.height, 1, const_cast<std::uint8_t*>(planes.plane[0]));
  for (int i = 0; i < 3; ++i) {
    image.planes[i] = const_cast<std::uint8_t*>(planes.plane[i]);  // which it only reads
    image.stride[i] = planes.stride[i];
  }
  const vpx_enc_frame_flags_t flags = next == Next::KeyFrame ? VPX_EFLAG_FORCE_KF : 0;
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
