// What the network does to single packets, as both ends count it and tell each other by RFC 8888.
#include <gtest/gtest.h>

#include "scenarios.hpp"

namespace parley::media::test {
namespace {

struct MarkedCall : AdaptiveCall {
  explicit MarkedCall(Section section = told_by_source()) : AdaptiveCall(3e6, 1, announced(std::move(section))) {
    connect();
  }
  /// Whose retransmissions are known, and counted with it.
  static Section announced(Section section) {
    section.announced = {{.source = Ssrc(1000), .retransmission = Ssrc(1001)}};
    return section;
  }

  void talk(int frames) {
    for (int i = 0; i < frames; ++i) send_frame();
    run(1s);
  }
  [[nodiscard]] IncomingStatistics received() const { return right->session.statistics(now).incoming.at(0); }
  [[nodiscard]] ToldPackets told() const { return left->session.statistics(now).outgoing.at(0).counters.told; }
};

TEST(Marks, AreCountedAndToldToTheSender) {
  MarkedCall call;
  EcnCounts made;
  unsigned packets = 0;
  call.marks = [&] {
    ++packets;
    const Ecn mark = packets % 5 == 0 ? Ecn::Congestion : packets % 3 == 0 ? Ecn::Ect1 : Ecn::NotCapable;
    made.add(mark);
    return mark;
  };
  call.talk(60);
  EXPECT_GT(made.ect1, 20U);
  EXPECT_EQ(call.received().marks.ect1, made.ect1);
  EXPECT_EQ(call.received().marks.congestion, made.congestion);
  EXPECT_EQ(call.told().marks.ect1, made.ect1);
  EXPECT_EQ(call.told().marks.congestion, made.congestion);
  EXPECT_EQ(call.told().lost + call.told().bleached, 0U);
}

TEST(Marks, AreCountedByTheReceiverWhateverTellsTheSender) {
  MarkedCall call(video_section());
  call.marks = [] { return Ecn::Ect1; };
  call.talk(10);
  EXPECT_GT(call.received().marks.ect1, 10U);
  EXPECT_FALSE(call.received().reported);
  EXPECT_EQ(call.told().marks.ect1, 0U);
}

TEST(Losses, AreReportedOnceForEachPacket) {
  MarkedCall call;
  int packets = 0;
  std::uint64_t lost = 0;
  call.filter = [&](ByteView packet, bool rtcp) {
    if (rtcp || rtp::source_of(packet) != Ssrc(1000) || ++packets % 10 != 0) return false;
    ++lost;
    return true;
  };
  call.talk(60);
  call.filter = nullptr;
  call.talk(1);  // nobody misses the last one
  EXPECT_GT(lost, 10U);
  ASSERT_TRUE(call.received().reported);
  EXPECT_EQ(call.received().reported->lost, lost);
  EXPECT_EQ(call.received().reported->recovered, 0U);
  EXPECT_EQ(call.told().lost, lost);
  EXPECT_EQ(call.told().recovered, 0U);
}

TEST(Losses, ThatWereNoneAreToldOfAgain) {
  MarkedCall call;
  call.to_right.jitter = 120ms;
  call.talk(90);
  ASSERT_TRUE(call.received().reported);
  EXPECT_GT(call.received().reported->recovered, 10U);
  EXPECT_EQ(call.received().reported->recovered, call.received().reported->lost);
  EXPECT_EQ(call.told().lost, call.received().reported->lost);
  EXPECT_EQ(call.told().recovered, call.received().reported->recovered);
}

}  // namespace
}  // namespace parley::media::test
