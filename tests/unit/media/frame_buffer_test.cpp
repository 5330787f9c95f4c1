#include "media/frame_buffer.hpp"

#include <gmock/gmock.h>

#include "call.hpp"
#include "formats/h264.hpp"
#include "formats/vp8.hpp"
#include "formats/vp9.hpp"

namespace parley::media::frame_buffer_test {
namespace {

using test::vp8;
using testing::ElementsAre;

constexpr TimePoint kStart{};

/// Frames of one byte of VP8 more than its header, by their last byte.
struct Video {
  FrameBuffer buffer{FrameBuffer::Continuity::KeyFrame};
  formats::Vp8Depacketizer depacketizer;

  /// A packet whose frame begins and ends with it unless said otherwise.
  bool packet(std::int64_t number, std::uint32_t timestamp, bool key, bool begins = true, bool ends = true) {
    Bytes payload{static_cast<std::uint8_t>(begins ? 0x10 : 0x00), static_cast<std::uint8_t>(key ? 0x10 : 0x11),
                  static_cast<std::uint8_t>(number)};
    MediaPacket packet{.number = number, .timestamp = timestamp, .marker = ends, .payload = payload};
    packet.info = *depacketizer.inspect(payload);
    return buffer.insert(packet, kStart);
  }
  bool padding(std::int64_t number, std::uint32_t timestamp) {
    return buffer.insert({.number = number, .timestamp = timestamp}, kStart);
  }
  std::vector<std::int64_t> frames() {
    std::vector<std::int64_t> last;
    while (const auto frame = buffer.next([this](PayloadType) { return &depacketizer; })) last.push_back(frame->last);
    return last;
  }
};

TEST(FrameBuffer, GivesFramesInOrderWhateverTheOrderOfPackets) {
  Video video;
  video.packet(12, 300, false);
  video.packet(11, 200, false, false, true);
  video.packet(9, 100, true);
  EXPECT_THAT(video.frames(), ElementsAre(9));
  video.packet(10, 200, false, true, false);
  EXPECT_THAT(video.frames(), ElementsAre(11, 12));
}

TEST(FrameBuffer, AFrameThatIsAskedForAfterEachOfItsPacketsIsWholeWithTheLast) {
  Video video;
  const auto comes = [&](std::int64_t number, std::uint32_t timestamp, bool key, bool begins, bool ends) {
    video.packet(number, timestamp, key, begins, ends);
    return video.frames();
  };
  EXPECT_THAT(comes(1, 100, true, true, false), ElementsAre());
  EXPECT_THAT(comes(2, 100, true, false, false), ElementsAre());
  EXPECT_THAT(comes(4, 100, true, false, true), ElementsAre());
  EXPECT_THAT(comes(3, 100, true, false, false), ElementsAre(4));
  EXPECT_THAT(comes(5, 200, false, true, false), ElementsAre());
  EXPECT_THAT(comes(7, 300, false, true, false), ElementsAre());
  EXPECT_THAT(comes(6, 200, false, false, false), ElementsAre(6));  // without a marker
  EXPECT_THAT(comes(8, 300, false, false, true), ElementsAre(8));
}

/// Frames of one packet each that count their pictures, in 7 bits or 15.
struct Counted : Video {
  void picture(std::int64_t number, std::uint16_t id, bool key = false, bool begins = true) {
    Bytes payload{static_cast<std::uint8_t>(begins ? 0x90 : 0x80), 0x80};
    if (is_long) payload.push_back(static_cast<std::uint8_t>(0x80 | id >> 8));
    payload.push_back(static_cast<std::uint8_t>(is_long ? id : id & 0x7F));
    payload.insert(payload.end(), {static_cast<std::uint8_t>(key ? 0x10 : 0x11), 0});
    MediaPacket packet{
        .number = number, .timestamp = std::uint32_t{id} * 100, .marker = true, .payload = payload, .info = {}};
    packet.info = *depacketizer.inspect(payload);
    buffer.insert(packet, kStart);
  }
  bool is_long = true;
};

TEST(FrameBuffer, DoesNotWaitForLostProtectionBetweenPicturesThatAreCounted) {
  Counted video;
  video.picture(1, 0x7FFE, true);
  video.picture(3, 0x7FFF);
  video.padding(5, 0);
  video.picture(7, 0);
  EXPECT_THAT(video.frames(), ElementsAre(1, 3, 7));
  EXPECT_EQ(video.buffer.missing(), std::nullopt);
  EXPECT_TRUE(video.buffer.is_past(2));
  video.is_long = false;
  video.buffer.drop();
  video.picture(20, 0x7F, true);
  video.picture(22, 0);
  EXPECT_THAT(video.frames(), ElementsAre(20, 22));
}

/// The larger size of a picture may follow a smaller one, which is what was lost.
TEST(FrameBuffer, WhatMayFollowOthersIsNotTakenForTheBeginningOfThePictureThatIsCountedNext) {
  FrameBuffer buffer(FrameBuffer::Continuity::KeyFrame);
  formats::Vp9Depacketizer depacketizer;
  const auto insert = [&](std::int64_t number, std::uint32_t timestamp, const Bytes& payload, bool marker) {
    buffer.insert({.number = number,
                   .timestamp = timestamp,
                   .marker = marker,
                   .payload = payload,
                   .info = *depacketizer.inspect(payload)},
                  kStart);
  };
  // I, L, F, B, E; the id; the layer.
  insert(10, 100, {0xBC, 5, 0x00, 0x82}, true);
  insert(12, 200, {0xBC, 6, 0x02, 0x82}, true);
  const auto frame = buffer.next([&](PayloadType) { return &depacketizer; });
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->last, 10);
  EXPECT_FALSE(buffer.next([&](PayloadType) { return &depacketizer; }));
  EXPECT_EQ(buffer.missing(), 11);
}

TEST(FrameBuffer, WaitsForWhatMayBeAPicture) {
  Counted video;
  video.picture(1, 10, true);
  video.picture(3, 12);  // 11 was in 2
  EXPECT_THAT(video.frames(), ElementsAre(1));
  video.picture(2, 11);
  video.picture(5, 13, false, false);  // its beginning was in 4
  EXPECT_THAT(video.frames(), ElementsAre(2, 3));
  EXPECT_EQ(video.buffer.missing(), 4);
  video.buffer.skip();
  video.picture(8, 14);  // refers to what was lost
  EXPECT_TRUE(video.frames().empty());
  video.picture(10, 15, true);
  EXPECT_THAT(video.frames(), ElementsAre(10));
}

TEST(FrameBuffer, TellsWhatItHasAndGivesItBack) {
  Video video;
  const std::size_t empty = video.buffer.bytes();
  video.packet(1, 100, true);
  EXPECT_THAT(video.frames(), ElementsAre(1));
  for (std::int64_t number = 3; number < 1000; ++number) video.packet(number, 300, false, false, false);
  EXPECT_GT(video.buffer.bytes(), empty + 997 * 3);
  video.buffer.drop();
  EXPECT_EQ(video.buffer.bytes(), empty);
  EXPECT_TRUE(video.buffer.needs_key_frame());
  EXPECT_FALSE(video.packet(2, 200, false));
  video.packet(1000, 400, true);
  EXPECT_THAT(video.frames(), ElementsAre(1000));
}

TEST(FrameBuffer, SoundGoesOnAfterAllWasGivenUp) {
  FrameBuffer buffer(FrameBuffer::Continuity::Any);
  const Bytes payload{1};
  const auto insert = [&](std::int64_t number) {
    return buffer.insert({.number = number, .timestamp = 0, .payload = payload}, kStart);
  };
  buffer.drop();  // nothing yet
  insert(1);
  insert(3);
  buffer.drop();
  EXPECT_FALSE(insert(2));
  EXPECT_TRUE(insert(4));
  EXPECT_EQ(buffer.missing(), std::nullopt);
}

TEST(FrameBuffer, BeginsWithAKeyFrame) {
  Video video;
  video.packet(1, 100, false);
  video.packet(2, 200, false);
  EXPECT_TRUE(video.frames().empty());
  EXPECT_TRUE(video.buffer.needs_key_frame());
  video.packet(3, 300, true);
  EXPECT_THAT(video.frames(), ElementsAre(3));
  EXPECT_FALSE(video.buffer.needs_key_frame());
}

TEST(FrameBuffer, BeginsWithAllPacketsOfAKeyFrameWhateverIsInTheFirst) {
  FrameBuffer buffer(FrameBuffer::Continuity::KeyFrame);
  formats::H264Depacketizer depacketizer;
  // A picture, then a message and the key frame that it is about.
  const Bytes payloads[] = {{0x41, 0x88, 1}, {0x06, 0x05, 1}, {0x65, 0x88, 1}};
  for (std::int64_t i = 0; i < 3; ++i) {
    const ByteView payload = payloads[i];
    buffer.insert({.number = i,
                   .timestamp = i == 0 ? 100U : 200U,
                   .marker = i != 1,
                   .payload = payload,
                   .info = *depacketizer.inspect(payload)},
                  kStart);
  }
  const auto frame = buffer.next([&](PayloadType) { return &depacketizer; });
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->first, 1);
  EXPECT_EQ(frame->last, 2);
}

