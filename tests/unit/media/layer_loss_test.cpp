// Video in temporal layers of which some frames are lost for good, as simulcast of browsers is over a bad path.
#include <gtest/gtest.h>

#include <initializer_list>
#include <set>

#include "rtp/packet.hpp"
#include "video_call.hpp"

namespace parley::media::test {
namespace {

/// Layers 0 2 1 2, each frame referring to the last one below it.
struct LayeredCall : VideoCall {
  LayeredCall() {
    Encoding encoding = kEncoding;
    encoding.scalability_mode = "L1T3";
    left->session.configure({sending(video_section(), {encoding})});
    filter = [this](ByteView packet, bool rtcp) {
      if (rtcp) return false;
      const auto view = rtp::PacketView::parse(packet);
      const ByteView payload = view->payload();
      std::uint16_t number = view->header().sequence_number;
      if (view->header().ssrc == kEncoding.retransmission) {
        number = payload.size() < 2 ? 0 : static_cast<std::uint16_t>(payload[0] << 8 | payload[1]);
      } else if (lost.contains(sent)) {
        numbers.insert(number);
      }
      return numbers.contains(number);
    };
    stream(10);
    before = keys.size();
  }
  void stream(std::uint32_t frames) {
    for (std::uint32_t i = 0; i < frames; ++i, ++sent) {
      const bool key = !left->requests.empty();
      if (key) place = 0;
      left->requests.clear();
      if (key) keys.insert(sent);
      const Bytes data = vp8(key, 3000, static_cast<std::uint8_t>(sent));
      OutgoingFrame frame = frame_of(data, key);
      frame.info.temporal_index = kPattern[place++ % 4];
      ASSERT_TRUE(left->session.send(kVideo, "", frame, now));
      run(33ms);
    }
  }
  /// The next frame of the layer, which is not sent again with success either.
  void lose(std::uint8_t layer) {
    while (kPattern[place % 4] != layer) stream(1);
    lost.insert(sent);
    stream(1);
  }
  static constexpr std::uint8_t kPattern[] = {0, 2, 1, 2};
  std::set<std::uint32_t> lost;     // frames
  std::set<std::uint16_t> numbers;  // of their packets
  unsigned place = 0;
  std::size_t before = 0;  // key frames
};

TEST(LayerLoss, OfHigherLayersNeedsNoKeyFrame) {
  LayeredCall call;
  for (const std::uint8_t layer : std::initializer_list<std::uint8_t>{2, 1, 2, 2, 1}) {
    call.lose(layer);
    call.stream(50);
  }
  EXPECT_EQ(call.keys.size(), call.before);
  call.run(2s);
  // Few of the others could not be decoded without those that are lost.
  const std::size_t others = call.sent - call.lost.size();
  EXPECT_LE(call.right->frames.size(), others);
  EXPECT_GE(call.right->frames.size() + 10, others);
}

/// Retransmission is waited for, but not as long as a frame that all others need.
TEST(LayerLoss, OfHigherLayersDoesNotFreezeThePicture) {
  LayeredCall call;
  call.stream(30);
  for (const std::uint8_t layer : std::initializer_list<std::uint8_t>{2, 1}) {
    call.lose(layer);
    const std::size_t before = call.right->frames.size();
    call.stream(2);
    EXPECT_LE(call.right->frames.size(), before + 1) << "it may still come";
    call.stream(6);  // no round trip is known: twice 100 ms
    EXPECT_GE(call.right->frames.size(), before + 3);
    call.stream(30);
  }
  EXPECT_EQ(call.keys.size(), call.before);
}

TEST(LayerLoss, OfTheLowestLayerNeedsOne) {
  LayeredCall call;
  call.lose(0);
  call.stream(50);
  EXPECT_EQ(call.keys.size(), call.before + 1);
  EXPECT_EQ(call.right->frames.back().arrived.frame.data[1], static_cast<std::uint8_t>(call.sent - 1));
}

}  // namespace
}  // namespace parley::media::test
