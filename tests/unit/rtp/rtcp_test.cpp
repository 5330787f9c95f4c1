#include "rtp/rtcp.hpp"

#include <gmock/gmock.h>

#include <random>

#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"
#include "rtp/transport_feedback.hpp"

namespace parley::rtp {
namespace {

using testing::ElementsAre;

RtcpPacket only(ByteView bytes) {
  RtcpReader reader(bytes);
  const auto packet = reader.next();
  EXPECT_TRUE(packet);
  EXPECT_FALSE(reader.next());
  return packet.value_or(RtcpPacket{});
}

TEST(Rtcp, ReadsASenderReportWithOneBlock) {
  const Bytes bytes{0x81, 200, 0, 12, 0, 0, 0, 1,    0x83, 0xAA, 0x7E, 0x80, 0x40, 0, 0,    0,    0,    0,
                    0x10, 0,   0, 0,  0, 5, 0, 0,    4,    0,    0,    0,    0,    2, 0x40, 0xFF, 0xFF, 0xFE,
                    0,    1,   0, 7,  0, 0, 0, 0x21, 1,    2,    3,    4,    0,    1, 0,    0};
  const auto report = parse_sender_report(only(bytes));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, Ssrc(1));
  EXPECT_EQ(report->ntp.value, 0x83AA7E8040000000U);
  EXPECT_EQ(report->ntp.compact(), 0x7E804000U);
  EXPECT_EQ(report->timestamp, 0x1000U);
  EXPECT_EQ(report->packets, 5U);
  EXPECT_EQ(report->octets, 1024U);
  ASSERT_EQ(report->blocks.size(), 1U);
  EXPECT_EQ(report->blocks[0].fraction_lost, 64);
  EXPECT_EQ(report->blocks[0].cumulative_lost, -2);
  EXPECT_EQ(report->blocks[0].extended_highest, 0x10007U);
  EXPECT_EQ(report->blocks[0].delay_since_last_report, 65536U);
  Bytes written;
  write(*report, written);
  EXPECT_EQ(written, bytes);
}

TEST(Rtcp, ReceiverReportsComeBack) {
  ReceiverReport report{.sender = Ssrc(7), .blocks = {}};
  for (std::uint32_t i = 0; i < kMostReportBlocks; ++i)
    report.blocks.push_back(
        {Ssrc(i), static_cast<std::uint8_t>(i), static_cast<std::int32_t>(i) - 5, i * 3, i * 5, i * 7, i * 11});
  Bytes bytes;
  write(report, bytes);
  EXPECT_EQ(parse_receiver_report(only(bytes)), report);
}

TEST(Rtcp, NamesComeBack) {
  for (const std::string name : {"", "a", "abc", "abcd", "0123456789abcdef"}) {
    Bytes bytes;
    write_source_description({Ssrc(1), Ssrc(2)}, name, bytes);
    EXPECT_THAT(parse_source_description(only(bytes)),
                ElementsAre(CanonicalName{Ssrc(1), name}, CanonicalName{Ssrc(2), name}));
  }
}

TEST(Rtcp, OtherItemsOfASourceAreSkipped) {
  // TOOL (6) "xy", CNAME (1) "me", end.
  const Bytes bytes{0x81, 202, 0, 3, 0, 0, 0, 9, 6, 2, 'x', 'y', 1, 2, 'm', 'e'};
  EXPECT_THAT(parse_source_description(only(bytes)), ElementsAre(CanonicalName{Ssrc(9), "me"}));
}

TEST(Rtcp, GoodbyesComeBack) {
  Bytes bytes;
  write_goodbye({Ssrc(1), Ssrc(0xFFFFFFFF)}, bytes);
  EXPECT_THAT(parse_goodbye(only(bytes)), ElementsAre(Ssrc(1), Ssrc(0xFFFFFFFF)));
}

TEST(Rtcp, AForgedCountOfSourcesIsNoMoreThanThereAre) {
  const Bytes bytes{0x9F, 203, 0, 1, 0, 0, 0, 1};
  EXPECT_THAT(parse_goodbye(only(bytes)), ElementsAre(Ssrc(1)));
  const Bytes report{0x9F, 201, 0, 1, 0, 0, 0, 1};
  EXPECT_FALSE(parse_receiver_report(only(report)));
}

TEST(Rtcp, NacksAreFewPairs) {
  Nack nack{.sender = Ssrc(1), .source = Ssrc(2), .numbers = {65530, 65531, 65535, 3, 10, 11, 500}};
  Bytes bytes;
  write(nack, bytes);
  EXPECT_EQ(bytes.size(), 12U + 2 * 4 + 4);
  EXPECT_EQ(parse_nack(only(bytes)), nack);
}

TEST(Rtcp, NacksOfSeededNumbersComeBack) {
  std::minstd_rand random(5);
  for (int round = 0; round < 200; ++round) {
    Nack nack{.sender = Ssrc(1), .source = Ssrc(2), .numbers = {}};
    auto number = static_cast<std::uint16_t>(random());
    for (int i = 0; i < 100; ++i) {
      number = static_cast<std::uint16_t>(number + 1 + random() % 30);
      nack.numbers.push_back(number);
    }
    Bytes bytes;
    write(nack, bytes);
    EXPECT_EQ(parse_nack(only(bytes)), nack);
  }
}

TEST(Rtcp, ANackFitsIntoADatagram) {
  Nack nack{.sender = Ssrc(1), .source = Ssrc(2), .numbers = {}};
  for (std::uint32_t i = 0; i < 65536; i += 20) nack.numbers.push_back(static_cast<std::uint16_t>(i));
  Bytes bytes;
  write(nack, bytes);
  EXPECT_LE(bytes.size(), 1200U);
}

TEST(Rtcp, KeyFrameRequestsComeBack) {
  Bytes bytes;
  write(PictureLoss{Ssrc(1), Ssrc(2)}, bytes);
  EXPECT_THAT(bytes, ElementsAre(0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2));
  EXPECT_EQ(parse_picture_loss(only(bytes)), (PictureLoss{Ssrc(1), Ssrc(2)}));
  bytes.clear();
  const FullIntraRequest request{.sender = Ssrc(1), .entries = {{Ssrc(2), 200}, {Ssrc(3), 0}}};
  write(request, bytes);
  EXPECT_EQ(parse_full_intra_request(only(bytes)), request);
}

TEST(Rtcp, RembIsReadAsBrowsersWriteIt) {
  // 5 bits of count, exponent 3, mantissa 0x3FFFF... from the draft's layout: 2 Mbit/s for one source.
  Bytes bytes;
  write(RemoteLimit{.sender = Ssrc(1), .rate = 2'000'000, .sources = {Ssrc(9)}}, bytes);
  EXPECT_EQ(bytes[12], 'R');
  const auto limit = parse_remote_limit(only(bytes));
  ASSERT_TRUE(limit);
  EXPECT_NEAR(static_cast<double>(limit->rate), 2e6, 10);
  EXPECT_THAT(limit->sources, ElementsAre(Ssrc(9)));
  bytes[17] = 0xFF;  // an exponent of 63
  EXPECT_FALSE(parse_remote_limit(only(bytes)));
  bytes[12] = 'X';
  EXPECT_FALSE(parse_remote_limit(only(bytes)));
}

TEST(Rtcp, ACompoundIsReadUntilItBreaks) {
  Bytes bytes;
  write(ReceiverReport{.sender = Ssrc(1), .blocks = {}}, bytes);
  write_source_description({Ssrc(1)}, "me", bytes);
  write(PictureLoss{Ssrc(1), Ssrc(2)}, bytes);
  std::size_t whole = 0;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    RtcpReader reader(ByteView(bytes).first(size));
    std::size_t count = 0;
    while (reader.next()) ++count;
    EXPECT_GE(count, whole);
    whole = count;
  }
  EXPECT_EQ(whole, 3U);
}

