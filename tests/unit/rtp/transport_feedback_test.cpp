#include "rtp/transport_feedback.hpp"

#include <gtest/gtest.h>

#include <random>

namespace parley::rtp::transport_feedback_test {
namespace {

using Packet = TransportFeedback::Packet;

constexpr Duration kCycle = 64ms * (1 << 24);

std::optional<TransportFeedback> parse(const Bytes& datagram) {
  RtcpReader reader(datagram);
  const auto packet = reader.next();
  return packet ? parse_transport_feedback(*packet) : std::nullopt;
}

/// A message from what follows its header.
Bytes message(Bytes body) {
  Bytes out;
  {
    const RtcpWriter frame(out, RtcpType::TransportFeedback, feedback_format::kTransportWide);
    ByteWriter(out).bytes(Bytes{0, 0, 0, 1, 0, 0, 0, 2}).bytes(body);
  }
  return out;
}

/// What is read of all messages that are needed.
std::vector<Packet> transfer(TransportFeedback feedback, std::size_t* messages = nullptr) {
  std::vector<Packet> read;
  while (!feedback.packets.empty()) {
    Bytes out;
    const std::size_t told = write(feedback, out);
    EXPECT_GT(told, 0U);
    EXPECT_LE(out.size(), 1000U);
    if (told == 0) break;
    if (messages != nullptr) ++*messages;
    if (const auto part = parse(out)) {
      EXPECT_EQ(part->sender, feedback.sender);
      EXPECT_EQ(part->source, feedback.source);
      EXPECT_EQ(part->count, feedback.count);
      EXPECT_EQ(part->packets.size(), told);
      read.insert(read.end(), part->packets.begin(), part->packets.end());
    } else {
      EXPECT_TRUE(out.empty());  // nothing has arrived, so there is nothing to tell
      for (std::size_t i = 0; i < told; ++i) read.push_back({.number = feedback.packets[i].number});
    }
    feedback.packets.erase(feedback.packets.begin(), feedback.packets.begin() + static_cast<std::ptrdiff_t>(told));
  }
  return read;
}

/// A run of three small deltas, a vector of two bits, one of one bit; a delta that is negative.
TEST(TransportFeedback, ReadsEveryKindOfChunk) {
  const auto feedback = parse(message({0x00, 0x64, 0x00, 0x0F,  // from 100, 15 packets
                                       0x00, 0x00, 0x02, 0x09,  // 2 * 64 ms, the ninth message
                                       0x20, 0x03,              // three small ones
                                       0xC6, 0x00,              // lost, small, large, four lost
                                       0xA0, 0x80,              // small, five lost and another small
                                       0x04, 0x00, 0x08,        // 1 ms, 0, 2 ms
                                       0x01, 0xFF, 0xFC,        // 250 us, -1 ms
                                       0x28, 0xFF}));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender, Ssrc(1));
  EXPECT_EQ(feedback->source, Ssrc(2));
  EXPECT_EQ(feedback->count, 9);
  ASSERT_EQ(feedback->packets.size(), 15U);
  const std::optional<Duration> expected[15] = {129ms, 129ms, 131ms,    {}, 131250us, 130250us, {}, {},
                                                {},    {},    140250us, {}, {},       {},       {}};
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_EQ(feedback->packets[i].number, 100 + i);
    if (i < 14) {
      EXPECT_EQ(feedback->packets[i].arrival, expected[i]) << i;
    }
  }
}

TEST(TransportFeedback, CutOffIsNone) {
  const Bytes whole = message({0, 1, 0, 9, 0, 0, 0, 0, 0x20, 0x02, 0xD5, 0x55, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  RtcpReader reader(whole);
  const ByteView body = reader.next()->body;
  ASSERT_TRUE(parse_transport_feedback({.count = 15, .type = 205, .body = body}));
  const std::size_t needed = 16 + 4 + 9;
  for (std::size_t size = 0; size < needed; ++size) {
    const Bytes part(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_transport_feedback({.count = 15, .type = 205, .body = part})) << size;
  }
}

TEST(TransportFeedback, RunsDoNotReachBeyondTheCount) {
  const auto feedback = parse(message({0, 0, 0, 5, 0, 0, 0, 0, 0x1F, 0xFF}));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->packets.size(), 5U);
  EXPECT_FALSE(parse(message({0, 0, 0, 0, 0, 0, 0, 0})));
}

/// Twenty bytes can tell of 65535 packets, none of which has arrived.
TEST(TransportFeedback, OfMorePacketsThanAnybodyRemembersIsNone) {
  EXPECT_TRUE(parse(message({0, 0, 0x20, 0x00, 0, 0, 0, 0, 0x1F, 0xFF, 0x00, 0x01})));
  EXPECT_FALSE(parse(message({0, 0, 0x20, 0x01, 0, 0, 0, 0, 0x1F, 0xFF, 0x00, 0x02})));
}

TEST(TransportFeedback, ReservedStatusesAreNotArrivals) {
  const auto feedback = parse(message({0, 0, 0, 3, 0, 0, 0, 0, 0x60, 0x01, 0x20, 0x02, 4, 8}));
  ASSERT_TRUE(feedback);
  EXPECT_FALSE(feedback->packets[0].arrival);
  EXPECT_EQ(feedback->packets[2].arrival, Duration(3ms));
}

TEST(TransportFeedback, TheReferenceTimeHasASign) {
  const auto feedback = parse(message({0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0, 0x20, 0x01, 4}));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->packets[0].arrival, Duration(-63ms));
}

