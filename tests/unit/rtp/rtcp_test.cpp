#include "rtp/rtcp.hpp"

#include <gmock/gmock.h>

#include <random>

#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"

namespace parley::rtp::rtcp_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint8_t> types(const Bytes& datagram) {
  std::vector<std::uint8_t> found;
  RtcpReader reader(datagram);
  while (const auto packet = reader.next()) found.push_back(packet->type);
  return found;
}

/// The only packet of a datagram, whose bytes have to stay.
RtcpPacket only(const Bytes& datagram) {
  RtcpReader reader(datagram);
  const auto packet = reader.next();
  EXPECT_TRUE(packet.has_value());
  EXPECT_FALSE(reader.next().has_value());
  return packet.value_or(RtcpPacket{});
}

template <class Value>
Bytes written(const Value& value) {
  Bytes out;
  write(value, out);
  EXPECT_EQ(out.size() % 4, 0U);
  EXPECT_EQ((out[2] << 8 | out[3]) * 4 + 4, static_cast<int>(out.size()));
  return out;
}

/// What a parser makes of each beginning of a packet, whose length says that it is whole.
template <class Parse>
void parse_beginnings(const Bytes& whole, Parse parse) {
  const RtcpPacket packet = only(whole);
  for (std::size_t size = 0; size < packet.body.size(); ++size) {
    const Bytes body(packet.body.begin(), packet.body.begin() + static_cast<std::ptrdiff_t>(size));
    parse(RtcpPacket{.count = packet.count, .type = packet.type, .body = body});
  }
}

// clang-format off
const Bytes kSenderReport{
    0x81, 0xC8, 0x00, 0x0C, 0x12, 0x34, 0x56, 0x78,
    0xB4, 0x4D, 0xB7, 0x05, 0x20, 0x00, 0x00, 0x00, 0x00, 0x01, 0x5F, 0x90, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00, 0x27, 0x10,
    0xCA, 0xFE, 0xBA, 0xBE, 0x40, 0xFF, 0xFF, 0xFE, 0x00, 0x01, 0x00, 0x05, 0x00, 0x00, 0x00, 0x20,
    0xB7, 0x05, 0x20, 0x00, 0x00, 0x05, 0x40, 0x00};
/// Two chunks: a CNAME that ends on a word and therefore has a whole word of zeros, and NAME before CNAME.
const Bytes kDescription{
    0x82, 0xCA, 0x00, 0x09,
    0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 'a', 'b', 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x02, 0x02, 0x03, 'T', 'o', 'm', 0x01, 0x05, 'a', '@', 'b', '.', 'c', 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00};
// clang-format on

TEST(RtcpReader, TakesEveryPacketOfACompoundAlsoUnknownOnes) {
  Bytes datagram = kSenderReport;
  datagram.insert(datagram.end(), {0x80, 199, 0, 1, 1, 2, 3, 4});
  datagram.insert(datagram.end(), {0x9F, 255, 0, 0});
  datagram.insert(datagram.end(), {0x81, 203, 0, 1, 0, 0, 0, 9});
  EXPECT_THAT(types(datagram), ElementsAre(200, 199, 255, 203));
}

TEST(RtcpReader, EndsWhereADatagramIsBroken) {
  Bytes datagram{0x80, 201, 0, 1, 0, 0, 0, 1};
  const Bytes broken[] = {
      {0x80, 203, 0, 1},                          // too short for its length
      {0x40, 203, 0, 0},                          // another version
      {0x80, 203, 0},                             // not even a header
      {0xA0, 203, 0, 0},                          // padding of nothing
      {0xA0, 203, 0, 1, 0, 0, 0, 0},              // padding that is none
      {0xA0, 203, 0, 1, 0, 0, 0, 5},              // padding that is longer than the packet
      {0x80, 203, 0xFF, 0xFF, 0, 0, 0, 1, 0, 0},  // far too short
  };
  for (const Bytes& rest : broken) {
    Bytes whole = datagram;
    whole.insert(whole.end(), rest.begin(), rest.end());
    EXPECT_THAT(types(whole), ElementsAre(201));
  }
  EXPECT_THAT(types({}), IsEmpty());
}

