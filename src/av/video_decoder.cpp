#include "parley/av/video_decoder.hpp"

#include <cstring>
#include <limits>
#include <string>

#include "av/codec_table.hpp"
#include "parley/errors.hpp"

namespace parley::av {

struct VideoDecoder::Inside {
  CodecPtr codec;
  PacketPtr packet{av_packet_alloc()};
  FramePtr frame{av_frame_alloc()};
  ScalerPtr scaler;  // for pictures that are not 8 bits in 4:2:0

  Picture picture();
  void convert(std::uint8_t* const* into, const int* strides);
};

namespace {

constexpr std::int64_t kMostPixels = std::int64_t{8192} * 8192;
constexpr std::string_view kNotDecoded = "the frame cannot be decoded";

}  // namespace

VideoDecoder::VideoDecoder(std::string_view mimeType) : inside_(std::make_unique<Inside>()) {
  make_quiet();
  const CodecEntry* const entry = find_codec(mimeType);
  const AVCodec* decoder = nullptr;
  if (entry != nullptr && entry->kind == Kind::Video) {
    // FFmpeg's own decoder of AV1 needs hardware.
    if (entry->id == AV_CODEC_ID_AV1) decoder = avcodec_find_decoder_by_name("libdav1d");
    if (decoder == nullptr) decoder = avcodec_find_decoder(entry->id);
  }
  if (decoder == nullptr) throw NotSupportedError("there is no decoder for " + std::string(mimeType));
  AVCodecContext* const codec = avcodec_alloc_context3(decoder);
  inside_->codec.reset(codec);
  codec->thread_count = 1;  // several of them hold frames back
  codec->flags |= AV_CODEC_FLAG_LOW_DELAY;
  codec->max_pixels = kMostPixels;
  codec->pkt_timebase = kMicroseconds;
  if (entry->id == AV_CODEC_ID_AV1) av_opt_set(codec->priv_data, "max_frame_delay", "1", 0);
  check(avcodec_open2(codec, decoder, nullptr), kNotDecoded);
}

VideoDecoder::~VideoDecoder() = default;

std::vector<Picture> VideoDecoder::decode(const RTCEncodedVideoFrame& frame) {
  Inside& inside = *inside_;
  std::vector<Picture> pictures;
  if (frame.data.empty() || frame.data.size() > std::size_t{std::numeric_limits<int>::max() / 2})
    throw EncodingError("the frame cannot be decoded: its size");
  // With the padding that decoders read into.
  check(av_new_packet(inside.packet.get(), static_cast<int>(frame.data.size())), kNotDecoded);
  std::memcpy(inside.packet->data, frame.data.data(), frame.data.size());
  if (frame.timestamp) inside.packet->pts = frame.timestamp->count();
  if (frame.type == RTCEncodedVideoFrameType::Key) inside.packet->flags |= AV_PKT_FLAG_KEY;
  const int sent = avcodec_send_packet(inside.codec.get(), inside.packet.get());
  av_packet_unref(inside.packet.get());
  check(sent, kNotDecoded);
  for (;;) {
    const int code = avcodec_receive_frame(inside.codec.get(), inside.frame.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return pictures;
    check(code, kNotDecoded);
    pictures.push_back(inside.picture());
    av_frame_unref(inside.frame.get());
  }
}

Picture VideoDecoder::Inside::picture() {
  constexpr int kMost = std::numeric_limits<std::uint16_t>::max();
  if (frame->width <= 0 || frame->height <= 0 || frame->width > kMost || frame->height > kMost)
    throw EncodingError("the frame cannot be decoded: its picture's size");
  Picture picture{.width = static_cast<std::uint16_t>(frame->width),
                  .height = static_cast<std::uint16_t>(frame->height)};
  picture.data.resize(picture_size(picture.width, picture.height));
  if (frame->pts != kNoTime) picture.timestamp = std::chrono::microseconds(frame->pts);
  std::uint8_t* into[4]{};
  int strides[4]{};
  av_image_fill_arrays(into, strides, picture.data.data(), AV_PIX_FMT_YUV420P, picture.width, picture.height, 1);
  if (frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P) {
    av_image_copy(into, strides, const_cast<const std::uint8_t**>(frame->data), frame->linesize, AV_PIX_FMT_YUV420P,
                  picture.width, picture.height);
  } else {
    convert(into, strides);
  }
  return picture;
}

void VideoDecoder::Inside::convert(std::uint8_t* const* into, const int* strides) {
  scaler.reset(sws_getCachedContext(scaler.release(), frame->width, frame->height,
                                    static_cast<AVPixelFormat>(frame->format), frame->width, frame->height,
                                    AV_PIX_FMT_YUV420P, SWS_BILINEAR, nullptr, nullptr, nullptr));
  if (!scaler) throw EncodingError("the frame cannot be decoded: its colours");
  sws_scale(scaler.get(), frame->data, frame->linesize, 0, frame->height, into, strides);
}

}  // namespace parley::av