TEST(TransportFeedback, WritesASteadyFlowInOneRun) {
  TransportFeedback feedback{.sender = Ssrc(1), .source = Ssrc(2), .count = 3};
  for (std::uint16_t i = 0; i < 20; ++i)
    feedback.packets.push_back({static_cast<std::uint16_t>(65530 + i), 10s + i * 10ms});
  Bytes out;
  EXPECT_EQ(write(feedback, out), 20U);
  EXPECT_EQ(out.size(), 4U + 16 + 2 + 20 + 2);  // a chunk, deltas of one byte, up to a whole word
  EXPECT_EQ(parse(out), feedback);
}

TEST(TransportFeedback, TellsOfLossesAndReordering) {
  const TransportFeedback feedback{
      .sender = Ssrc(1),
      .source = Ssrc(2),
      .count = 255,
      .packets = {{7, 1s}, {8, std::nullopt}, {9, 1100ms}, {10, 1010ms}, {11, std::nullopt}, {12, 8s}}};
  EXPECT_EQ(transfer(feedback), feedback.packets);
}

TEST(TransportFeedback, BeginsAnotherMessageWhereADeltaIsTooLarge) {
  TransportFeedback feedback{.packets = {{1, 1s}, {2, 9s}, {3, 20s}, {4, 1s}}};
  std::size_t messages = 0;
  EXPECT_EQ(transfer(feedback, &messages), feedback.packets);
  EXPECT_EQ(messages, 3U);
}

TEST(TransportFeedback, OfNothingThatArrivedIsNotWritten) {
  const TransportFeedback feedback{.packets = {{1, std::nullopt}, {2, std::nullopt}}};
  Bytes out;
  EXPECT_EQ(write(feedback, out), 2U);
  EXPECT_TRUE(out.empty());
}

TEST(TransportFeedback, OfManyPacketsIsSplitIntoMessagesThatFitIntoDatagrams) {
  TransportFeedback feedback;
  for (std::uint16_t i = 0; i < 5000; ++i) {
    Packet packet{.number = i};
    if (i % 3 != 1) packet.arrival = 1s + i * 100ms * (i % 2 == 0 ? 1 : 0) / 50;
    feedback.packets.push_back(packet);
  }
  const auto read = transfer(feedback);
  ASSERT_EQ(read.size(), feedback.packets.size());
  for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], feedback.packets[i]);
}

/// On a clock that began before its zero as well as on one that has gone round.
TEST(TransportFeedback, OfAnyArrivalsIsReadBack) {
  std::mt19937_64 random(17);
  for (int round = 0; round < 3000; ++round) {
    TransportFeedback feedback{.sender = Ssrc(static_cast<std::uint32_t>(random())),
                               .source = Ssrc(static_cast<std::uint32_t>(random())),
                               .count = static_cast<std::uint8_t>(random())};
    auto number = static_cast<std::uint16_t>(random());
    std::int64_t steps = static_cast<std::int64_t>(random() % (1ULL << 34)) - (1LL << 33);
    const auto lost_of_16 = random() % 17, jump_of_64 = random() % 8;
    const std::size_t count = 1 + random() % 900;
    for (std::size_t i = 0; i < count; ++i, ++number) {
      Packet packet{.number = number};
      if (random() % 16 >= lost_of_16) {
        steps += static_cast<std::int64_t>(random() % 64 < jump_of_64 ? random() % 200'000 : random() % 600) - 100;
        packet.arrival = steps * std::chrono::microseconds(250);
      }
      feedback.packets.push_back(packet);
    }
    const auto read = transfer(feedback);
    ASSERT_EQ(read.size(), feedback.packets.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      ASSERT_EQ(read[i].number, feedback.packets[i].number);
      ASSERT_EQ(read[i].arrival.has_value(), feedback.packets[i].arrival.has_value());
      if (read[i].arrival) {
        ASSERT_EQ((*read[i].arrival - *feedback.packets[i].arrival) % kCycle, 0s) << round;
      }
    }
  }
}

TEST(TransportFeedback, RoundsArrivalsDownToTheirStep) {
  for (const Duration offset : {Duration(0s), Duration(-20s)}) {
    TransportFeedback feedback;
    for (std::uint16_t i = 0; i < 100; ++i) feedback.packets.push_back({i, offset + i * 333333ns});
    const auto read = transfer(feedback);
    ASSERT_EQ(read.size(), 100U);
    for (std::size_t i = 0; i < 100; ++i) {
      const Duration error = *feedback.packets[i].arrival - *read[i].arrival;
      EXPECT_GE(error, 0s) << i;
      EXPECT_LT(error, 250us) << i;
    }
  }
}

TEST(TransportFeedback, TakesAnyBytes) {
  std::mt19937 random(23);
  std::size_t read = 0;
  for (int round = 0; round < 50'000; ++round) {
    Bytes body(8 + random() % 60);
    for (std::uint8_t& byte : body) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? 0 : random());
    if (body.size() > 11) body[10] = static_cast<std::uint8_t>(random() % 2);
    const auto feedback = parse_transport_feedback({.count = 15, .type = 205, .body = body});
    if (!feedback) continue;
    ++read;
    ASSERT_EQ(feedback->packets.size(), static_cast<std::size_t>(body[10] << 8 | body[11]));
  }
  EXPECT_GT(read, 100U);
}

}  // namespace
}  // namespace parley::rtp::transport_feedback_test