TEST(Rtcp, PaddingIsTakenAway) {
  const Bytes bytes{0xA1, 203, 0, 2, 0, 0, 0, 5, 0, 0, 0, 4};
  EXPECT_THAT(parse_goodbye(only(bytes)), ElementsAre(Ssrc(5)));
  Bytes wrong = bytes;
  wrong.back() = 9;
  EXPECT_FALSE(RtcpReader(wrong).next());
}

TransportFeedback told(const TransportFeedback& feedback) {
  Bytes bytes;
  EXPECT_EQ(write(feedback, bytes), feedback.packets.size());
  return parse_transport_feedback(only(bytes)).value_or(TransportFeedback{});
}

TEST(RtcpTransportFeedback, ReadsRunsAndVectors) {
  // Base 1, 9 packets; reference 1 (64 ms); a run of two small deltas, a vector of seven symbols of two bits.
  const Bytes bytes{0x8F, 205, 0, 7, 0,    0,    0,    1,    0,    0,    0, 2,    0,    1, 0, 9,
                    0,    0,   1, 3, 0x20, 0x02, 0xD2, 0x00, 0x04, 0x08, 4, 0x00, 0x10, 0, 0, 0};
  RtcpReader reader(bytes);
  const auto packet = reader.next();
  ASSERT_TRUE(packet);
  const auto feedback = parse_transport_feedback(*packet);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->count, 3);
  ASSERT_EQ(feedback->packets.size(), 9U);
  EXPECT_EQ(feedback->packets[0].arrival, 65ms);
  EXPECT_EQ(feedback->packets[1].arrival, 67ms);
  EXPECT_EQ(feedback->packets[2].arrival, 68ms);
  EXPECT_EQ(feedback->packets[3].arrival, std::nullopt);
  EXPECT_EQ(feedback->packets[4].arrival, 72ms);
}

