#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "av/ffmpeg.hpp"
#include "parley/av/audio_codecs.hpp"
#include "parley/errors.hpp"

namespace parley::av {

using std::chrono::microseconds;
using namespace std::chrono_literals;

struct AudioEncoder::Inside {
  double bits_per_second = 0;
  std::uint32_t sample_rate = 0;
  std::uint8_t channels = 0;
  CodecPtr codec;
  ResamplerPtr resampler;  // if the rate is another than Opus's
  FramePtr frame{av_frame_alloc()};
  PacketPtr packet{av_packet_alloc()};
  std::vector<std::int16_t> waiting;  // at 48 kHz, less than a frame
  std::optional<microseconds> next;   // when the first that waits is to be heard

  void open(const Sound& sound);
  void append(const Sound& sound);
  void place(microseconds timestamp);
  void finish();
  std::vector<RTCEncodedAudioFrame> encode_whole_frames();
  RTCEncodedAudioFrame encode_frame(std::size_t from);
};

namespace {

constexpr int kRate = 48'000;
constexpr std::size_t kFrameSamples = 960;
constexpr microseconds kFrame{20'000};
/// What timestamps may be off by from rounding and from clocks that are not quite the same.
constexpr microseconds kMostOff{60'000};

void check(int code) {
  if (code < 0) throw EncodingError("libopus: " + error_text(code));
}

microseconds duration_of(std::size_t samples) {
  return microseconds(static_cast<std::int64_t>(samples) * 1'000'000 / kRate);
}

}  // namespace

AudioEncoder::AudioEncoder(const AudioEncoderOptions& options) : inside_(std::make_unique<Inside>()) {
  make_quiet();
  if (!(options.bits_per_second >= 6'000 && options.bits_per_second <= 510'000))
    throw TypeError("Opus has 6000 to 510000 bits per second");
  inside_->bits_per_second = options.bits_per_second;
}

AudioEncoder::~AudioEncoder() = default;

void AudioEncoder::Inside::open(const Sound& sound) {
  if (sound.channels < 1 || sound.channels > 2 || sound.sample_rate < 8'000 || sound.sample_rate > 192'000)
    throw TypeError("sound has one or two channels and 8000 to 192000 samples a second");
  const AVCodec* const encoder = avcodec_find_encoder_by_name("libopus");
  if (encoder == nullptr) throw NotSupportedError("FFmpeg has no encoder for Opus");
  codec.reset(avcodec_alloc_context3(encoder));
  codec->sample_rate = kRate;
  codec->sample_fmt = AV_SAMPLE_FMT_S16;
  av_channel_layout_default(&codec->ch_layout, sound.channels);
  codec->bit_rate = std::llround(bits_per_second);
  codec->time_base = {1, kRate};
  check(av_opt_set(codec->priv_data, "application", "voip", 0));
  check(avcodec_open2(codec.get(), encoder, nullptr));
  if (sound.sample_rate != kRate) {
    SwrContext* made = nullptr;
    check(swr_alloc_set_opts2(&made, &codec->ch_layout, AV_SAMPLE_FMT_S16, kRate, &codec->ch_layout, AV_SAMPLE_FMT_S16,
                              static_cast<int>(sound.sample_rate), 0, nullptr));
    resampler.reset(made);
    check(swr_init(made));
  }
  sample_rate = sound.sample_rate;
  channels = sound.channels;
}

/// Puts the sound, at Opus's rate, behind what waits.
void AudioEncoder::Inside::append(const Sound& sound) {
  if (!resampler) {
    waiting.insert(waiting.end(), sound.samples.begin(), sound.samples.end());
    return;
  }
  const auto count = static_cast<int>(sound.samples.size() / channels);
  const int most = swr_get_out_samples(resampler.get(), count);
  check(most);
  const std::size_t before = waiting.size();
  waiting.resize(before + static_cast<std::size_t>(most) * channels);
  auto* into = reinterpret_cast<std::uint8_t*>(waiting.data() + before);
  const auto* from = reinterpret_cast<const std::uint8_t*>(sound.samples.data());
  const int made = swr_convert(resampler.get(), &into, most, &from, count);
  check(made);
  waiting.resize(before + static_cast<std::size_t>(made) * channels);
}

/// Where the sound that comes now belongs. After a gap what waits is too old to be continued.
void AudioEncoder::Inside::place(microseconds timestamp) {
  const microseconds expected = next.value_or(timestamp) + duration_of(waiting.size() / channels);
  if (next && std::chrono::abs(timestamp - expected) <= kMostOff) return;
  waiting.clear();
  next = timestamp;
}

std::vector<RTCEncodedAudioFrame> AudioEncoder::encode(const Sound& sound) {
  constexpr std::size_t kMostSamples = std::size_t{1} << 24;
  Inside& inside = *inside_;
  if (!inside.codec) inside.open(sound);
  if (sound.sample_rate != inside.sample_rate || sound.channels != inside.channels)
    throw TypeError("sound cannot change its rate and channels");
  if (sound.samples.size() % sound.channels != 0 || sound.samples.size() > kMostSamples)
    throw TypeError("a piece of sound has as many samples for each channel, and not more than minutes of them");
  inside.place(sound.timestamp);
  inside.append(sound);
  return inside.encode_whole_frames();
}

std::vector<RTCEncodedAudioFrame> AudioEncoder::flush() {
  Inside& inside = *inside_;
  if (!inside.next) return {};
  inside.finish();
  auto frames = inside.encode_whole_frames();
  inside.next.reset();
  return frames;
}

/// Fills up the last frame: with what the resampler holds back, then with silence.
void AudioEncoder::Inside::finish() {
  if (resampler) {
    const int most = swr_get_out_samples(resampler.get(), 0);
    check(most);
    const std::size_t before = waiting.size();
    waiting.resize(before + static_cast<std::size_t>(most) * channels);
    auto* into = reinterpret_cast<std::uint8_t*>(waiting.data() + before);
    const int made = swr_convert(resampler.get(), &into, most, nullptr, 0);
    check(made);
    waiting.resize(before + static_cast<std::size_t>(made) * channels);
    check(swr_init(resampler.get()));  // it begins anew
  }
  const std::size_t whole = kFrameSamples * channels;
  waiting.resize((waiting.size() + whole - 1) / whole * whole);
}

std::vector<RTCEncodedAudioFrame> AudioEncoder::Inside::encode_whole_frames() {
  std::vector<RTCEncodedAudioFrame> frames;
  const std::size_t whole = kFrameSamples * channels;
  std::size_t at = 0;
  for (; waiting.size() - at >= whole; at += whole) {
    auto encoded = encode_frame(at);
    if (!encoded.data.empty()) frames.push_back(std::move(encoded));
    *next += kFrame;
  }
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(at));
  return frames;
}

RTCEncodedAudioFrame AudioEncoder::Inside::encode_frame(std::size_t from) {
  av_frame_unref(frame.get());
  frame->format = AV_SAMPLE_FMT_S16;
  frame->sample_rate = kRate;
  frame->nb_samples = static_cast<int>(kFrameSamples);
  check(av_channel_layout_copy(&frame->ch_layout, &codec->ch_layout));
  check(av_frame_get_buffer(frame.get(), 0));
  std::copy_n(waiting.begin() + static_cast<std::ptrdiff_t>(from), kFrameSamples * channels,
              reinterpret_cast<std::int16_t*>(frame->data[0]));
  check(avcodec_send_frame(codec.get(), frame.get()));
  RTCEncodedAudioFrame encoded{.timestamp = next};
  encoded.metadata.mimeType = "audio/opus";
  const int code = avcodec_receive_packet(codec.get(), packet.get());
  if (code == AVERROR(EAGAIN)) return encoded;
  check(code);
  encoded.data.assign(packet->data, packet->data + packet->size);
  av_packet_unref(packet.get());
  return encoded;
}

}  // namespace parley::av
