#include "sctp/round_trip_margin.hpp"

#include <cstring>

#include "sctp/chunks.hpp"
#include "unit/sctp/link.hpp"

namespace parley::sctp {
namespace {

constexpr std::size_t kInfo = kCommonHeader + 4;

Bytes chunk(ChunkType type, std::size_t size) {
  Bytes out{static_cast<std::uint8_t>(type), 0, 0, static_cast<std::uint8_t>(size)};
  out.resize(size);
  return out;
}

/// As the stack makes it: sent at that many seconds and microseconds of this machine.
Bytes heartbeat(std::uint32_t seconds, std::uint32_t micros) {
  Bytes out{0x13, 0x88, 0x13, 0x89, 1, 2, 3, 4, 0, 0, 0, 0};
  const Bytes info = chunk(ChunkType::Heartbeat, 60);
  out.insert(out.end(), info.begin(), info.end());
  std::memcpy(&out[kInfo + 4], &seconds, 4);
  std::memcpy(&out[kInfo + 8], &micros, 4);
  return out;
}

struct Margin : ::testing::Test {
  void send(unsigned packets) {
    for (unsigned i = 0; i < packets; ++i) margin.sent();
  }
  RoundTripMargin margin;
  TimePoint now{1h};
  const Bytes theirs{0x13, 0x89, 0x13, 0x88, 9, 9, 9, 9, 0, 0, 0, 0, 3, 0, 0, 4};
};

TEST_F(Margin, IsRenewedOnceARoundTripWhileMuchIsSent) {
  EXPECT_FALSE(margin.due(now));
  send(RoundTripMargin::kPackets);
  EXPECT_TRUE(margin.due(now));
  margin.ask(100ms, now);
  EXPECT_FALSE(margin.due(now + 100ms));
  send(RoundTripMargin::kPackets);
  EXPECT_FALSE(margin.due(now + 99ms));
  EXPECT_TRUE(margin.due(now + 100ms));
  margin.ask(0ms, now);
  send(RoundTripMargin::kPackets);
  EXPECT_FALSE(margin.due(now + RoundTripMargin::kLeastPause - 1ms));
  EXPECT_TRUE(margin.due(now + RoundTripMargin::kLeastPause));
}

TEST_F(Margin, KeepsAHeartbeatThatWasAskedForAndNothingElse) {
  const Bytes asked = heartbeat(1000, 5);
  EXPECT_FALSE(margin.keeps(asked));
  margin.ask(50ms, now);
  Bytes with_data = asked;
  const Bytes data = chunk(ChunkType::Data, 20);
  with_data.insert(with_data.end(), data.begin(), data.end());
  EXPECT_FALSE(margin.keeps(with_data));
  EXPECT_FALSE(margin.keeps(theirs));
  EXPECT_EQ(margin.answer(theirs), std::nullopt);
  margin.ask(50ms, now);
  EXPECT_TRUE(margin.keeps(asked));
  EXPECT_TRUE(margin.answer(theirs));
  EXPECT_FALSE(margin.keeps(asked));
  EXPECT_EQ(margin.answer(theirs), std::nullopt);
}

TEST_F(Margin, AnswersAsThePeerWouldHaveLater) {
  const Bytes asked = heartbeat(1000, 5000);
  margin.ask(50ms, now);
  ASSERT_TRUE(margin.keeps(asked));
  const auto answer = margin.answer(theirs);
  ASSERT_TRUE(answer);
  Bytes expected = heartbeat(999, 1'005'000 - 60'000);
  std::copy_n(theirs.begin(), kCommonHeader, expected.begin());
  expected[kCommonHeader] = static_cast<std::uint8_t>(ChunkType::HeartbeatAck);
  EXPECT_EQ(*answer, expected);
}

}  // namespace

namespace testing {
namespace {

using MarginOfTheStack = TwoEnds;

TEST_F(MarginOfTheStack, IsTakenForPartOfTheRoundTrip) {
  connect();
  a->path.delay = b->path.delay = 30ms;
  std::size_t heartbeats = 0;
  a->filter = [&](ByteView packet) {
    each_chunk(packet, [&](ChunkType type, ByteView) {
      heartbeats += type == ChunkType::Heartbeat && packet.size() < 200;
      return true;
    });
    return true;
  };
  const auto rounds = [&] { return loop_a->run([&] { return a->association->stats().smoothed_rtt; }); };
  loop_a->run([&] {
    for (unsigned n = 0; n < 300; ++n) sender_a->push(to(0), Bytes(100'000));
  });
  wait([&] { return b->messages.size() == 300; }, 60s);
  EXPECT_GE(rounds(), 60ms + RoundTripMargin::kMargin / 3);
  // What PathSize has to say, and none of the stack's.
  EXPECT_LE(loop_a->run([&] { return heartbeats; }), 8U);
}

}  // namespace
}  // namespace testing
}  // namespace parley::sctp
