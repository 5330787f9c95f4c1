// What is not sent, or not received, for a while.
#include <gmock/gmock.h>

#include "video_call.hpp"

namespace parley::media::test::pause_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct PausedCall : Call {
  PausedCall() {
    configure_left(true);
    right->session.configure({receiving(video_section())});
    connect();
    run(50ms);
    left->requests.clear();
  }
  void configure_left(bool high) {
    Encoding first = kHigh;
    first.active = high;
    left->session.configure({sending(video_section(), {first, kLow})});
  }
  void configure_right(bool receives) {
    Section section = video_section();
    section.receives = receives;
    right->session.configure({section});
  }
  void send(const Encoding& encoding, bool key, int frames = 1) {
    for (int i = 0; i < frames; ++i) {
      const Bytes data = vp8(key, 500, static_cast<std::uint8_t>(encoding.source.get() / 1000));
      ASSERT_TRUE(left->session.send(kVideo, encoding.rid, frame_of(data, key), now));
      run(33ms);
    }
  }
};

TEST(Pause, OfAnEncodingEndsWithAKeyFrame) {
  PausedCall call;
  call.send(kHigh, true);
  call.send(kHigh, false, 2);
  call.configure_left(false);
  call.send(kHigh, false, 3);  // which nobody gets
  EXPECT_THAT(call.left->requests, IsEmpty());
  call.configure_left(true);
  EXPECT_THAT(call.left->requests, ElementsAre(std::pair(kVideo, std::string("h"))));
  call.send(kHigh, false);  // it would need what nobody got
  EXPECT_THAT(call.right->frames, SizeIs(3));
  call.send(kHigh, true);
  call.send(kHigh, false);
  ASSERT_THAT(call.right->frames, SizeIs(5));
  EXPECT_TRUE(call.right->frames[3].arrived.frame.info.key_frame);
}

/// The one that was asked for may have come before the pause was over, and an encoder that has just made one may not
/// listen.
TEST(Pause, AsksAgainWhereNoKeyFrameComes) {
  PausedCall call;
  call.send(kHigh, true);
  call.configure_left(false);
  call.configure_left(true);
  call.left->requests.clear();
  call.send(kHigh, false, 15);
  EXPECT_THAT(call.left->requests, IsEmpty());
  call.send(kHigh, false, 2);
  EXPECT_THAT(call.left->requests, SizeIs(1)) << "after half a second";
  call.send(kHigh, false, 16);
  EXPECT_THAT(call.left->requests, SizeIs(2));
  call.send(kHigh, true);
  call.send(kHigh, false, 40);
  EXPECT_THAT(call.left->requests, SizeIs(2));
  EXPECT_THAT(call.right->frames, SizeIs(42));
}

TEST(Pause, OfOneEncodingIsNothingToTheOther) {
  PausedCall call;
  call.send(kHigh, true);
  call.send(kLow, true);
  call.configure_left(false);
  call.configure_left(true);
  call.send(kLow, false);
  EXPECT_THAT(call.right->frames, SizeIs(3));
  EXPECT_THAT(call.left->requests, ElementsAre(std::pair(kVideo, std::string("h"))));
}

/// A program that does not say which of its frames are key frames has none that it waits for.
TEST(Pause, EndsWithWhatTheBitstreamCallsAKeyFrame) {
  PausedCall call;
  call.send(kHigh, true);
  call.configure_left(false);
  call.configure_left(true);
  Bytes key(500, 3);
  const Bytes head{0x10, 0, 0, 0x9D, 0x01, 0x2A, 64, 0, 48, 0};
  std::ranges::copy(head, key.begin());
  ASSERT_TRUE(call.left->session.send(kVideo, "h", frame_of(key, false), call.now));
  call.run(50ms);
  EXPECT_THAT(call.right->frames, SizeIs(2));
}

/// webrtc-stats section 7: what is counted goes on, and so do the reports to the peer.
TEST(Pause, OfAReceiverLosesNoCounters) {
  PausedCall call;
  call.send(kLow, true);
  call.send(kLow, false, 9);
  const auto counted = [&] { return call.right->session.statistics(call.now).incoming; };
  ASSERT_THAT(counted(), SizeIs(1));
  const std::uint64_t before = counted()[0].counters.packets;
  EXPECT_EQ(counted()[0].counters.frames, 10U);
  call.configure_right(false);
  call.send(kLow, false, 5);  // the peer does not know it yet
  call.run(10s);
  ASSERT_THAT(counted(), SizeIs(1));
  EXPECT_EQ(counted()[0].counters.packets, before);
  call.configure_right(true);
  call.right->begun.clear();
  call.send(kLow, true);
  call.send(kLow, false);
  ASSERT_THAT(counted(), SizeIs(1));
  EXPECT_EQ(counted()[0].counters.packets, before + 2);
  EXPECT_EQ(counted()[0].counters.frames, 12U);
  EXPECT_EQ(counted()[0].packets_lost, 0) << "nobody waited for what came meanwhile";
  EXPECT_EQ(counted()[0].counters.nacks, 0U);
  EXPECT_THAT(call.right->begun, ElementsAre(kVideo));
  call.run(10s);
  const auto sent = call.left->session.statistics(call.now).outgoing.at(1);
  ASSERT_TRUE(sent.counters.remote);
  EXPECT_EQ(sent.counters.remote->packets_lost, 0);
}

/// Numbers go round while nobody counts them.
TEST(Pause, OfAReceiverMayLastForMoreThanHalfOfAllNumbers) {
  for (const int step : {1, 30'000, 40'000, 64'000}) {
    ReceiveStream stream(Kind::Video);
    stream.set_formats(video_section().receive_formats);
    TimePoint now{1s};
    std::uint16_t number = 50'000;
    const Bytes key = vp8(true, 100, 0);
    const auto receive = [&] {
      stream.receive({.sequence_number = number,
                      .timestamp = std::uint32_t{number} * 3000,
                      .marker = true,
                      .payload_type = PayloadType(96),
                      .payload = key},
                     ReceiveStream::Arrival::First, now);
      now += 33ms;
      return stream.next_frame(now).has_value();
    };
    EXPECT_TRUE(receive());
    stream.pause();
    number = static_cast<std::uint16_t>(number + step);
    EXPECT_TRUE(receive()) << step;
    number = static_cast<std::uint16_t>(number + 2);
    receive();
    EXPECT_THAT(stream.numbers_to_ask_for(now, 10ms), ElementsAre(static_cast<std::uint16_t>(number - 1))) << step;
    EXPECT_EQ(stream.statistics().lost(), 1) << step;
  }
}

}  // namespace
}  // namespace parley::media::test::pause_test
