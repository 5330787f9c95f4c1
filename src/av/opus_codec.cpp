// libopus itself: FFmpeg can neither change the rate of its encoder nor make up for what is lost.
#include <opus.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "av/codec_table.hpp"
#include "av/sound_decoder.hpp"
#include "av/sound_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

using std::chrono::microseconds;

/// RFC 6716 section 2.1.4: the longest packet.
constexpr int kLongest = 5'760;
/// The smallest step of its time.
constexpr int kStep = 120;

int checked(int code) {
  if (code < 0) throw EncodingError(std::string("Opus: ") + opus_strerror(code));
  return code;
}

class OpusSoundEncoder final : public SoundEncoder {
 public:
  explicit OpusSoundEncoder(const Settings& settings) : channels_(settings.channels) {
    int code = OPUS_OK;
    const int application = settings.music ? OPUS_APPLICATION_AUDIO : OPUS_APPLICATION_VOIP;
    encoder_.reset(opus_encoder_create(kOpusRate, channels_, application, &code));
    checked(code);
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_INBAND_FEC(1)));
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_DTX(settings.dtx ? 1 : 0)));
  }
  [[nodiscard]] int sample_rate() const override { return kOpusRate; }
  [[nodiscard]] std::uint8_t channels() const override { return channels_; }
  void aim_at(double bits_per_second, double loss) override {
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(static_cast<int>(std::lround(bits_per_second)))));
    checked(opus_encoder_ctl(encoder_.get(), OPUS_SET_PACKET_LOSS_PERC(static_cast<int>(std::lround(loss * 100)))));
  }
  std::vector<std::uint8_t> encode(std::span<const std::int16_t> samples) override {
    std::array<std::uint8_t, 1'275> packet;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
    const int size = checked(opus_encode(encoder_.get(), samples.data(), static_cast<int>(samples.size() / channels_),
                                         packet.data(), static_cast<int>(packet.size())));
    // What it calls silence need not be sent, but the first time, so that the decoder knows.
    const bool silence = size <= 2;
    if (silence && std::exchange(silent_, true)) return {};
    silent_ = silence;
    return {packet.begin(), packet.begin() + size};
  }

 private:
  std::uint8_t channels_;
  bool silent_ = false;
  std::unique_ptr<OpusEncoder, FreedBy<opus_encoder_destroy>> encoder_;
};

class OpusSoundDecoder final : public SoundDecoder {
 public:
  OpusSoundDecoder() {
    int code = OPUS_OK;
    decoder_.reset(opus_decoder_create(kOpusRate, kChannels, &code));
    checked(code);
  }
  Sound decode(const RTCEncodedAudioFrame& frame) override {
    const auto* const data = frame.data.data();
    const auto size = static_cast<opus_int32>(frame.data.size());
    const int count = checked(opus_decoder_get_nb_samples(decoder_.get(), data, size));
    if (count > kLongest) throw EncodingError("Opus: the packet is longer than 120 ms");
    const int missing = missing_before(frame);
    const microseconds time = frame.timestamp.value_or(microseconds(0));
    Sound sound{.sample_rate = kOpusRate, .channels = kChannels, .timestamp = time - duration(missing)};
    sound.samples.resize(static_cast<std::size_t>(missing + count) * kChannels);
    // From what the frame has of the one before it (FEC), if that is enough; else by guessing.
    if (missing > 0) checked(opus_decode(decoder_.get(), data, size, sound.samples.data(), missing, 1));
    checked(
        opus_decode(decoder_.get(), data, size, sound.samples.data() + std::ptrdiff_t{missing} * kChannels, count, 0));
    last_ = Last{.number = frame.metadata.sequenceNumber,
                 .end = frame.timestamp.has_value() ? std::optional(time + duration(count)) : std::nullopt,
                 .count = count};
    return sound;
  }

 private:
  static constexpr std::uint8_t kChannels = 2;
  struct Last {
    std::optional<std::uint16_t> number;
    std::optional<microseconds> end;
    int count = 0;
  };
  static microseconds duration(int samples) { return microseconds(std::int64_t{samples} * 1'000'000 / kOpusRate); }

  /// How many samples of what was lost are worth making up for. What was never sent, in silence, has no numbers;
  /// a key of a telephone has, and may sound a little longer.
  [[nodiscard]] int missing_before(const RTCEncodedAudioFrame& frame) const {
    const auto number = frame.metadata.sequenceNumber;
    if (!last_ || !last_->number || !number) return 0;
    const auto lost = static_cast<std::uint16_t>(*number - *last_->number - 1);
    const microseconds gap =
        last_->end && frame.timestamp ? *frame.timestamp - *last_->end : lost * duration(last_->count);
    if (lost == 0 || lost >= 0x8000 || gap.count() <= 0 || gap > duration(kLongest)) return 0;
    return static_cast<int>((gap.count() * kOpusRate / 1'000'000 + kStep / 2) / kStep * kStep);
  }

  std::unique_ptr<OpusDecoder, FreedBy<opus_decoder_destroy>> decoder_;
  std::optional<Last> last_;
};

}  // namespace

std::unique_ptr<SoundEncoder> make_opus_encoder(const SoundEncoder::Settings& settings) {
  return std::make_unique<OpusSoundEncoder>(settings);
}

std::unique_ptr<SoundDecoder> make_opus_decoder() { return std::make_unique<OpusSoundDecoder>(); }

}  // namespace parley::av
