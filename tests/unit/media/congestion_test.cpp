// How a sender that follows its target rate finds what a link carries, told of its packets in either way. In virtual
// time, the same in every run.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios.hpp"

namespace parley::media::test {
namespace {

/// What tells the sender of its packets.
struct Way {
  const char* name;
  bool by_source;  ///< RFC 8888, without transport-wide numbers
};

Section section_for(bool by_source) { return by_source ? told_by_source() : video_section(); }

class Congestion : public testing::TestWithParam<Way> {
 protected:
  [[nodiscard]] static Section section() { return section_for(GetParam().by_source); }
  [[nodiscard]] static std::vector<Samples> played(const Scenario& scenario, std::uint32_t seed = 1) {
    return play(scenario, seed, section());
  }
};
INSTANTIATE_TEST_SUITE_P(ToldOfPackets, Congestion, testing::Values(Way{"TransportWide", false}, Way{"BySource", true}),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(Congestion, FindsAThreeMegabitLinkWithinTenSeconds) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    const auto samples = played(kStart, seed).front();
    EXPECT_LT(time_to(0.9 * 3e6, samples), 10s) << "seed " << seed;
    EXPECT_LT(samples.back().target, 3.6e6);
  }
}

TEST_P(Congestion, ALinkThatShrinksIsNotFloodedAndComesBack) {
  const auto samples = played(kShrink).front();
  Duration longest{};
  for (const Sample& one : samples)
    if (one.at > 23s && one.at <= 30s) longest = std::max(longest, one.queueing);
  EXPECT_LT(longest, 200ms);
  const Sample &at_first = before(20s, samples), &at_last = before(30s, samples);
  EXPECT_LT(at_last.lost - at_first.lost, (at_last.sent - at_first.sent) / 10);
  EXPECT_GT(at_last.target, 0.5e6);
  EXPECT_LT(time_to(0.9 * 3e6, samples, 30s), 15s);
}

TEST_P(Congestion, NoiseOfThePathIsNotCongestion) { EXPECT_GT(played(kNoise).front().back().target, 1.5e6); }

TEST_P(Congestion, AnApplicationThatUsesLittleLosesNothing) {
  const Sample last = played(kLimited).front().back();
  EXPECT_GT(last.target, 400e3);
  EXPECT_EQ(last.lost, 0U);
}

TEST_P(Congestion, AGreedyFlowDoesNotStarveIt) {
  const auto samples = played(kGreedy).front();
  // The other does something.
  EXPECT_GT(samples.back().greedy - before(30s, samples).greedy, 60U * 3'000'000 / 8 / 5);
  EXPECT_GT(mean_target(samples, 30s), 3e6 / 4);
}

TEST_P(Congestion, TwoFlowsShareALink) {
  const auto flows = played(kShared);
  const double one = mean_target(flows[0], 33s), other = mean_target(flows[1], 33s);
  EXPECT_LT(std::max(one, other) / std::min(one, other), 2);
  EXPECT_GT(one + other, 1.8e6);
}

TEST_P(Congestion, TheQueueStaysShortWhileTheLinkIsFull) {
  const auto samples = played(kFull).front();
  std::vector<Duration> waits;
  for (const Sample& one : samples)
    if (one.at > 10s) waits.push_back(one.queueing);
  std::ranges::sort(waits);
  EXPECT_LT(waits[waits.size() / 2], 60ms);
  EXPECT_LT(waits[waits.size() * 95 / 100], 200ms);
  EXPECT_GT(samples.back().target, 0.6e6);
}

/// Small ones of one source, 20 000 a second; the peer tells of them 200 ms later and more.
TEST_P(Congestion, OfManyPackets) {
  AdaptiveCall call(100e6, 1, section());
  call.to_right.delay = call.to_left.delay = 100ms;
  call.connect();
  std::uint16_t number = 0;
  for (int i = 0; i < 1500; ++i) {
    for (int packets = 0; packets < 20; ++packets, ++number) {
      const Bytes payload = vp8(number == 0, 100, 1);
      ASSERT_TRUE(call.left->session.send(kVideo, "",
                                          OutgoingPacket{.payload = payload,
                                                         .source = Ssrc(5),
                                                         .number = number,
                                                         .timestamp = static_cast<std::uint32_t>(i) * 90,
                                                         .marker = packets == 19},
                                          call.now));
    }
    call.run(1ms);
  }
  EXPECT_GT(call.target(), 2e6);
}

/// Both ends count; whoever does not want such messages neither sends nor uses them.
TEST(CongestionFeedback, IsSentWhereItWasAgreedOnAndCounted) {
  AdaptiveCall told(3e6, 1, section_for(true)), other(3e6, 1);
  for (AdaptiveCall* call : {&told, &other}) {
    call->connect();
    for (int i = 0; i < 60; ++i) call->send_frame();
  }
  const Statistics sender = told.left->session.statistics(told.now),
                   receiver = told.right->session.statistics(told.now);
  EXPECT_GT(receiver.congestion_feedback_sent, 20U);
  EXPECT_EQ(sender.congestion_feedback_sent, 0U);
  EXPECT_NEAR(sender.congestion_feedback_received, receiver.congestion_feedback_sent, 2);
  EXPECT_GT(told.target(), 300e3);
  EXPECT_EQ(other.right->session.statistics(other.now).congestion_feedback_sent, 0U);
}

Bytes message(const rtp::CongestionFeedback& feedback) {
  Bytes datagram;
  rtp::write(feedback, datagram);
  return datagram;
}

/// Packets that were not sent, sources that are others', times that make no sense, counts that are huge.
TEST(CongestionFeedback, NonsenseChangesNothing) {
  AdaptiveCall call(3e6, 1, section_for(true));
  call.connect();
  for (int i = 0; i < 30; ++i) call.send_frame();
  const double before = call.target();
  rtp::CongestionFeedback nonsense{.sender = Ssrc(9), .sources = {}, .time = 0xFFFFFFFF};
  nonsense.sources.push_back(
      {.source = Ssrc(77), .first = 0, .packets = std::vector<rtp::CongestionFeedback::Packet>(16384)});
  nonsense.sources.push_back({.source = Ssrc(1000),
                              .first = 40'000,
                              .packets = {{.arrived = true, .ecn = 3, .offset = 0x1FFF}, {.arrived = true}}});
  for (int i = 0; i < 100; ++i) call.left->session.receive_rtcp(message(nonsense), call.now);
  EXPECT_EQ(call.target(), before);
}

/// A section whose peer tells nothing of packets is not paced, whatever arrives.
TEST(CongestionFeedback, NobodyAskedFor) {
  Section section = section_for(false);
  for (auto* formats : {&section.send_formats, &section.receive_formats})
    for (Format& format : *formats) format.transport_cc = false;
  AdaptiveCall call(3e6, 1, section);
  call.connect();
  for (int i = 0; i < 30; ++i) call.send_frame();
  rtp::CongestionFeedback unwanted{.sources = {{.source = Ssrc(1000), .first = 0, .packets = {}}}};
  unwanted.sources[0].packets.resize(10'000);
  const double before = call.target();
  call.left->session.receive_rtcp(message(unwanted), call.now);
  EXPECT_EQ(call.target(), before);
  EXPECT_EQ(call.left->session.statistics(call.now).congestion_feedback_received, 1U);
}

}  // namespace
}  // namespace parley::media::test
