// What a FrameBuffer gives of video in temporal layers, of which some frames are lost.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "call.hpp"
#include "formats/vp8.hpp"
#include "formats/vp9.hpp"
#include "media/frame_buffer.hpp"

namespace parley::media::frame_buffer_layers_test {
namespace {

using test::vp8;
using testing::ElementsAre;

constexpr TimePoint kStart{};

/// Frames of one packet each in three temporal layers, as a sender of VP8 describes them: 0 2 1 2, each referring to
/// the last one below it.
struct Layered {
  struct Sink final : formats::PayloadSink {
    void on_payload(std::span<const ByteView> pieces, bool /*last*/) override {
      for (const ByteView piece : pieces) payload.insert(payload.end(), piece.begin(), piece.end());
    }
    Bytes payload;
  };
  static constexpr std::uint8_t kPattern[] = {0, 2, 1, 2};

  /// The next frame, with the next number.
  void frame(bool arrives, bool key = false, bool regular = true) {
    if (key) place = 0;
    const std::uint8_t layer = kPattern[place++ % 4];
    Sink sink;
    const formats::FrameInfo info{.temporal_index = layer, .regular_layers = regular};
    ASSERT_TRUE(packetizer.packetize(vp8(key, 20, 0), info, 1000, sink));
    const MediaPacket packet{.number = number,
                             .timestamp = static_cast<std::uint32_t>(number * 100),
                             .marker = true,
                             .payload = sink.payload,
                             .info = *depacketizer.inspect(sink.payload)};
    if (arrives) buffer.insert(packet, kStart);
    ++number;
  }
  void frames_come(int count) {
    for (int i = 0; i < count; ++i) frame(true);
  }
  /// Their numbers.
  std::vector<std::int64_t> frames() {
    std::vector<std::int64_t> got;
    while (const auto frame = buffer.next([this](PayloadType) { return &depacketizer; })) got.push_back(frame->last);
    return got;
  }
  FrameBuffer buffer{FrameBuffer::Continuity::KeyFrame};
  formats::Vp8Depacketizer depacketizer;
  formats::Vp8Packetizer packetizer;
  std::int64_t number = 100;
  unsigned place = 0;
};

TEST(FrameBuffer, GoesOnAfterALostFrameOfTheHighestLayer) {
  Layered video;
  video.frame(true, true);  // 100
  video.frames_come(4);     // 101 to 104, which is of the lowest layer
  video.frame(false);       // 105 of the highest
  video.frames_come(6);     // 106 to 111
  EXPECT_THAT(video.frames(), ElementsAre(100, 101, 102, 103, 104));
  EXPECT_EQ(video.buffer.missing(), 105);
  video.buffer.skip();
  EXPECT_FALSE(video.buffer.needs_key_frame());
  // 106 refers to the lowest layer only, and says so; 107 refers to it, and not to 105, but nothing says what 105 was.
  EXPECT_THAT(video.frames(), ElementsAre(106, 108, 109, 110, 111));
  EXPECT_EQ(video.buffer.missing(), std::nullopt);
  EXPECT_EQ(video.buffer.dropped(), 1U);
  video.frames_come(4);
  EXPECT_THAT(video.frames(), ElementsAre(112, 113, 114, 115));
}

TEST(FrameBuffer, WhatNeedsALostFrameOfAMiddleLayerIsPassedOver) {
  Layered video;
  video.frame(true, true);
  video.frames_come(1);
  video.frame(false);    // 102
  video.frames_come(1);  // 103 refers to it
  EXPECT_THAT(video.frames(), ElementsAre(100, 101));
  video.buffer.skip();
  EXPECT_THAT(video.frames(), ElementsAre());
  EXPECT_FALSE(video.buffer.needs_key_frame());
  EXPECT_EQ(video.buffer.missing(), std::nullopt);
  video.frames_come(4);  // the lowest layer
  EXPECT_THAT(video.frames(), ElementsAre(104, 105, 106, 107));
}

TEST(FrameBuffer, ALostFrameOfTheLowestLayerNeedsAKeyFrame) {
  Layered video;
  video.frame(true, true);
  video.frames_come(3);
  video.frame(false);  // 104
  video.frames_come(2);
  EXPECT_THAT(video.frames(), ElementsAre(100, 101, 102, 103));
  video.buffer.skip();
  EXPECT_THAT(video.frames(), ElementsAre());
  EXPECT_TRUE(video.buffer.needs_key_frame());
  video.frames_come(4);
  EXPECT_THAT(video.frames(), ElementsAre());
  video.frame(true, true);
  EXPECT_THAT(video.frames(), ElementsAre(111));
}

/// Where nobody says when higher layers can be decoded again, they would not come back.
TEST(FrameBuffer, GoesOnInTheLowestLayerOnlyIfTheOthersWillComeBack) {
  Layered video;
  video.frame(true, true, false);
  for (int i = 0; i < 4; ++i) video.frame(true, false, false);
  video.frame(false, false, false);
  for (int i = 0; i < 4; ++i) video.frame(true, false, false);
  EXPECT_THAT(video.frames(), ElementsAre(100, 101, 102, 103, 104));
  video.buffer.skip();
  EXPECT_THAT(video.frames(), ElementsAre());
  EXPECT_TRUE(video.buffer.needs_key_frame());
}

TEST(FrameBuffer, AllThatIsMissingInOnePlaceIsPassedAtOnce) {
  Layered video;
  video.frame(true, true);
  video.frames_come(4);
  for (int i = 0; i < 3; ++i) video.frame(false);  // of the layers 2, 1, 2
  video.frames_come(4);
  EXPECT_THAT(video.frames(), ElementsAre(100, 101, 102, 103, 104));
  EXPECT_EQ(video.buffer.missing(), 105);
  EXPECT_TRUE(video.buffer.can_do_without_missing());
  video.buffer.skip();
  EXPECT_EQ(video.buffer.oldest(), 108);
  EXPECT_THAT(video.frames(), ElementsAre(108, 109, 110, 111));
  for (int i = 0; i < 50; ++i) video.frame(false);
  video.frames_come(1);
  EXPECT_FALSE(video.buffer.can_do_without_missing());
  video.buffer.skip();
  EXPECT_TRUE(video.buffer.needs_key_frame());
  EXPECT_EQ(video.buffer.missing(), std::nullopt);
}

/// A forwarder may leave the smaller sizes of a picture out: then nobody sees where pictures begin.
TEST(FrameBuffer, DoesNotGoOnWherePicturesBeginWithALargerSize) {
  FrameBuffer buffer(FrameBuffer::Continuity::KeyFrame);
  formats::Vp9Depacketizer depacketizer;
  const auto insert = [&](std::int64_t number, const Bytes& payload) {
    buffer.insert({.number = number,
                   .timestamp = static_cast<std::uint32_t>(number * 100),
                   .marker = true,
                   .payload = payload,
                   .info = *depacketizer.inspect(payload)},
                  kStart);
  };
  const auto next = [&] { return buffer.next([&](PayloadType) { return &depacketizer; }).has_value(); };
  // I, L, B, E, and P in what is no key picture; the id; the layers, with U in the first; which one of the lowest.
  insert(10, {0xAC, 5, 0x10, 1, 0x82});
  EXPECT_TRUE(next());
  EXPECT_TRUE(buffer.may_do_without_missing());
  insert(12, {0xEC, 7, 0x02, 2, 0x86});
  insert(13, {0xEC, 8, 0x02, 3, 0x86});
  EXPECT_FALSE(next());
  buffer.skip();
  EXPECT_FALSE(next());
  EXPECT_TRUE(buffer.needs_key_frame());
  insert(14, {0xAC, 9, 0x10, 4, 0x82});
  EXPECT_TRUE(next());
  insert(15, {0xEC, 10, 0x02, 5, 0x86});
  EXPECT_TRUE(next());
  EXPECT_FALSE(buffer.may_do_without_missing());
}

TEST(FrameBuffer, WaitsForWhatMayBeOfTheLowestLayerBeforeItGoesOn) {
  Layered video;
  video.frame(true, true);
  video.frames_come(1);
  video.frame(false);  // 102
  video.frames_come(1);
  video.frame(false);  // 104
  video.frames_come(2);
  EXPECT_THAT(video.frames(), ElementsAre(100, 101));
  video.buffer.skip();
  EXPECT_THAT(video.frames(), ElementsAre());
  EXPECT_FALSE(video.buffer.needs_key_frame());
  EXPECT_EQ(video.buffer.missing(), 104);
  video.buffer.skip();
  EXPECT_TRUE(video.buffer.needs_key_frame());
}

/// Whatever is lost: every frame that is given refers to frames that were given.
TEST(FrameBuffer, WhatItGivesOfLayersCanBeDecoded) {
  std::size_t beyond = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    test::SeededRandom random(seed);
    Layered video;
    std::set<std::int64_t> given;
    std::vector<std::vector<std::int64_t>> references;  // by number, from 100 on
    std::array<std::int64_t, 3> last{};                 // by layer
    bool has_lost = false;
    for (int i = 0; i < 300; ++i) {
      const bool key = i == 0 || video.buffer.needs_key_frame();
      const std::int64_t number = video.number;
      const std::uint8_t layer = Layered::kPattern[key ? 0 : video.place % 4];
      // The last one of the layers below.
      references.emplace_back();
      if (!key && layer == 0) references.back().push_back(last[0]);
      if (!key && layer > 0) references.back().push_back(*std::max_element(last.begin(), last.begin() + layer));
      last[layer] = number;
      if (key) last = {number, 0, 0};
      const bool arrives = key || random.uniform() > 0.08;
      has_lost = key ? false : has_lost || !arrives;
      video.frame(arrives, key);
      if (random.uniform() < 0.3 && video.buffer.missing()) video.buffer.skip();
      for (const std::int64_t one : video.frames()) {
        for (const std::int64_t needed : references[static_cast<std::size_t>(one - 100)])
          ASSERT_TRUE(given.contains(needed)) << "seed " << seed << ": " << one << " needs " << needed;
        given.insert(one);
        if (has_lost) ++beyond;
      }
    }
  }
  EXPECT_GT(beyond, 5000U) << "of 60000 frames, without a key frame after a loss";
}

}  // namespace
}  // namespace parley::media::frame_buffer_layers_test
