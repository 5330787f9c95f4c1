#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "av/codec_table.hpp"
#include "av/expected_loss.hpp"
#include "av/sound_encoder.hpp"
#include "parley/av/audio_codecs.hpp"
#include "parley/errors.hpp"

namespace parley::av {

using std::chrono::microseconds;
/// In a second.
constexpr std::size_t kFrames = 50;

/// What other threads may say to the encoder.
struct AudioEncoderState {
  std::atomic<double> target = 0;  // bits per second
  std::atomic<double> loss = 0;    // of frames, 0 to 1

  std::mutex mutex;
  ExpectedLoss expected;

  void note(const PacketLossEvent& event) {
    const std::lock_guard lock(mutex);
    expected.note(event.sender, event.fraction, std::chrono::steady_clock::now());
    loss = expected.value();
  }
  void expect(double fraction) {
    const std::lock_guard lock(mutex);
    expected.set(fraction);
    loss = fraction;
  }
};

struct AudioEncoder::Inside {
  const CodecEntry* codec = nullptr;
  bool dtx = false, music = false;
  std::uint32_t sample_rate = 0;
  std::uint8_t channels = 0;
  std::unique_ptr<SoundEncoder> encoder;
  ResamplerPtr resampler;             // if the encoder has another rate or number of channels
  std::vector<std::int16_t> waiting;  // as the encoder takes it, less than a frame
  std::optional<microseconds> next;   // when the first that waits is to be heard