/// Pictures of H.264, a unit in each packet: S and P are parameter sets, D is a delimiter, I and p are slices, each the
/// last packet of its picture.
struct Units {
  FrameBuffer buffer{FrameBuffer::Continuity::KeyFrame};
  formats::H264Depacketizer depacketizer;

  void packet(std::int64_t number, std::uint32_t timestamp, char unit) {
    const bool slice = unit == 'I' || unit == 'p';
    const Bytes payload = unit == 'S'   ? Bytes{0x67, 0x42}
                          : unit == 'P' ? Bytes{0x68, 0x42}
                          : unit == 'D' ? Bytes{0x09, 0x10}
                                        : Bytes{static_cast<std::uint8_t>(unit == 'I' ? 0x65 : 0x41), 0x88, 1};
    buffer.insert({.number = number,
                   .timestamp = timestamp,
                   .marker = slice,
                   .payload = payload,
                   .info = *depacketizer.inspect(payload)},
                  kStart);
  }
  /// First and last packet.
  std::vector<std::pair<std::int64_t, std::int64_t>> frames() {
    std::vector<std::pair<std::int64_t, std::int64_t>> got;
    while (const auto frame = buffer.next([this](PayloadType) { return &depacketizer; }))
      got.emplace_back(frame->first, frame->last);
    return got;
  }
};

