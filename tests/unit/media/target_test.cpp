// What senders are told of the target rate, and what happens to it when paths and peers misbehave. In virtual time.
#include <gmock/gmock.h>

#include <numeric>

#include "rtp/feedback.hpp"
#include "scenarios.hpp"

namespace parley::media::test::target_test {
namespace {

constexpr SectionKey kSecond{3};

/// Bytes of RTP on the wire within a second, with what it takes below, and how many times it says so.
struct Meter {
  void add(std::size_t bytes) { total += static_cast<double>(bytes + 40) * 8; }
  double take() { return std::exchange(total, 0); }
  double total = 0;
};

TEST(Target, AFastLinkIsUsed) {
  for (const bool by_source : {false, true}) {
    const Scenario fast{.name = "fast", .title = "A link of 100 Mbit/s", .length = 15s, .rate = 100e6};
    const auto samples = play(fast, 1, by_source ? told_by_source() : video_section()).front();
    EXPECT_LT(time_to(70e6, samples), 10s);
    EXPECT_GT(mean_target(samples, 10s), 70e6);
    EXPECT_LT(mean_target(samples, 10s), 110e6);
  }
}

/// A second video joins while the link is full; then it pauses.
TEST(Target, WhoeverComesLateIsToldItsShareAtOnce) {
  AdaptiveCall call(3e6, 1);
  std::map<SectionKey, double> told;
  call.left->on_rate = [&](SectionKey section, double rate) { told[section] = rate; };
  call.connect();
  for (int i = 0; i < 300; ++i) call.send_frame();
  const double alone = told.at(kVideo);
  Section first = sending(video_section(), {{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""}});
  Section second = sending(video_section(), {{.source = Ssrc(2000), .retransmission = Ssrc(2001), .rid = ""}});
  second.key = kSecond;
  second.mid = "w";
  call.left->session.configure({first, second});
  call.left->session.connect(call.now);
  EXPECT_NEAR(told.at(kSecond), alone / 2, alone / 10);
  EXPECT_EQ(told.at(kVideo), told.at(kSecond));
  second.encodings[0].active = false;
  call.left->session.configure({first, second});
  call.left->session.connect(call.now);
  EXPECT_NEAR(told.at(kVideo), alone, alone / 10);
}

/// Nothing comes back for four seconds.
TEST(Target, FallsWhileTheReturnPathIsBrokenAndComesBack) {
  AdaptiveCall call(3e6, 1);
  call.connect();
  for (int i = 0; i < 300; ++i) call.send_frame();
  const double before = call.target();
  bool broken = true;
  call.filter = [&](ByteView, bool rtcp) { return rtcp && broken; };
  for (int i = 0; i < 120; ++i) call.send_frame();
  EXPECT_LT(call.target(), before / 4);
  broken = false;
  for (int i = 0; i < 90; ++i) call.send_frame();
  EXPECT_GT(call.target(), 0.7 * before);
}

/// From a fast network into a slow one: nothing of the packets that are lost on the way counts.
TEST(Target, BeginsAnewOnAnotherPath) {
  AdaptiveCall call(20e6, 1);
  call.connect();
  for (int i = 0; i < 300; ++i) call.send_frame();
  EXPECT_GT(call.target(), 10e6);
  call.to_right.rate = 1e6;
  call.left->session.change_path(call.now);
  EXPECT_LE(call.target(), 300e3);
  Duration longest{};
  for (int i = 0; i < 300; ++i) {
    call.send_frame();
    if (i > 30) longest = std::max(longest, call.queueing());
  }
  EXPECT_LT(longest, 300ms);
  EXPECT_GT(call.target(), 0.6e6);
  call.to_right.rate = 20e6;
  call.left->session.change_path(call.now);
  for (int i = 0; i < 150; ++i) call.send_frame();
  EXPECT_GT(call.target(), 10e6);
}

/// A peer that asks for everything again and again.
TEST(Target, AFloodOfRequestsTakesNoMoreThanHalfOfIt) {
  AdaptiveCall call(3e6, 1);
  Meter wire, media;
  std::uint16_t last = 0;
  const auto pass_on = call.left->send;
  call.left->send = [&](End& end, ByteView packet, bool rtcp) {
    if (!rtcp) {
      wire.add(packet.size());
      if (rtp::source_of(packet) == Ssrc(1000)) {
        media.add(packet.size());
        last = rtp::sequence_number_of(packet);
      }
    }
    pass_on(end, packet, rtcp);
  };
  call.connect();
  for (int i = 0; i < 450; ++i) call.send_frame();
  const double before = call.left->session.controller().target_rate();
  ASSERT_GT(before, 2e6);
  std::vector<std::uint16_t> numbers(500);
  (void)wire.take();
  (void)media.take();
  constexpr int kSeconds = 10;
  double allowed = 0;
  for (int i = 0; i < 30 * kSeconds; ++i) {
    std::iota(numbers.begin(), numbers.end(), static_cast<std::uint16_t>(last - numbers.size()));
    Bytes datagram;
    rtp::write(rtp::Nack{.sender = Ssrc(1), .source = Ssrc(1000), .numbers = numbers}, datagram);
    call.left->session.receive_rtcp(datagram, call.now);
    allowed += call.left->session.controller().target_rate() / 30;
    call.send_frame();
  }
  EXPECT_LT(wire.take(), 1.2 * allowed);
  EXPECT_GT(media.take(), 0.35 * allowed);
  EXPECT_GT(allowed / kSeconds, before / 2) << "the path is not congested by that";
  EXPECT_LT(call.left->session.statistics(call.now).outgoing.at(0).counters.waited /
                call.left->session.statistics(call.now).outgoing.at(0).counters.packets,
            100ms);
}

}  // namespace
}  // namespace parley::media::test::target_test
