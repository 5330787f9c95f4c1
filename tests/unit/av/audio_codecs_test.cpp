// Sound through encoders and decoders.
#include <gtest/gtest.h>

#include <set>

#include "av/expected_loss.hpp"
#include "parley/av/audio_codecs.hpp"
#include "parley/errors.hpp"
#include "sounds.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;
using test::share_at;
using test::tone;

TEST(AudioCodec, ATonePassesThroughOpusWhateverItsRate) {
  for (const std::uint32_t rate : {48'000U, 44'100U, 16'000U, 8'000U})
    for (const std::uint8_t channels : {std::uint8_t{1}, std::uint8_t{2}}) {
      AudioEncoder encoder;
      AudioDecoder decoder;
      Sound heard{.channels = 2};
      std::chrono::microseconds next{0};
      // In pieces that are no multiples of a frame.
      const std::size_t piece = rate / 70;
      for (std::size_t at = 0; at + piece < rate; at += piece)
        for (const auto& frame : encoder.encode(tone(rate, channels, at, piece))) {
          EXPECT_EQ(frame.timestamp, next);
          next += 20ms;
          EXPECT_EQ(frame.metadata.mimeType, "audio/opus");
          const Sound part = decoder.decode(frame);
          EXPECT_EQ(part.sample_rate, 48'000U);
          EXPECT_EQ(part.channels, 2);
          EXPECT_EQ(part.samples.size(), 2 * 960U);
          heard.samples.insert(heard.samples.end(), part.samples.begin(), part.samples.end());
        }
      EXPECT_GE(next, 940ms);
      EXPECT_GT(share_at(heard, 440), 0.9) << rate << ' ' << int{channels};
      EXPECT_LT(share_at(heard, 660), 0.1) << rate << ' ' << int{channels};
    }
}

TEST(AudioCodec, NothingChangesNothing) {
  for (const std::uint32_t rate : {48'000U, 44'100U}) {
    AudioEncoder one, other;
    std::vector<RTCEncodedAudioFrame> plain, interrupted;
    for (std::size_t at = 0; at < rate; at += rate / 100) {
      for (auto& frame : one.encode(tone(rate, 1, at, rate / 100))) plain.push_back(std::move(frame));
      for (auto& frame : other.encode(tone(rate, 1, at, rate / 100))) interrupted.push_back(std::move(frame));
      EXPECT_TRUE(other.encode(tone(rate, 1, at + rate / 100, 0)).empty());
    }
    for (auto& frame : one.flush()) plain.push_back(std::move(frame));
    for (auto& frame : other.flush()) interrupted.push_back(std::move(frame));
    ASSERT_EQ(plain.size(), interrupted.size());
    for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_EQ(plain[i].data, interrupted[i].data) << rate << ' ' << i;
  }
}

TEST(AudioCodec, AGapIsAPause) {
  AudioEncoder encoder;
  EXPECT_EQ(encoder.encode(tone(48'000, 1, 0, 1440)).size(), 1U);
  const auto frames = encoder.encode(tone(48'000, 1, 48'000, 960));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].timestamp, 1s);
}

TEST(AudioCodec, DecodesG711) {
  for (const char* codec : {"audio/PCMU", "audio/PCMA"}) {
    AudioDecoder decoder(codec);
    RTCEncodedAudioFrame frame;
    frame.data.assign(160, 0x80);
    const Sound sound = decoder.decode(frame);
    EXPECT_EQ(sound.sample_rate, 8'000U);
    EXPECT_EQ(sound.channels, 1);
    ASSERT_EQ(sound.samples.size(), 160U);
    // The loudest that there is in the one, nearly silence in the other (G.711 tables 1a and 2a).
    EXPECT_NEAR(sound.samples[0], std::string(codec) == "audio/PCMU" ? 32'124 : 5'504, 8);
  }
}

TEST(AudioCodec, RefusesWhatMakesNoSense) {
  EXPECT_THROW(AudioDecoder("audio/mp3"), NotSupportedError);
  EXPECT_THROW(AudioDecoder("video/VP8"), NotSupportedError);
  EXPECT_THROW(AudioEncoder({.bits_per_second = 0}), TypeError);
  EXPECT_THROW(AudioEncoder({.mimeType = "video/VP8"}), NotSupportedError);
  AudioEncoder encoder;
  EXPECT_THROW(encoder.encode(tone(48'000, 3, 0, 960)), TypeError);
  EXPECT_THROW(encoder.encode(tone(1'000, 1, 0, 960)), TypeError);
  EXPECT_EQ(encoder.encode(tone(48'000, 2, 0, 960)).size(), 1U);
  EXPECT_THROW(encoder.encode(tone(48'000, 1, 960, 960)), TypeError);
  AudioDecoder decoder;
  EXPECT_THROW(decoder.decode({}), EncodingError);
  std::uint32_t random = 3;
  for (int i = 0; i < 500; ++i) {
    RTCEncodedAudioFrame frame;
    frame.data.resize(static_cast<std::size_t>(i) % 97 + 1);
    for (auto& byte : frame.data) byte = static_cast<std::uint8_t>((random = random * 1664525 + 1013904223) >> 24);
    frame.metadata.sequenceNumber = static_cast<std::uint16_t>(i * 2);
    if (i % 3 != 0) frame.timestamp = std::chrono::microseconds(i % 5 == 0 ? random * 1'000'000'000LL : i * 40'000LL);
    try {
      EXPECT_LE(decoder.decode(frame).samples.size(), 2 * 2 * 5760U);
    } catch (const EncodingError&) {
    }
  }
}

Sound noise(std::uint32_t rate, std::uint8_t channels, std::size_t count, std::chrono::microseconds at) {
  Sound sound{.sample_rate = rate, .channels = channels, .timestamp = at};
  std::uint32_t random = 7;
  for (std::size_t i = 0; i < count * channels; ++i)
    sound.samples.push_back(static_cast<std::int16_t>((random = random * 1664525 + 1013904223) >> 18));
  return sound;
}

TEST(AudioEncoder, WhatDoesNotFillAFrameComesAtTheEnd) {
  for (const std::uint32_t rate : {48'000U, 44'100U, 8'000U})
    for (const std::uint8_t channels : {std::uint8_t{1}, std::uint8_t{2}}) {
      AudioEncoder encoder;
      EXPECT_TRUE(encoder.flush().empty());
      // 50 ms: two frames and a half.
      const auto whole = encoder.encode(noise(rate, channels, rate / 20, 1s));
      const auto rest = encoder.flush();
      ASSERT_EQ(whole.size() + rest.size(), 3U) << rate << ' ' << int{channels};
      ASSERT_FALSE(rest.empty());
      EXPECT_EQ(rest.back().timestamp, 1s + 40ms);
      AudioDecoder decoder;
      for (const auto& frame : rest) EXPECT_EQ(decoder.decode(frame).samples.size(), 2 * 960U);
      EXPECT_TRUE(encoder.flush().empty());
      // What comes next is not put behind what has been.
      const auto next = encoder.encode(noise(rate, channels, rate / 20, 1s + 60ms));
      ASSERT_FALSE(next.empty());
      EXPECT_EQ(next.front().timestamp, 1s + 60ms);
    }
}

/// What a receiver gets of frames: each has the next number, and those of `lost` do not come.
Sound hear(AudioDecoder& decoder, std::vector<RTCEncodedAudioFrame> frames, const std::set<std::size_t>& lost) {
  Sound heard{.channels = 2};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i].metadata.sequenceNumber = static_cast<std::uint16_t>(65'530 + i);
    if (lost.contains(i)) continue;
    const Sound part = decoder.decode(frames[i]);
    // One piece behind the other, as long as nothing is missing.
    const auto end = std::chrono::microseconds(heard.samples.size() / 2 * 1'000'000 / 48'000);
    EXPECT_EQ(part.timestamp, end) << i;
    heard.samples.insert(heard.samples.end(), part.samples.begin(), part.samples.end());
  }
  return heard;
}

TEST(AudioDecoder, WhatIsLostIsMadeUpAsLongAsItIsShort) {
  AudioEncoder encoder;
  AudioDecoder decoder;
  const auto frames = encoder.encode(tone(48'000, 1, 0, 50 * 960));
  // One, two in a row, and six, across the wrap of the numbers.
  const Sound heard = hear(decoder, frames, {5, 10, 11, 20, 21, 22, 23, 24, 25});
  ASSERT_EQ(heard.samples.size(), 50U * 960 * 2);
  EXPECT_GT(share_at(heard, 440, 5 * 960, 960), 0.8);
  EXPECT_GT(share_at(heard, 440, 10 * 960, 2 * 960), 0.8);
}

TEST(AudioDecoder, ALongGapIsLeftToThePlayer) {
  AudioEncoder encoder;
  AudioDecoder decoder;
  auto frames = encoder.encode(tone(48'000, 1, 0, 20 * 960));
  for (std::size_t i = 0; i < frames.size(); ++i) frames[i].metadata.sequenceNumber = static_cast<std::uint16_t>(i);
  (void)decoder.decode(frames[0]);
  const Sound behind = decoder.decode(frames[8]);
  EXPECT_EQ(behind.samples.size(), 960U * 2);
  EXPECT_EQ(behind.timestamp, 160ms);
  // Nor is there a gap where numbers go back, or stand still.
  EXPECT_EQ(decoder.decode(frames[4]).samples.size(), 960U * 2);
  EXPECT_EQ(decoder.decode(frames[4]).samples.size(), 960U * 2);
}

TEST(ExpectedLoss, RisesFastFallsSlowlyAndEnds) {
  ExpectedLoss loss;
  SenderShares::TimePoint now{};
  const auto sender = std::make_shared<int>();
  const auto say = [&](double fraction) {
    loss.note(sender, fraction, now += 5s);
    return loss.value();
  };
  EXPECT_NEAR(say(0.2), 0.1, 1e-9);
  EXPECT_NEAR(say(0.2), 0.15, 1e-9);
  EXPECT_NEAR(say(0.05), 0.125, 1e-9);
  for (int i = 0; i < 20; ++i) (void)say(0);
  EXPECT_EQ(loss.value(), 0);
}

TEST(ExpectedLoss, IsThatOfTheWorstReceiverAsLongAsItTakesPart) {
  ExpectedLoss loss;
  SenderShares::TimePoint now{};
  const auto good = std::make_shared<int>();
  auto bad = std::make_shared<int>();
  const auto go_on = [&](int reports, bool both) {
    for (int i = 0; i < reports; ++i) {
      now += 5s;
      loss.note(good, 0, now);
      if (both) loss.note(bad, 0.2, now);
    }
    return loss.value();
  };
  EXPECT_NEAR(go_on(10, true), 0.2, 0.01);
  // Some of its reports are lost.
  EXPECT_NEAR(go_on(5, false), 0.2, 0.01);
  EXPECT_EQ(go_on(20, false), 0);
  EXPECT_NEAR(go_on(10, true), 0.2, 0.01);
  bad = nullptr;
  EXPECT_LT(go_on(1, false), 0.16);
}

/// How much of what a lost frame had comes back: the tone of that frame is another than before.
double regained(double loss) {
  AudioEncoder encoder({.bits_per_second = 32'000});
  encoder.expect_loss(loss);
  // Opus is 312 samples late (RFC 6716 section 4.3.8 and the encoder's own).
  constexpr std::size_t kChange = 25 * 960 - 312;
  Sound sound = tone(48'000, 1, 0, kChange, 400);
  const Sound other = tone(48'000, 1, kChange, 25 * 960, 900);
  sound.samples.insert(sound.samples.end(), other.samples.begin(), other.samples.end());
  AudioDecoder decoder;
  const Sound heard = hear(decoder, encoder.encode(sound), {25});
  return share_at(heard, 900, 25 * 960 + 240, 720);
}

TEST(AudioEncoder, WithLossInViewAFrameHasTheOneBeforeIt) {
  EXPECT_LT(regained(0), 0.3);
  EXPECT_GT(regained(0.2), 0.6);
}

/// Bytes a second.
std::size_t size_of(const std::vector<RTCEncodedAudioFrame>& frames) {
  std::size_t size = 0;
  for (const auto& frame : frames) size += frame.data.size();
  return size;
}

TEST(AudioEncoder, AimsAtAnotherRate) {
  AudioEncoder encoder;
  (void)encoder.encode(noise(48'000, 1, 48'000, 0s));
  auto at = 1s;
  for (const double rate : {96'000.0, 16'000.0, 64'000.0}) {
    encoder.aim_at(rate);
    const double got = 8.0 * static_cast<double>(size_of(encoder.encode(noise(48'000, 1, 48'000, at++))));
    EXPECT_NEAR(got / rate, 1, 0.25) << rate;
  }
}

/// A tone of 35 Hz, which no voice has.
TEST(AudioEncoder, MusicKeepsItsLowestTones) {
  const auto energy = [](bool music) {
    AudioEncoder encoder({.music = music});
    AudioDecoder decoder;
    double sum = 0;
    for (const auto& frame : encoder.encode(tone(48'000, 1, 0, 48'000, 35)))
      for (const double value : decoder.decode(frame).samples) sum += value * value;
    return sum;
  };
  EXPECT_GT(energy(true), 2 * energy(false));
}

TEST(AudioEncoder, InSilenceHardlyAnythingIsSentIfThatIsWanted) {
  for (const bool dtx : {true, false}) {
    AudioEncoder encoder({.dtx = dtx});
    EXPECT_EQ(encoder.encode(noise(48'000, 1, 48'000, 0s)).size(), 50U);
    Sound silence{.timestamp = 1s};
    silence.samples.resize(4 * 48'000);
    const auto quiet = encoder.encode(silence);
    // Two every 400 ms, and those in front of the silence.
    EXPECT_LE(quiet.size(), dtx ? 45U : 200U);
    EXPECT_GE(quiet.size(), dtx ? 9U : 200U);
    // Time has gone on.
    const auto loud = encoder.encode(noise(48'000, 1, 4'800, 5s));
    ASSERT_EQ(loud.size(), 5U);
    EXPECT_EQ(loud[0].timestamp, 5s);
  }
}

TEST(AudioDecoder, WhatWasNeverSentIsNotLost) {
  AudioEncoder encoder({.dtx = true});
  Sound silence{};
  silence.samples.resize(2 * 48'000);
  const auto frames = encoder.encode(silence);
  ASSERT_GE(frames.size(), 2U);
  AudioDecoder decoder;
  std::uint16_t number = 0;
  for (auto frame : frames) {
    frame.metadata.sequenceNumber = number++;
    const Sound sound = decoder.decode(frame);
    EXPECT_EQ(sound.timestamp, frame.timestamp);
    EXPECT_EQ(sound.samples.size(), 960U * 2);
  }
}

TEST(AudioEncoder, SpeaksG711AndG722) {
  for (const char* codec : {"audio/PCMU", "audio/pcma", "audio/G722"})
    for (const std::uint32_t rate : {8'000U, 16'000U, 48'000U})
      for (const std::uint8_t channels : {std::uint8_t{1}, std::uint8_t{2}}) {
        AudioEncoder encoder({.mimeType = codec});
        AudioDecoder decoder(codec);
        Sound heard{};
        auto frames = encoder.encode(tone(rate, channels, 0, rate));
        auto rest = encoder.flush();
        frames.insert(frames.end(), rest.begin(), rest.end());
        std::chrono::microseconds next{0};
        for (const auto& frame : frames) {
          EXPECT_EQ(frame.data.size(), 160U);
          EXPECT_EQ(frame.timestamp, next);
          next += 20ms;
          const Sound part = decoder.decode(frame);
          heard.sample_rate = part.sample_rate;
          heard.samples.insert(heard.samples.end(), part.samples.begin(), part.samples.end());
        }
        EXPECT_GE(next, 1s);
        EXPECT_EQ(heard.sample_rate, std::string(codec) == "audio/G722" ? 16'000U : 8'000U);
        EXPECT_GT(share_at(heard, 440, 2'000, 4'000), 0.95) << codec << ' ' << rate << ' ' << int{channels};
      }
}

}  // namespace
}  // namespace parley::av
