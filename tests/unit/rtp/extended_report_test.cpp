#include "rtp/extended_report.hpp"

#include <gmock/gmock.h>

namespace parley::rtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// clang-format off
/// A receiver's time, a block of another type (a report of lost packets), and what two receivers are told.
const Bytes kReport{
    0x80, 0xCF, 0x00, 0x0D, 0x12, 0x34, 0x56, 0x78,
    0x04, 0x00, 0x00, 0x02, 0xB4, 0x4D, 0xB7, 0x05, 0x20, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF,
    0x05, 0x00, 0x00, 0x06,
    0xCA, 0xFE, 0xBA, 0xBE, 0xB7, 0x05, 0x20, 0x00, 0x00, 0x05, 0x40, 0x00,
    0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x04};
// clang-format on

std::optional<ExtendedReport> read(const Bytes& datagram) {
  RtcpReader reader(datagram);
  const auto packet = reader.next();
  return packet ? parse_extended_report(*packet) : std::nullopt;
}

TEST(ExtendedReport, HasTheReceiversTimeAndTheAnswersAmongOtherBlocks) {
  const auto report = read(kReport);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, Ssrc(0x12345678));
  EXPECT_EQ(report->reference, NtpTime{0xB44DB70520000000});
  EXPECT_THAT(report->answers, ElementsAre(ExtendedReport::Answer{Ssrc(0xCAFEBABE), 0xB7052000, 0x00054000},
                                           ExtendedReport::Answer{Ssrc(2), 3, 4}));
}

TEST(ExtendedReport, IsWrittenAsItIsRead) {
  ExtendedReport report = *read(kReport);
  Bytes out;
  write(report, out);
  EXPECT_EQ(out.size(), kReport.size() - 8);  // without the other block
  EXPECT_EQ(read(out), report);
  report.reference.reset();
  out.clear();
  write(report, out);
  EXPECT_EQ(read(out), report);
  report.answers.clear();
  out.clear();
  write(report, out);
  EXPECT_EQ(out, (Bytes{0x80, 0xCF, 0x00, 0x01, 0x12, 0x34, 0x56, 0x78}));
  EXPECT_EQ(read(out), report);
}

TEST(ExtendedReport, IsRefusedWhereItIsCutOff) {
  const Bytes body(kReport.begin() + 4, kReport.end());
  const std::vector<std::size_t> between{4, 16, 24, 52};  // blocks
  for (std::size_t size = 0; size <= body.size(); ++size) {
    const auto report = parse_extended_report({.body = ByteView(body).first(size)});
    EXPECT_EQ(report.has_value(), std::ranges::find(between, size) != between.end()) << size;
  }
}

/// A time of another length is none; what is left of an answer that is cut off does not count.
TEST(ExtendedReport, ToleratesBlocksOfOddLengths) {
  const Bytes odd{0, 0, 0, 1, 4, 0, 0, 1, 1, 2, 3, 4, 5, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 4, 0, 0, 0, 5, 0, 0, 0};
  const auto report = parse_extended_report({.body = odd});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->reference, std::nullopt);
  EXPECT_THAT(report->answers, IsEmpty());
}

}  // namespace
}  // namespace parley::rtp
