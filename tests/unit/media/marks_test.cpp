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
  call.marks = [&](Ecn) {
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
  call.marks = [](Ecn) { return Ecn::Ect1; };
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

struct SendingMarks : MarkedCall {
  explicit SendingMarks(Section section = told_by_source()) : MarkedCall(std::move(section)) {
    left->session.set_marking(Ecn::Ect1);
  }
  [[nodiscard]] SendStream::Counters sent() const { return left->session.statistics(now).outgoing.at(0).counters; }
};

TEST(SendingMarks, IsCountedAtBothEnds) {
  SendingMarks call;
  call.talk(60);
  EXPECT_GT(call.sent().ect1_packets, 60U);
  EXPECT_EQ(call.received().marks.ect1, call.sent().ect1_packets);
  EXPECT_EQ(call.told().marks.ect1, call.sent().ect1_packets);
  EXPECT_EQ(call.told().bleached, 0U);
}

TEST(SendingMarks, IsForPeersThatTellOfThem) {
  SendingMarks call(video_section());
  call.talk(30);
  EXPECT_EQ(call.left->session.marking(), Ecn::NotCapable);
  EXPECT_EQ(call.sent().ect1_packets, 0U);
  EXPECT_EQ(call.received().marks.ect1, 0U);
}

TEST(SendingMarks, EndsWhereTheNetworkErasesThem) {
  SendingMarks call;
  call.marks = [](Ecn) { return Ecn::NotCapable; };
  call.talk(90);
  EXPECT_EQ(call.left->session.marking(), Ecn::NotCapable);
  EXPECT_EQ(call.sent().ect1_packets, MarkCheck::kTrial);
  EXPECT_EQ(call.told().bleached, MarkCheck::kTrial);
}

TEST(SendingMarks, EndsWhereTheNetworkDropsWhatHasThem) {
  SendingMarks call;
  call.filter = [&](ByteView, bool rtcp) { return !rtcp && call.left->session.marking() == Ecn::Ect1; };
  call.talk(150);
  EXPECT_EQ(call.left->session.marking(), Ecn::NotCapable);
  EXPECT_EQ(call.sent().ect1_packets, MarkCheck::kTrial);
  EXPECT_GT(call.right->frames.size(), 30U);
}

TEST(SendingMarks, EndsWhenAPathComesThatErasesThem) {
  SendingMarks call;
  call.talk(60);
  ASSERT_EQ(call.left->session.marking(), Ecn::Ect1);
  call.marks = [](Ecn) { return Ecn::NotCapable; };
  call.talk(60);
  EXPECT_EQ(call.left->session.marking(), Ecn::NotCapable);
}

/// RFC 9000 section 13.4.2.2 has it so as well: what is known is known of a path.
TEST(SendingMarks, IsTriedAgainOnAnotherPath) {
  SendingMarks call;
  call.marks = [](Ecn) { return Ecn::NotCapable; };
  call.talk(90);
  ASSERT_EQ(call.left->session.marking(), Ecn::NotCapable);
  call.marks = [](Ecn sent) { return sent; };
  call.left->session.change_path(call.now);
  call.talk(90);
  EXPECT_EQ(call.left->session.marking(), Ecn::Ect1);
  EXPECT_GT(call.sent().ect1_packets, 2 * MarkCheck::kTrial);
}

TEST(SendingMarks, GoesOnWhereSomeArriveWithThem) {
  SendingMarks call;
  int packets = 0;
  call.marks = [&](Ecn sent) { return ++packets % 10 == 0 ? sent : Ecn::NotCapable; };
  call.talk(90);
  EXPECT_EQ(call.left->session.marking(), Ecn::Ect1);
}

/// A link of 3 Mbit/s whose queue marks what waits for more than 5 ms, and one that only drops.
TEST(SendingMarks, KeepsTheQueueShorterAndTheLinkInUse) {
  struct Outcome {
    Duration usual{}, worst{};
    double rate = 0;
  };
  const auto outcome_of = [](Ecn mark) {
    const auto samples =
        play({.name = "marks", .title = "", .length = 60s}, 1, told_by_source(), [&](AdaptiveCall& call) {
          call.left->session.set_marking(mark);
          call.to_right.marks_from = 5ms;
        }).front();
    std::vector<Duration> waits;
    for (const Sample& one : samples)
      if (one.at > 15s) waits.push_back(one.queueing);
    std::ranges::sort(waits);
    return Outcome{waits[waits.size() / 2], waits[waits.size() * 95 / 100], mean_target(samples, 15s)};
  };
  const Outcome with = outcome_of(Ecn::Ect1), without = outcome_of(Ecn::NotCapable);
  EXPECT_LT(with.worst, without.worst) << with.worst.count() << " " << without.worst.count() << " usual "
                                       << with.usual.count() << " " << without.usual.count() << " " << with.rate << " "
                                       << without.rate;
  EXPECT_LT(with.usual, 30ms);
  EXPECT_GT(with.rate, 1.5e6);
}

}  // namespace
}  // namespace parley::media::test