  void open(const Sound& sound);
  void append(const Sound& sound);
  void convert(const std::int16_t* samples, std::size_t count);
  void place(microseconds timestamp);
  void finish();
  [[nodiscard]] std::size_t whole() const {
    return static_cast<std::size_t>(encoder->sample_rate()) / kFrames * encoder->channels();
  }
  std::vector<RTCEncodedAudioFrame> encode_whole_frames();
};

namespace {

constexpr double kLeast = 6'000, kMost = 510'000;  // bits per second: RFC 6716 section 2.1.1
/// What timestamps may be off by from rounding and from clocks that are not quite the same.
constexpr microseconds kMostOff{60'000};
constexpr std::string_view kNotResampled = "the sound cannot be resampled";

}  // namespace

AudioEncoder::AudioEncoder(const AudioEncoderOptions& options)
    : inside_(std::make_unique<Inside>()), state_(std::make_shared<AudioEncoderState>()) {
  make_quiet();
  inside_->codec = find_codec(options.mimeType);
  if (inside_->codec == nullptr || inside_->codec->kind != Kind::Audio)
    throw NotSupportedError("there is no encoder for " + options.mimeType);
  if (!(options.bits_per_second >= kLeast && options.bits_per_second <= kMost))
    throw TypeError("Opus has 6000 to 510000 bits per second");
  inside_->dtx = options.dtx;
  inside_->music = options.music;
  state_->target = options.bits_per_second;
}

AudioEncoder::~AudioEncoder() = default;

void AudioEncoder::aim_at(double bits_per_second) {
  if (std::isfinite(bits_per_second)) state_->target = std::clamp(bits_per_second, kLeast, kMost);
}

void AudioEncoder::expect_loss(double fraction) {
  if (std::isfinite(fraction)) state_->expect(std::clamp(fraction, 0.0, 1.0));
}

void AudioEncoder::follow(const std::shared_ptr<MediaStreamTrack>& track) {
  if (!track) throw TypeError("follow needs a track");
  track->addEventListener<"packetloss">([weak = std::weak_ptr(state_)](const PacketLossEvent& event) {
    if (const auto state = weak.lock()) state->note(event);
  });
}

void AudioEncoder::Inside::open(const Sound& sound) {
  if (sound.channels < 1 || sound.channels > 2 || sound.sample_rate < 8'000 || sound.sample_rate > 192'000)
    throw TypeError("sound has one or two channels and 8000 to 192000 samples a second");
  auto made = codec->id == AV_CODEC_ID_OPUS
                  ? make_opus_encoder({.channels = sound.channels, .dtx = dtx, .music = music})
                  : make_telephony_encoder(codec->id);
  if (static_cast<int>(sound.sample_rate) != made->sample_rate() || sound.channels != made->channels()) {
    AVChannelLayout from{}, to{};
    av_channel_layout_default(&from, sound.channels);
    av_channel_layout_default(&to, made->channels());
    SwrContext* context = nullptr;
    check(swr_alloc_set_opts2(&context, &to, AV_SAMPLE_FMT_S16, made->sample_rate(), &from, AV_SAMPLE_FMT_S16,
                              static_cast<int>(sound.sample_rate), 0, nullptr),
          kNotResampled);
    resampler.reset(context);
    check(swr_init(context), kNotResampled);
  }
  encoder = std::move(made);
  sample_rate = sound.sample_rate;
  channels = sound.channels;
}

/// Puts the sound, as the encoder takes it, behind what waits.
void AudioEncoder::Inside::append(const Sound& sound) {
  if (sound.samples.empty()) return;
  if (resampler) {
    convert(sound.samples.data(), sound.samples.size() / channels);
  } else {
    waiting.insert(waiting.end(), sound.samples.begin(), sound.samples.end());
  }
}

/// Without samples: what the resampler holds back.
void AudioEncoder::Inside::convert(const std::int16_t* samples, std::size_t count) {
  const int most = swr_get_out_samples(resampler.get(), static_cast<int>(count));
  check(most, kNotResampled);
  const std::size_t before = waiting.size();
  waiting.resize(before + static_cast<std::size_t>(most) * encoder->channels());
  auto* into = reinterpret_cast<std::uint8_t*>(waiting.data() + before);
  const auto* from = reinterpret_cast<const std::uint8_t*>(samples);
  const int made =
      swr_convert(resampler.get(), &into, most, samples == nullptr ? nullptr : &from, static_cast<int>(count));
  check(made, kNotResampled);
  waiting.resize(before + static_cast<std::size_t>(made) * encoder->channels());
}

/// Where the sound that comes now belongs. After a gap what waits is too old to be continued.
void AudioEncoder::Inside::place(microseconds timestamp) {
  const auto samples = static_cast<std::int64_t>(waiting.size() / encoder->channels());
  const microseconds expected = next.value_or(timestamp) + microseconds(samples * 1'000'000 / encoder->sample_rate());
  if (next && std::chrono::abs(timestamp - expected) <= kMostOff) return;
  waiting.clear();
  next = timestamp;
}

std::vector<RTCEncodedAudioFrame> AudioEncoder::encode(const Sound& sound) {
  constexpr std::size_t kMostSamples = std::size_t{1} << 24;
  Inside& inside = *inside_;
  if (!inside.encoder) inside.open(sound);
  if (sound.sample_rate != inside.sample_rate || sound.channels != inside.channels)
    throw TypeError("sound cannot change its rate and channels");
  if (sound.samples.size() % sound.channels != 0 || sound.samples.size() > kMostSamples)
    throw TypeError("a piece of sound has as many samples for each channel, and not more than minutes of them");
  inside.encoder->aim_at(state_->target, state_->loss);
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
    convert(nullptr, 0);
    check(swr_init(resampler.get()), kNotResampled);  // it begins anew
  }
  waiting.resize((waiting.size() + whole() - 1) / whole() * whole());
}

std::vector<RTCEncodedAudioFrame> AudioEncoder::Inside::encode_whole_frames() {
  std::vector<RTCEncodedAudioFrame> frames;
  std::size_t at = 0;
  for (; waiting.size() - at >= whole(); at += whole()) {
    RTCEncodedAudioFrame frame{.data = encoder->encode(std::span(waiting).subspan(at, whole())), .timestamp = next};
    frame.metadata.mimeType = std::string(codec->mime_type);
    if (!frame.data.empty()) frames.push_back(std::move(frame));
    *next += microseconds(1'000'000 / kFrames);
  }
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(at));
  return frames;
}

}  // namespace parley::av
