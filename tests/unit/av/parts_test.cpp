// The small parts of a recording.
#include <gtest/gtest.h>

#include "av/decode_order.hpp"
#include "av/opus_packet.hpp"
#include "av/recording_track.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;

TEST(DecodeOrder, WithoutReorderingFramesAreDecodedWhenTheyAreShown) {
  DecodeOrder order(0);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(order.next(i * 40ms), i * 40ms);
}

TEST(DecodeOrder, ReorderedFramesAreDecodedBeforeTheyAreShownAndOneAfterTheOther) {
  DecodeOrder order(2);
  microseconds last = -1s;
  // I P B b b P B b b, as encoders with a pyramid send them.
  for (const int shown : {0, 4, 2, 1, 3, 8, 6, 5, 7}) {
    const microseconds decoded = order.next(shown * 40ms);
    EXPECT_GT(decoded, last);
    EXPECT_LE(decoded, shown * 40ms);
    last = decoded;
  }
}

TEST(OpusPacket, TellsHowLongItSounds) {
  const auto duration = [](std::vector<std::uint8_t> packet) { return opus_duration(packet); };
  EXPECT_EQ(duration({0 << 3}), 10ms);
  EXPECT_EQ(duration({3 << 3}), 60ms);
  EXPECT_EQ(duration({13 << 3}), 20ms);
  EXPECT_EQ(duration({16 << 3}), 2500us);
  EXPECT_EQ(duration({31 << 3}), 20ms);
  EXPECT_EQ(duration({31 << 3 | 1}), 40ms);
  EXPECT_EQ(duration({30 << 3 | 3, 5}), 50ms);
  // What is none gets the usual length.
  EXPECT_EQ(duration({}), 20ms);
  EXPECT_EQ(duration({3 << 3 | 3, 63}), 20ms);
  EXPECT_EQ(duration({3 << 3 | 3}), 20ms);
}

IncomingFrame frame(const char* codec, bool key, std::string rid = {}) {
  return {.key = key,
          .mime_type = codec,
          .rid = std::move(rid),
          .width = static_cast<std::uint16_t>(key ? 160 : 0),
          .height = static_cast<std::uint16_t>(key ? 120 : 0)};
}

using enum RecordingTrack::Verdict;

TEST(WallClock, IsTheConnectionsAndNotTheSystems) {
  WallClock clock;
  const TimePoint start{100s};
  EXPECT_EQ(clock.steady({.arrival = start, .received = std::nullopt, .made = 5.0}), std::nullopt);
  EXPECT_EQ(clock.steady({.arrival = start, .received = 1e12, .made = std::nullopt}), std::nullopt);
  EXPECT_EQ(clock.steady({.arrival = start + 1s, .received = 1e12 + 1000, .made = 1e12 + 950}), start + 950ms);
  // It had to wait for another frame; that does not make it younger.
  EXPECT_EQ(clock.steady({.arrival = start + 3s, .received = 1e12 + 2000, .made = 1e12 + 1950}), start + 1950ms);
  // The first one had waited.
  EXPECT_EQ(clock.steady({.arrival = start + 3s, .received = 1e12 + 3500, .made = 1e12 + 3450}), start + 2950ms);
}

TEST(RecordingTrack, BeginsWithAKeyFrameWhoseSizeIsKnown) {
  const Container& webm = *find_container("a.webm");
  RecordingTrack track(Kind::Video, std::nullopt);
  EXPECT_EQ(track.judge(frame("video/VP8", false), webm), NeedsKeyFrame);
  auto sizeless = frame("video/VP8", true);
  sizeless.width = 0;
  EXPECT_EQ(track.judge(sizeless, webm), NeedsKeyFrame);
  EXPECT_EQ(track.codec(), nullptr);
  EXPECT_EQ(track.judge(frame("video/VP8", true), webm), Take);
  EXPECT_EQ(track.judge(frame("video/VP8", false), webm), Take);
}

TEST(RecordingTrack, TakesNoOtherCodecThanTheFileOrTheFirstFrameHas) {
  RecordingTrack track(Kind::Video, std::nullopt);
  EXPECT_EQ(track.judge(frame("video/VP8", true), *find_container("a.mp4")), WrongCodec);
  EXPECT_EQ(track.judge(frame("video/H264", true), *find_container("a.mp4")), Leave);
  RecordingTrack changing(Kind::Video, std::nullopt);
  const Container& webm = *find_container("a.webm");
  EXPECT_EQ(changing.judge(frame("video/VP8", true), webm), Take);
  EXPECT_EQ(changing.judge(frame("video/VP9", true), webm), WrongCodec);
  EXPECT_EQ(changing.judge(frame("video/VP8", true), webm), Leave);
  RecordingTrack unknown(Kind::Audio, std::nullopt);
  EXPECT_EQ(unknown.judge(frame("audio/telephone-event", true), webm), WrongCodec);
}

TEST(RecordingTrack, TakesOneEncodingOfSimulcast) {
  const Container& webm = *find_container("a.webm");
  RecordingTrack first(Kind::Video, std::nullopt), chosen(Kind::Video, "h");
  EXPECT_EQ(first.judge(frame("video/VP8", true, "l"), webm), Take);
  EXPECT_EQ(first.judge(frame("video/VP8", true, "h"), webm), Leave);
  EXPECT_EQ(chosen.judge(frame("video/VP8", true, "l"), webm), Leave);
  EXPECT_EQ(chosen.judge(frame("video/VP8", true, "h"), webm), Take);
}

}  // namespace
}  // namespace parley::av