TEST(RtcpReader, KeepsPaddingOutOfTheBody) {
  const Bytes datagram{0xA1, 203, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4};
  const RtcpPacket packet = only(datagram);
  EXPECT_EQ(packet.body.size(), 4U);
  EXPECT_THAT(parse_goodbye(packet), ElementsAre(Ssrc(7)));
}

TEST(SenderReport, ReadsACapturedOne) {
  const auto report = parse_sender_report(only(kSenderReport));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, Ssrc(0x12345678));
  EXPECT_EQ(report->ntp.compact(), 0xB7052000U);
  EXPECT_EQ(report->timestamp, 90000U);
  EXPECT_EQ(report->packets, 100U);
  EXPECT_EQ(report->octets, 10000U);
  ASSERT_EQ(report->blocks.size(), 1U);
  EXPECT_EQ(report->blocks[0].source, Ssrc(0xCAFEBABE));
  EXPECT_EQ(report->blocks[0].fraction_lost, 0x40);
  EXPECT_EQ(report->blocks[0].cumulative_lost, -2);  // duplicates
  EXPECT_EQ(report->blocks[0].extended_highest, 0x10005U);
  EXPECT_EQ(report->blocks[0].jitter, 32U);
  EXPECT_EQ(report->blocks[0].last_report, 0xB7052000U);
  EXPECT_EQ(report->blocks[0].delay_since_last_report, 0x54000U);
  EXPECT_EQ(written(*report), kSenderReport);
}

TEST(SenderReport, CutOffIsNone) {
  parse_beginnings(kSenderReport, [](const RtcpPacket& packet) { EXPECT_FALSE(parse_sender_report(packet)); });
}

TEST(SenderReport, MayHaveAnExtensionBehindItsBlocks) {
  Bytes datagram = kSenderReport;
  datagram.insert(datagram.end(), {1, 2, 3, 4});
  datagram[3] = 0x0D;
  EXPECT_EQ(parse_sender_report(only(datagram))->blocks.size(), 1U);
}

TEST(ReceiverReport, ReadsBackAsManyBlocksAsThereAre) {
  for (std::uint32_t count = 0; count <= kMostReportBlocks; ++count) {
    ReceiverReport report{.sender = Ssrc(77), .blocks = {}};
    for (std::uint32_t i = 0; i < count; ++i)
      report.blocks.push_back({.source = Ssrc(i),
                               .fraction_lost = static_cast<std::uint8_t>(i * 8),
                               .cumulative_lost = i % 2 == 0 ? -0x800000 : 0x7FFFFF,
                               .extended_highest = 0xFFFFFFFF - i,
                               .jitter = i,
                               .last_report = i << 8,
                               .delay_since_last_report = i << 16});
    const Bytes bytes = written(report);
    EXPECT_EQ(parse_receiver_report(only(bytes)), report);
    parse_beginnings(bytes, [](const RtcpPacket& packet) { EXPECT_FALSE(parse_receiver_report(packet)); });
  }
}

TEST(SourceDescription, FindsTheCnamesAmongOtherItems) {
  EXPECT_THAT(parse_source_description(only(kDescription)),
              ElementsAre(CanonicalName{Ssrc(1), "ab"}, CanonicalName{Ssrc(2), "a@b.c"}));
}

TEST(SourceDescription, CutOffKeepsWhatCameBefore) {
  parse_beginnings(kDescription, [](const RtcpPacket& packet) {
    const auto names = parse_source_description(packet);
    EXPECT_LE(names.size(), 2U);
    if (packet.body.size() >= 12) {
      ASSERT_GE(names.size(), 1U);
      EXPECT_EQ(names[0].name, "ab");
    }
  });
}

