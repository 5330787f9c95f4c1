#include "formats/describe.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

TEST(DescribeFrame, TellsTheSizeOfWhatRealEncodersMade) {
  for (const char* codec : {"vp8", "vp9", "h264", "h265", "av1"}) {
    const auto frames = recorded(codec);
    ASSERT_EQ(frames.size(), 6U) << codec;
    const FrameInfo info = describe_frame(codec, frames[0]);
    EXPECT_TRUE(info.key_frame) << codec;
    EXPECT_EQ(info.width, 66) << codec;
    EXPECT_EQ(info.height, 50) << codec;
  }
}

/// The encoders of the first two write it; AV1's tells of no time, VP8 and VP9 cannot.
TEST(DescribeFrame, TellsTheRateThatEncodersWrite) {
  EXPECT_EQ(describe_frame("h264", recorded("h264")[0]).frame_rate, 10);
  EXPECT_EQ(describe_frame("h265", recorded("h265")[0]).frame_rate, 10);
  for (const char* codec : {"vp8", "vp9", "av1"})
    EXPECT_EQ(describe_frame(codec, recorded(codec)[0]).frame_rate, 0) << codec;
  EXPECT_EQ(describe_frame("h264", recorded("h264")[1]).frame_rate, 0) << "no key frame";
}

/// Longer than any payload may be. (Behind AV1's last unit nothing may follow.)
TEST(DescribeFrame, LargeFramesAreNoDifferent) {
  for (const char* codec : {"vp8", "vp9", "h264", "h265"}) {
    Bytes frame = recorded(codec)[0];
    frame.resize(300'000, 0xFF);
    const FrameInfo info = describe_frame(codec, frame);
    EXPECT_EQ(info.width, 66) << codec;
  }
}

TEST(DescribeFrame, WhatIsNoFrameTellsNothing) {
  for (const char* codec : {"vp8", "vp9", "h264", "h265", "av1", "opus", "nothing"}) {
    EXPECT_EQ(describe_frame(codec, {}).width, 0) << codec;
    EXPECT_EQ(describe_frame(codec, Bytes{0, 0, 0}).width, 0) << codec;
  }
}

TEST(SamplesOf, AreThoseOfRtpsClock) {
  EXPECT_EQ(samples_of("OPUS", 2, Bytes{31 << 3, 1, 2}), 960U);
  EXPECT_EQ(samples_of("opus", 2, Bytes{}), std::nullopt);
  EXPECT_EQ(samples_of("PCMU", 1, Bytes(160)), 160U);
  EXPECT_EQ(samples_of("pcma", 2, Bytes(160)), 80U);
  EXPECT_EQ(samples_of("G722", 0, Bytes(160)), 160U);
  EXPECT_EQ(samples_of("telephone-event", 1, Bytes(4)), std::nullopt);
}

}  // namespace
}  // namespace parley::formats
