#include <cstring>
#include <string>

#include "av/codec_table.hpp"
#include "parley/av/audio_codecs.hpp"
#include "parley/errors.hpp"

namespace parley::av {

struct AudioDecoder::Inside {
  CodecPtr codec;
  PacketPtr packet{av_packet_alloc()};
  FramePtr frame{av_frame_alloc()};

  void append(std::vector<std::int16_t>& samples) const;
};

namespace {

void check(int code) {
  if (code < 0) throw EncodingError("the frame cannot be decoded: " + error_text(code));
}

std::int16_t to_sample(float value) {
  const float scaled = value * 32'768.0F;
  if (!(scaled > -32'768.0F)) return -32'768;  // nor NaN
  return scaled >= 32'767.0F ? std::int16_t{32'767} : static_cast<std::int16_t>(scaled);
}

}  // namespace

AudioDecoder::AudioDecoder(std::string_view mimeType) : inside_(std::make_unique<Inside>()) {
  make_quiet();
  const CodecEntry* const entry = find_codec(mimeType);
  const AVCodec* const decoder =
      entry != nullptr && entry->kind == Kind::Audio ? avcodec_find_decoder(entry->id) : nullptr;
  if (decoder == nullptr) throw NotSupportedError("there is no decoder for " + std::string(mimeType));
  AVCodecContext* const codec = avcodec_alloc_context3(decoder);
  inside_->codec.reset(codec);
  const bool opus = entry->id == AV_CODEC_ID_OPUS;
  codec->sample_rate = opus ? 48'000 : 8'000;
  av_channel_layout_default(&codec->ch_layout, opus ? 2 : 1);
  check(avcodec_open2(codec, decoder, nullptr));
}

AudioDecoder::~AudioDecoder() = default;

Sound AudioDecoder::decode(const RTCEncodedAudioFrame& frame) {
  constexpr std::size_t kMost = 65'535;
  Inside& inside = *inside_;
  if (frame.data.empty() || frame.data.size() > kMost) throw EncodingError("the frame cannot be decoded: its size");
  check(av_new_packet(inside.packet.get(), static_cast<int>(frame.data.size())));
  std::memcpy(inside.packet->data, frame.data.data(), frame.data.size());
  const int sent = avcodec_send_packet(inside.codec.get(), inside.packet.get());
  av_packet_unref(inside.packet.get());
  check(sent);
  Sound sound{.sample_rate = static_cast<std::uint32_t>(inside.codec->sample_rate),
              .channels = static_cast<std::uint8_t>(inside.codec->ch_layout.nb_channels),
              .timestamp = frame.timestamp.value_or(std::chrono::microseconds(0))};
  while (avcodec_receive_frame(inside.codec.get(), inside.frame.get()) == 0) {
    inside.append(sound.samples);
    av_frame_unref(inside.frame.get());
  }
  return sound;
}

/// Opus comes as numbers from -1 to 1, a plane for each channel; G.711 as it is wanted.
void AudioDecoder::Inside::append(std::vector<std::int16_t>& samples) const {
  const auto count = static_cast<std::size_t>(frame->nb_samples);
  const auto channels = static_cast<std::size_t>(frame->ch_layout.nb_channels);
  samples.reserve(samples.size() + count * channels);
  if (frame->format == AV_SAMPLE_FMT_S16) {
    const auto* const data = reinterpret_cast<const std::int16_t*>(frame->data[0]);
    samples.insert(samples.end(), data, data + count * channels);
  } else if (frame->format == AV_SAMPLE_FMT_FLTP && channels <= 2) {
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t channel = 0; channel < channels; ++channel)
        samples.push_back(to_sample(reinterpret_cast<const float*>(frame->data[channel])[i]));
  } else {
    throw EncodingError("the frame cannot be decoded: its samples");
  }
}

}  // namespace parley::av