TEST(SourceDescription, OfAnyLengthIsReadBack) {
  for (std::size_t length = 0; length <= 255; ++length) {
    Bytes out;
    const std::string name(length, 'x');
    write_source_description({Ssrc(5), Ssrc(6)}, name, out);
    EXPECT_THAT(parse_source_description(only(out)),
                ElementsAre(CanonicalName{Ssrc(5), name}, CanonicalName{Ssrc(6), name}));
  }
  Bytes out;
  write_source_description({Ssrc(5)}, std::string(300, 'x'), out);
  EXPECT_THAT(parse_source_description(only(out)), ElementsAre(CanonicalName{Ssrc(5), std::string(255, 'x')}));
}

TEST(Goodbye, OfUpToThirtyOneSourcesIsReadBack) {
  for (std::uint32_t count = 0; count <= 31; ++count) {
    std::vector<Ssrc> sources;
    for (std::uint32_t i = 0; i < count; ++i) sources.emplace_back(i * 3);
    Bytes out;
    write_goodbye(sources, out);
    EXPECT_EQ(parse_goodbye(only(out)), sources);
  }
}

TEST(Goodbye, MayHaveAReason) {
  const Bytes datagram{0x81, 203, 0, 3, 0, 0, 0, 7, 6, 'c', 'a', 'm', 'e', 'r', 'a', 0};
  EXPECT_THAT(parse_goodbye(only(datagram)), ElementsAre(Ssrc(7)));
}

/// RFC 4585 section 6.2.1: packet 100 and, of the sixteen after it, the first, the third and the last.
TEST(Nack, ReadsTheBitsOfThePacketsThatFollow) {
  const Bytes bytes{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 100, 0x80, 0x05};
  const auto nack = parse_nack(only(bytes));
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->sender, Ssrc(1));
  EXPECT_EQ(nack->source, Ssrc(2));
  EXPECT_THAT(nack->numbers, ElementsAre(100, 101, 103, 116));
  EXPECT_EQ(written(*nack), bytes);
}

TEST(Nack, GoesAroundTheCircle) {
  const Nack nack{Ssrc(1), Ssrc(2), {65530, 65535, 0, 10, 11}};
  const Bytes bytes = written(nack);
  EXPECT_EQ(bytes.size(), 12U + 2 * 4U);
  EXPECT_EQ(parse_nack(only(bytes)), nack);
}

TEST(Nack, OfWhateverNumbersIsReadBack) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    Nack nack{Ssrc(static_cast<std::uint32_t>(random())), Ssrc(9), {}};
    auto number = static_cast<std::uint16_t>(random());
    const std::size_t count = 1 + random() % 200;
    for (std::size_t i = 0; i < count; ++i) {
      nack.numbers.push_back(number);
      number = static_cast<std::uint16_t>(number + 1 + (random() % 4 == 0 ? random() % 40 : 0));
    }
    ASSERT_EQ(parse_nack(only(written(nack))), nack);
  }
}

