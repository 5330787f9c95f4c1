// H.264, by libx264 in libavcodec.
#include <cmath>
#include <string>
#include <utility>

#include "av/ffmpeg.hpp"
#include "av/picture_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

class H264Encoder final : public PictureEncoder {
 public:
  explicit H264Encoder(const Settings& settings);
  void aim_at(double bits_per_second) override;
  std::optional<Encoded> encode(const Picture& picture, std::chrono::microseconds at, const Order& order) override;

 private:
  CodecPtr codec_;
  FramePtr frame_{av_frame_alloc()};
  PacketPtr packet_{av_packet_alloc()};
};

H264Encoder::H264Encoder(const Settings& settings) {
  if (settings.width % 2 != 0 || settings.height % 2 != 0)
    throw NotSupportedError("H.264 has pictures of an even width and height");
  const AVCodec* const encoder = avcodec_find_encoder_by_name("libx264");
  codec_.reset(avcodec_alloc_context3(encoder));
  codec_->width = settings.width;
  codec_->height = settings.height;
  codec_->pix_fmt = AV_PIX_FMT_YUV420P;
  codec_->time_base = kMicroseconds;
  codec_->framerate = av_d2q(settings.frame_rate, 100'000);
  codec_->max_b_frames = 0;
  codec_->thread_count = 1;
  aim_at(settings.bits_per_second);
  // Parameter sets are in the stream, the profile is the one that every browser takes, nothing is held back, and key
  // frames are made when they are asked for.
  for (const auto& [name, value] :
       {std::pair("preset", "veryfast"), std::pair("tune", "zerolatency"), std::pair("profile", "baseline"),
        std::pair("forced-idr", "1"), std::pair("x264-params", "keyint=infinite:scenecut=0")})
    check(av_opt_set(codec_->priv_data, name, value, 0), "libx264");
  check(avcodec_open2(codec_.get(), encoder, nullptr), "libx264");
}

/// libx264 looks at these with every frame.
void H264Encoder::aim_at(double bits_per_second) {
  codec_->bit_rate = std::llround(bits_per_second);
  codec_->rc_max_rate = codec_->bit_rate;
  codec_->rc_buffer_size = static_cast<int>(codec_->bit_rate / 2);
}

std::optional<PictureEncoder::Encoded> H264Encoder::encode(const Picture& picture, std::chrono::microseconds at,
                                                           const Order& order) {
  av_frame_unref(frame_.get());
  frame_->format = AV_PIX_FMT_YUV420P;
  frame_->width = picture.width;
  frame_->height = picture.height;
  frame_->pts = at.count();
  frame_->pict_type = order.key_frame ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  check(av_frame_get_buffer(frame_.get(), 0), "libx264");
  const Planes planes = planes_of(picture);
  std::uint8_t* into[4] = {frame_->data[0], frame_->data[1], frame_->data[2], nullptr};
  const std::uint8_t* from[4] = {planes.plane[0], planes.plane[1], planes.plane[2], nullptr};
  const int strides[4] = {planes.stride[0], planes.stride[1], planes.stride[2], 0};
  av_image_copy(into, frame_->linesize, from, strides, AV_PIX_FMT_YUV420P, picture.width, picture.height);
  check(avcodec_send_frame(codec_.get(), frame_.get()), "libx264");
  const int code = avcodec_receive_packet(codec_.get(), packet_.get());
  if (code == AVERROR(EAGAIN)) return std::nullopt;
  check(code, "libx264");
  Encoded encoded{.key = (packet_->flags & AV_PKT_FLAG_KEY) != 0,
                  .data = {packet_->data, packet_->data + packet_->size}};
  av_packet_unref(packet_.get());
  return encoded;
}

}  // namespace

std::unique_ptr<PictureEncoder> make_h264_encoder(const PictureEncoder::Settings& settings) {
  return std::make_unique<H264Encoder>(settings);
}

}  // namespace parley::av
