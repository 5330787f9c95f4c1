// FFmpeg's G.711 and G.722: 64 kbit/s and one channel, whatever comes.
#include <algorithm>
#include <cstring>

#include "av/codec_table.hpp"
#include "av/sound_decoder.hpp"
#include "av/sound_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

constexpr std::string_view kWhat = "G.711 or G.722";

CodecPtr open(const AVCodec* codec) {
  if (codec == nullptr) throw NotSupportedError("FFmpeg was built without G.711 or G.722");
  CodecPtr opened(avcodec_alloc_context3(codec));
  opened->sample_rate = sample_rate(*find_codec(codec->id));
  opened->sample_fmt = AV_SAMPLE_FMT_S16;
  av_channel_layout_default(&opened->ch_layout, 1);
  check(avcodec_open2(opened.get(), codec, nullptr), kWhat);
  return opened;
}

class TelephonyEncoder final : public SoundEncoder {
 public:
  explicit TelephonyEncoder(AVCodecID codec) : codec_(open(avcodec_find_encoder(codec))) {}
  [[nodiscard]] int sample_rate() const override { return codec_->sample_rate; }
  [[nodiscard]] std::uint8_t channels() const override { return 1; }
  void aim_at(double /*bits_per_second*/, double /*loss*/) override {}
  std::vector<std::uint8_t> encode(std::span<const std::int16_t> samples) override {
    av_frame_unref(frame_.get());
    frame_->format = AV_SAMPLE_FMT_S16;
    frame_->sample_rate = codec_->sample_rate;
    frame_->nb_samples = static_cast<int>(samples.size());
    check(av_channel_layout_copy(&frame_->ch_layout, &codec_->ch_layout), kWhat);
    check(av_frame_get_buffer(frame_.get(), 0), kWhat);
    std::ranges::copy(samples, reinterpret_cast<std::int16_t*>(frame_->data[0]));
    check(avcodec_send_frame(codec_.get(), frame_.get()), kWhat);
    check(avcodec_receive_packet(codec_.get(), packet_.get()), kWhat);
    std::vector<std::uint8_t> encoded(packet_->data, packet_->data + packet_->size);
    av_packet_unref(packet_.get());
    return encoded;
  }

 private:
  CodecPtr codec_;
  FramePtr frame_{av_frame_alloc()};
  PacketPtr packet_{av_packet_alloc()};
};

class TelephonyDecoder final : public SoundDecoder {
 public:
  explicit TelephonyDecoder(AVCodecID codec) : codec_(open(avcodec_find_decoder(codec))) {}
  Sound decode(const RTCEncodedAudioFrame& frame) override {
    check(av_new_packet(packet_.get(), static_cast<int>(frame.data.size())), kWhat);
    std::memcpy(packet_->data, frame.data.data(), frame.data.size());
    const int sent = avcodec_send_packet(codec_.get(), packet_.get());
    av_packet_unref(packet_.get());
    check(sent, kWhat);
    Sound sound{.sample_rate = static_cast<std::uint32_t>(codec_->sample_rate),
                .channels = 1,
                .timestamp = frame.timestamp.value_or(std::chrono::microseconds(0))};
    while (avcodec_receive_frame(codec_.get(), frame_.get()) == 0) {
      const auto* const samples = reinterpret_cast<const std::int16_t*>(frame_->data[0]);
      sound.samples.insert(sound.samples.end(), samples, samples + frame_->nb_samples);
      av_frame_unref(frame_.get());
    }
    return sound;
  }

 private:
  CodecPtr codec_;
  FramePtr frame_{av_frame_alloc()};
  PacketPtr packet_{av_packet_alloc()};
};

}  // namespace

std::unique_ptr<SoundEncoder> make_telephony_encoder(AVCodecID codec) {
  return std::make_unique<TelephonyEncoder>(codec);
}
std::unique_ptr<SoundDecoder> make_telephony_decoder(AVCodecID codec) {
  return std::make_unique<TelephonyDecoder>(codec);
}

}  // namespace parley::av