TEST(Nack, ThatIsTooLongKeepsItsBeginning) {
  Nack nack{Ssrc(1), Ssrc(2), {}};
  for (std::uint16_t number = 0; number < 20'000; number = static_cast<std::uint16_t>(number + 20))
    nack.numbers.push_back(number);
  const Bytes bytes = written(nack);
  EXPECT_LE(bytes.size(), 1200U);
  const auto read = parse_nack(only(bytes));
  ASSERT_GE(read->numbers.size(), 250U);
  nack.numbers.resize(read->numbers.size());
  EXPECT_EQ(*read, nack);
}

TEST(Nack, CutOffAsksForWhatIsLeft) {
  const Bytes bytes{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 100, 0x80, 0x05};
  parse_beginnings(bytes, [](const RtcpPacket& packet) {
    const auto nack = parse_nack(packet);
    EXPECT_EQ(nack.has_value(), packet.body.size() >= 8);
    if (nack) {
      EXPECT_THAT(nack->numbers, IsEmpty());
    }
  });
}

TEST(PictureLoss, HasTwelveBytes) {
  const Bytes bytes{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
  EXPECT_EQ(parse_picture_loss(only(bytes)), (PictureLoss{Ssrc(1), Ssrc(2)}));
  EXPECT_EQ(written(PictureLoss{Ssrc(1), Ssrc(2)}), bytes);
  parse_beginnings(bytes, [](const RtcpPacket& packet) { EXPECT_FALSE(parse_picture_loss(packet)); });
}

TEST(FullIntraRequest, NamesItsSourcesAndCounts) {
  const Bytes bytes{0x84, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 7, 0, 0, 0, 0, 0, 0, 3, 255, 0, 0, 0};
  const FullIntraRequest request{Ssrc(1), {{Ssrc(2), 7}, {Ssrc(3), 255}}};
  EXPECT_EQ(parse_full_intra_request(only(bytes)), request);
  EXPECT_EQ(written(request), bytes);
  parse_beginnings(bytes, [](const RtcpPacket& packet) {
    const auto read = parse_full_intra_request(packet);
    EXPECT_EQ(read.has_value(), packet.body.size() >= 8);
    if (read) {
      EXPECT_EQ(read->entries.size(), (packet.body.size() - 8) / 8);
    }
  });
}

/// draft-alvestrand-rmcat-remb-03 section 2.2: 18 bits of mantissa, 6 of exponent.
TEST(RemoteLimit, ReadsACapturedOne) {
  const Bytes bytes{0x8F, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 1, 0x06, 0x24, 0xF8, 0, 0, 0, 9};
  EXPECT_EQ(parse_remote_limit(only(bytes)), (RemoteLimit{Ssrc(1), 140536U << 1, {Ssrc(9)}}));
  parse_beginnings(bytes, [](const RtcpPacket& packet) { EXPECT_FALSE(parse_remote_limit(packet)); });
}

TEST(RemoteLimit, OfAnotherApplicationIsNone) {
  EXPECT_FALSE(parse_remote_limit(only({0x8F, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'A', 0, 0, 1, 0})));
}

TEST(RemoteLimit, KeepsSeventeenBitsOfEveryRate) {
  for (unsigned shift = 0; shift < 64; ++shift)
    for (const std::uint64_t offset : {0ULL, 1ULL, 0xFFFFULL}) {
      const RemoteLimit limit{Ssrc(1), (1ULL << shift) + offset, {Ssrc(2), Ssrc(3)}};
      const auto read = parse_remote_limit(only(written(limit)));
      ASSERT_TRUE(read);
      EXPECT_EQ(read->sources, limit.sources);
      EXPECT_LE(read->rate, limit.rate);
      EXPECT_LE(limit.rate - read->rate, limit.rate >> 17);
    }
  const RemoteLimit most{Ssrc(1), UINT64_MAX, {}};
  EXPECT_EQ(parse_remote_limit(only(written(most)))->rate, UINT64_MAX - ((1ULL << 46) - 1));
}

TEST(RemoteLimit, BeyondSixtyFourBitsIsNone) {
  EXPECT_FALSE(parse_remote_limit(
      only({0x8F, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 0, 0xBC, 0, 1})));  // 1 * 2^47
}

/// Whatever bytes a body has, every parser answers and nothing is read beyond its end.
TEST(Rtcp, EveryParserTakesAnyBytes) {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    Bytes body(random() % 80);
    for (std::uint8_t& byte : body) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 4 : random());
    const RtcpPacket packet{.count = static_cast<std::uint8_t>(random() % 32), .type = 205, .body = body};
    if (const auto report = parse_sender_report(packet)) {
      EXPECT_EQ(report->blocks.size(), packet.count);
    }
    if (const auto report = parse_receiver_report(packet)) {
      EXPECT_EQ(report->blocks.size(), packet.count);
    }
    EXPECT_LE(parse_source_description(packet).size(), body.size());
    EXPECT_LE(parse_goodbye(packet).size(), packet.count);
    if (const auto nack = parse_nack(packet)) {
      EXPECT_LE(nack->numbers.size(), body.size() / 4 * 17);
    }
    (void)parse_picture_loss(packet);
    (void)parse_full_intra_request(packet);
    (void)parse_remote_limit(packet);
  }
}

}  // namespace
}  // namespace parley::rtp::rtcp_test
