// Sound that nobody sends again, as browsers negotiate it: what is missing is waited for, and given up.
#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::test {
namespace {

using testing::Each;
using testing::Le;
using testing::SizeIs;

/// Sound every 20 ms, of which some packets get lost, counted from 0.
struct LosingCall : Call {
  explicit LosingCall(std::vector<int> lost) {
    left->session.configure({sending(audio_section(), {{.source = Ssrc(1000), .retransmission = {}, .rid = ""}})});
    right->session.configure({receiving(audio_section())});
    connect();
    filter = [this, lost](ByteView /*packet*/, bool rtcp) {
      return !rtcp && std::ranges::find(lost, count++) != lost.end();
    };
  }
  /// Sends so many pieces, and notes how long each that is handed over has waited since it came.
  void send(int pieces) {
    for (int i = 0; i < pieces; ++i) {
      ASSERT_TRUE(left->session.send(kAudio, "", {.data = Bytes(30, 1)}, now));
      pass(20);
    }
  }
  void pass(int milliseconds) {
    for (int i = 0; i < milliseconds; ++i) {
      run(1ms);
      for (; waits.size() < right->frames.size();)
        waits.push_back(now - right->frames[waits.size()].arrived.first_arrival);
    }
  }
  int count = 0;
  std::vector<Duration> waits;
};

TEST(Gaps, AreWaitedForAtTheSameTime) {
  LosingCall call({5, 7, 9, 11, 13, 15});
  call.send(20);
  call.pass(100);
  EXPECT_THAT(call.waits, SizeIs(14));
  EXPECT_THAT(call.waits, Each(Le(101ms)));
}

/// The first gap is closed late; the second has a time of its own.
TEST(Gaps, AreWaitedForAsLongHoweverTheLastOneEnded) {
  LosingCall call({7});
  call.to_right.delay = 5ms;
  call.send(5);
  call.to_right.delay = 90ms;  // of one packet, which all the others overtake
  ASSERT_TRUE(call.left->session.send(kAudio, "", {.data = Bytes(30, 1)}, call.now));
  call.to_right.delay = 5ms;
  call.pass(20);
  call.send(4);
  call.pass(40);
  EXPECT_THAT(call.waits, SizeIs(7)) << "what comes behind the second gap waits";
  call.pass(60);
  EXPECT_THAT(call.waits, SizeIs(9));
  EXPECT_THAT(call.waits, Each(Le(101ms)));
}

}  // namespace
}  // namespace parley::media::test