TEST(FrameBuffer, WaitsForWhatMayBeParameterSetsOfTheKeyFrameThatItBeginsWith) {
  Units video;
  video.packet(10, 100, 'p');
  video.packet(12, 200, 'P');
  video.packet(13, 200, 'I');
  EXPECT_TRUE(video.frames().empty());
  EXPECT_EQ(video.buffer.missing(), 11);
  EXPECT_EQ(video.buffer.missing_since(), kStart);
  video.packet(11, 200, 'S');
  EXPECT_THAT(video.frames(), ElementsAre(std::pair(11, 13)));
  EXPECT_EQ(video.buffer.missing(), std::nullopt);
}

TEST(FrameBuffer, BeginsWithoutParameterSetsThatDoNotCome) {
  Units video;
  video.packet(10, 100, 'p');
  video.packet(12, 200, 'I');
  EXPECT_TRUE(video.frames().empty());
  video.buffer.skip();
  EXPECT_EQ(video.buffer.missing(), std::nullopt);
  EXPECT_THAT(video.frames(), ElementsAre(std::pair(12, 12)));
  EXPECT_TRUE(video.buffer.is_past(11));
}

TEST(FrameBuffer, WaitsForNoParameterSetsThatCannotBeThere) {
  Units first, behind, delimited, told;
  first.packet(10, 100, 'P');
  first.packet(11, 100, 'I');
  EXPECT_THAT(first.frames(), ElementsAre(std::pair(10, 11))) << "nothing was before it";
  behind.packet(10, 100, 'p');
  behind.packet(11, 200, 'I');
  EXPECT_THAT(behind.frames(), ElementsAre(std::pair(11, 11))) << "another picture is";
  delimited.packet(10, 100, 'p');
  delimited.packet(12, 200, 'D');
  delimited.packet(13, 200, 'I');
  EXPECT_THAT(delimited.frames(), ElementsAre(std::pair(12, 13))) << "it is the first packet";
  told.packet(10, 100, 'p');
  told.packet(12, 200, 'S');
  told.packet(13, 200, 'I');
  EXPECT_THAT(told.frames(), ElementsAre(std::pair(12, 13))) << "they are there";
}

