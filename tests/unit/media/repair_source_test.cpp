// Whose packets are sent again: RFC 4588 section 5.3.
#include <gmock/gmock.h>

#include "call.hpp"

namespace parley::media::test::repair_source_test {
namespace {

const Encoding kFirst{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = "a"};
const Encoding kSecond{.source = Ssrc(2000), .retransmission = Ssrc(2001), .rid = "b"};

/// A peer that names sources, if at all, in its description only. Packets get lost at will.
struct RepairedCall : Call {
  explicit RepairedCall(std::vector<Announced> announced = {}) {
    Section section = video_section();
    rtp::ExtensionMap map;
    map.set(1, rtp::ExtensionKind::Mid);
    section.send_extensions = section.receive_extensions = map;
    left->session.configure({sending(section, {kFirst, kSecond})});
    Section receiver = receiving(section);
    receiver.announced = std::move(announced);
    right->session.configure({receiver});
    connect();
    filter = [this](ByteView packet, bool rtcp) {
      const bool lose = !rtcp && rtp::source_of(packet) == loses;
      if (lose) loses.reset();
      return lose;
    };
  }
  void send(const Encoding& encoding, bool key = false) {
    ASSERT_TRUE(left->session.send(kVideo, encoding.rid, frame_of(vp8(key, 500, 1), key), now));
    run(33ms);
  }
  void lose(const Encoding& encoding) {
    loses = encoding.source;
    send(encoding);
    send(encoding);
    run(100ms);
  }
  [[nodiscard]] std::uint64_t repaired(const Encoding& encoding) const {
    for (const IncomingStatistics& one : right->session.statistics(now).incoming)
      if (one.source == encoding.source) return one.counters.repaired_packets;
    return 0;
  }
  std::optional<Ssrc> loses;
};

TEST(RepairSource, IsOfTheOneThatLacksThePacket) {
  RepairedCall call;
  for (const Encoding& encoding : {kFirst, kSecond}) call.send(encoding, true);
  call.lose(kSecond);
  EXPECT_EQ(call.repaired(kFirst), 0U);
  EXPECT_EQ(call.repaired(kSecond), 1U);
  call.lose(kFirst);
  EXPECT_EQ(call.repaired(kFirst), 1U);
  EXPECT_EQ(call.repaired(kSecond), 1U);
}

TEST(RepairSource, IsOfTheOnlyOneThatHasNoneInTheDescription) {
  RepairedCall call({{.source = kFirst.source, .retransmission = kFirst.retransmission}});
  for (const Encoding& encoding : {kFirst, kSecond}) call.send(encoding, true);
  call.lose(kSecond);
  EXPECT_EQ(call.repaired(kFirst), 0U);
  EXPECT_EQ(call.repaired(kSecond), 1U);
}

/// The second has not begun; what repairs it is nothing to the first.
TEST(RepairSource, ThatIsAnnouncedForAnotherIsNotOfTheOnlyOne) {
  RepairedCall call({{.source = kFirst.source, .retransmission = Ssrc(77)},
                     {.source = kSecond.source, .retransmission = kFirst.retransmission}});
  call.send(kFirst, true);
  call.lose(kFirst);
  EXPECT_EQ(call.repaired(kFirst), 0U);
}

}  // namespace
}  // namespace parley::media::test::repair_source_test
