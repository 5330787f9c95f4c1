// The small header extensions: what is written is read, and what is broken is not.
#include <gtest/gtest.h>

#include "rtp/capture_time.hpp"
#include "rtp/color_space.hpp"
#include "rtp/content_type.hpp"
#include "rtp/playout_delay.hpp"
#include "rtp/video_orientation.hpp"
#include "rtp/video_timing.hpp"

namespace parley::rtp {
namespace {

using namespace std::chrono_literals;

template <class Value>
Bytes written(const Value& value) {
  Bytes out;
  write(value, out);
  return out;
}

TEST(CaptureTime, IsReadWithAndWithoutTheClocksOffset) {
  const CaptureTime plain{.time = {0x0123456789ABCDEF}};
  EXPECT_EQ(written(plain), (Bytes{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF}));
  EXPECT_EQ(parse_capture_time(written(plain)), plain);
  const CaptureTime behind{.time = {1}, .offset = -2};
  EXPECT_EQ(written(behind), (Bytes{0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE}));
  EXPECT_EQ(parse_capture_time(written(behind)), behind);
}

TEST(CaptureTime, OfAnotherLengthIsNotOne) {
  for (const std::size_t size : {0U, 1U, 7U, 9U, 15U, 17U}) EXPECT_FALSE(parse_capture_time(Bytes(size))) << size;
}

TEST(VideoOrientation, KeepsTurnsMirrorAndCamera) {
  for (const std::uint16_t rotation : std::initializer_list<std::uint16_t>{0, 90, 180, 270})
    for (const bool flipped : {false, true}) {
      const VideoOrientation orientation{.rotation = rotation, .back_camera = !flipped, .flipped = flipped};
      EXPECT_EQ(parse_video_orientation(written(orientation)), orientation);
    }
  EXPECT_EQ(written(VideoOrientation{.rotation = 270, .back_camera = true, .flipped = true}), Bytes{0x0F});
}

TEST(VideoOrientation, IgnoresReservedBitsAndWantsAByte) {
  EXPECT_EQ(parse_video_orientation(Bytes{0xF1})->rotation, 90);
  EXPECT_FALSE(parse_video_orientation(Bytes{}));
}

TEST(PlayoutDelay, IsInStepsOfTenMilliseconds) {
  EXPECT_EQ(written(PlayoutDelay{.least = 100ms, .most = 40950ms}), (Bytes{0x00, 0xAF, 0xFF}));
  EXPECT_EQ(parse_playout_delay(Bytes{0x00, 0xAF, 0xFF}), (PlayoutDelay{.least = 100ms, .most = 40950ms}));
  EXPECT_EQ(parse_playout_delay(written(PlayoutDelay{.least = -5ms, .most = 99s})),
            (PlayoutDelay{.least = 0ms, .most = 40950ms}));
}

TEST(PlayoutDelay, RefusesAMinimumAboveTheMaximum) {
  EXPECT_FALSE(parse_playout_delay(Bytes{0x00, 0x20, 0x01}));
  EXPECT_FALSE(parse_playout_delay(Bytes{0x00, 0x20}));
  EXPECT_FALSE(parse_playout_delay(Bytes(4)));
}

TEST(ColorSpace, IsFourBytesOrTwentyEight) {
  ColorSpace color{
      .primaries = 9, .transfer = 16, .matrix = 9, .range = 2, .chroma_horizontal = 1, .chroma_vertical = 2};
  EXPECT_EQ(written(color), (Bytes{9, 16, 9, 0x26}));
  EXPECT_EQ(parse_color_space(written(color)), color);
  color.high_range = ColorSpace::HighRange{.luminance_most = 2000,
                                           .luminance_least = 1,
                                           .primaries = {{{35400, 14600}, {8500, 39850}, {6550, 2300}}},
                                           .white = {15635, 16450},
                                           .content_most = 1000,
                                           .frame_average_most = 400};
  EXPECT_EQ(written(color).size(), 28U);
  EXPECT_EQ(parse_color_space(written(color)), color);
  for (const std::size_t size : {0U, 3U, 5U, 27U, 29U}) EXPECT_FALSE(parse_color_space(Bytes(size))) << size;
}

TEST(VideoTiming, KeepsFlagsAndTimes) {
  const VideoTiming timing{.by_timer = true,
                           .large_frame = true,
                           .encode_begin = 1,
                           .encode_end = 2,
                           .packetized = 3,
                           .left_pacer = 4,
                           .network_1 = 5,
                           .network_2 = 0xFFFF};
  EXPECT_EQ(written(timing), (Bytes{3, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0xFF, 0xFF}));
  EXPECT_EQ(parse_video_timing(written(timing)), timing);
  for (const std::size_t size : {0U, 12U, 14U}) EXPECT_FALSE(parse_video_timing(Bytes(size))) << size;
}

TEST(ContentType, TellsAScreenFromOthers) {
  EXPECT_EQ(parse_content_type(written(ContentType::Screen)), ContentType::Screen);
  EXPECT_EQ(parse_content_type(Bytes{0x0E}), ContentType::Unspecified);
  EXPECT_FALSE(parse_content_type(Bytes{}));
  EXPECT_FALSE(parse_content_type(Bytes(2)));
}

}  // namespace
}  // namespace parley::rtp