TEST(FrameBuffer, TellsWhatIsMissingAndGoesOnAfterItWithAKeyFrame) {
  Video video;
  video.packet(1, 100, true);
  EXPECT_THAT(video.frames(), ElementsAre(1));
  EXPECT_EQ(video.buffer.missing(), std::nullopt);
  video.packet(3, 300, false);
  video.packet(4, 400, true);
  EXPECT_TRUE(video.frames().empty());
  EXPECT_EQ(video.buffer.missing(), 2);
  video.buffer.skip();
  EXPECT_THAT(video.frames(), ElementsAre(4));
  EXPECT_FALSE(video.packet(2, 200, false));  // too late
}

TEST(FrameBuffer, ALostMarkerDoesNotJoinFrames) {
  Video video;
  video.packet(1, 100, true, true, false);
  EXPECT_TRUE(video.frames().empty());
  video.packet(2, 200, false);
  EXPECT_THAT(video.frames(), ElementsAre(1, 2));
}

TEST(FrameBuffer, PaddingBetweenFramesIsSkipped) {
  Video video;
  video.packet(1, 100, true);
  video.padding(2, 100);
  video.padding(3, 100);
  video.packet(4, 200, false);
  EXPECT_THAT(video.frames(), ElementsAre(1, 4));
}

TEST(FrameBuffer, RefusesDuplicates) {
  Video video;
  EXPECT_TRUE(video.packet(1, 100, true));
  EXPECT_FALSE(video.packet(1, 100, true));
  EXPECT_THAT(video.frames(), ElementsAre(1));
  EXPECT_FALSE(video.packet(1, 100, true));
}

TEST(FrameBuffer, AFrameOfManyPacketsIsTakenAndOneOfMoreIsNot) {
  Video video;
  std::vector<std::int64_t> frames;
  for (std::int64_t i = 0; i < 4000; ++i) {
    video.packet(i, 100, true, i == 0, i == 3999);
    frames = video.frames();
  }
  EXPECT_THAT(frames, ElementsAre(3999));
  for (std::int64_t i = 4000; i < 14'000; ++i) video.packet(i, 200, false, i == 4000, false);
  EXPECT_TRUE(video.frames().empty());
  EXPECT_TRUE(video.buffer.needs_key_frame());
}

TEST(FrameBuffer, AJumpOfNumbersForgetsWhatWasThere) {
  Video video;
  video.packet(1, 100, true);
  video.packet(1'000'000'000'000, 200, true);
  EXPECT_THAT(video.frames(), ElementsAre(1'000'000'000'000));
}

TEST(FrameBuffer, SoundGoesOnAfterWhatIsMissing) {
  FrameBuffer buffer(FrameBuffer::Continuity::Any);
  const auto depacketizer = formats::make_depacketizer("opus");
  const Bytes payload{1, 2, 3};
  const auto insert = [&](std::int64_t number) {
    return buffer.insert({.number = number, .timestamp = 0, .payload = payload, .info = {true, true}}, kStart);
  };
  const auto frames = [&] {
    std::vector<std::int64_t> got;
    while (const auto frame = buffer.next([&](PayloadType) { return depacketizer.get(); })) got.push_back(frame->last);
    return got;
  };
  insert(5);
  insert(6);
  insert(9);
  EXPECT_THAT(frames(), ElementsAre(5, 6));
  EXPECT_EQ(buffer.missing(), 7);
  buffer.skip();
  EXPECT_THAT(frames(), ElementsAre(9));
  EXPECT_FALSE(insert(8));
}

}  // namespace
}  // namespace parley::media::frame_buffer_test