TEST(RtcpTransportFeedback, SeededArrivalsComeBack) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::minstd_rand random(seed + 1);
    TransportFeedback feedback{
        .sender = Ssrc(1), .source = Ssrc(2), .count = static_cast<std::uint8_t>(seed), .packets = {}};
    auto number = static_cast<std::uint16_t>(random());
    Duration time = std::chrono::milliseconds(random() % 100'000'000);
    time -= time % 250us;
    const auto loss = random() % 100;
    const auto count = 1 + random() % 300;
    for (unsigned i = 0; i < count; ++i) {
      TransportFeedback::Packet packet{.number = number++};
      // Some come before those that were sent earlier.
      time += 250us * (static_cast<int>(random() % 300) - 20);
      if (random() % 100 >= loss || i == 0) packet.arrival = time;
      feedback.packets.push_back(packet);
    }
    EXPECT_EQ(told(feedback), feedback) << seed;
  }
}

TEST(RtcpTransportFeedback, AGapInTimeBeginsAnotherMessage) {
  const TransportFeedback feedback{.sender = Ssrc(1), .source = Ssrc(2), .packets = {{1, 1s}, {2, 1s}, {3, 20s}}};
  Bytes bytes;
  EXPECT_EQ(write(feedback, bytes), 2U);
  EXPECT_EQ(parse_transport_feedback(only(bytes))->packets.size(), 2U);
}

TEST(RtcpTransportFeedback, WithoutAnyArrivalNothingIsWritten) {
  Bytes bytes;
  EXPECT_EQ(write(TransportFeedback{.packets = {{1}, {2}}}, bytes), 2U);
  EXPECT_TRUE(bytes.empty());
}

TEST(RtcpTransportFeedback, EveryTruncationIsRefused) {
  TransportFeedback feedback{.sender = Ssrc(1), .source = Ssrc(2), .packets = {}};
  for (std::uint16_t i = 0; i < 40; ++i) feedback.packets.push_back({i, 1ms * i * 100});
  Bytes bytes;
  write(feedback, bytes);
  RtcpPacket packet = only(bytes);
  while (packet.body.size() > 8) {
    packet.body = packet.body.first(packet.body.size() - 4);
    EXPECT_FALSE(parse_transport_feedback(packet));
  }
}

TEST(RtcpNtp, TurnsTimesIntoFractionsAndBack) {
  EXPECT_EQ(to_ntp(std::chrono::system_clock::time_point(500ms)).value, 0x83AA7E8080000000U);
  EXPECT_EQ(to_compact(1s), 65536U);
  EXPECT_EQ(to_compact(-1s), 0U);
  EXPECT_EQ(from_compact(32768), 500ms);
}

}  // namespace
}  // namespace parley::rtp
