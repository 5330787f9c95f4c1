#include "dcep/message.hpp"

#include <gtest/gtest.h>

#include "dcep/utf8.hpp"

namespace parley::dcep {
namespace {

OpenMessage parse_open(const Bytes& raw) { return std::get<OpenMessage>(parse(raw).value()); }

TEST(DcepMessage, ReadsAnOpenOfAChromiumChannel) {
  // RFC 8832 section 5.1: type, channel type, priority, reliability parameter, two lengths, label, protocol.
  const Bytes raw = {3, 0x82, 0x01, 0x00, 0, 0, 0x01, 0xF4, 0, 4, 0, 2, 'c', 'h', 'a', 't', 'v', '1'};
  EXPECT_EQ(parse_open(raw), (OpenMessage{.label = "chat",
                                          .protocol = "v1",
                                          .reliability = {.ordered = false, .max_packet_life_time = 500},
                                          .priority = 256}));
}

TEST(DcepMessage, EveryChannelTypeSurvivesARoundTrip) {
  const Reliability all[] = {{},
                             {.ordered = false},
                             {.max_retransmits = 0},
                             {.ordered = false, .max_retransmits = 65535},
                             {.max_packet_life_time = 0},
                             {.ordered = false, .max_packet_life_time = 1}};
  const std::uint8_t types[] = {0x00, 0x80, 0x01, 0x81, 0x02, 0x82};
  for (std::size_t i = 0; i < std::size(all); ++i) {
    const OpenMessage message{.label = "ä", .protocol = "p", .reliability = all[i], .priority = 512};
    EXPECT_EQ(write(message)[1], types[i]);
    EXPECT_EQ(parse_open(write(message)), message);
  }
}

TEST(DcepMessage, LongestNamesAndEmptyNamesSurviveARoundTrip) {
  const OpenMessage longest{.label = std::string(65535, 'l'), .protocol = std::string(65535, 'p')};
  EXPECT_EQ(parse_open(write(longest)), longest);
  EXPECT_EQ(parse_open(write(OpenMessage{})), OpenMessage{});
}

TEST(DcepMessage, AcknowledgementIsOneByte) {
  EXPECT_EQ(write(AckMessage{}), Bytes{2});
  EXPECT_TRUE(std::holds_alternative<AckMessage>(parse(Bytes{2}).value()));
}

TEST(DcepMessage, EveryTruncationOfAnOpenIsRefused) {
  const Bytes whole = write(OpenMessage{.label = "label", .protocol = "protocol"});
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(parse(ByteView(whole).first(n)).has_value()) << n;
}

TEST(DcepMessage, BytesAfterTheNamesAreRefused) {
  Bytes raw = write(OpenMessage{.label = "label"});
  raw.push_back(0);
  EXPECT_FALSE(parse(raw).has_value());
}

TEST(DcepMessage, UnknownChannelTypesAreRefused) {
  Bytes raw = write(OpenMessage{});
  for (const int type : {0x03, 0x04, 0x40, 0x7F, 0x83, 0xFF}) {
    raw[1] = static_cast<std::uint8_t>(type);
    EXPECT_FALSE(parse(raw).has_value()) << type;
  }
}

TEST(DcepMessage, UnknownMessageTypesAreToldApart) {
  EXPECT_EQ(std::get<UnknownMessage>(parse(Bytes{0x04, 1, 2}).value()).type, 4);
}

TEST(DcepMessage, ReliabilityParametersBeyondTheApisRangeAreCut) {
  Bytes raw = write(OpenMessage{.reliability = {.max_retransmits = 1}});
  raw[4] = 1;  // 0x01000001
  EXPECT_EQ(parse_open(raw).reliability.max_retransmits, 65535);
}

TEST(DcepMessage, NamesThatAreNotUtf8ComeOutRepaired) {
  EXPECT_EQ(parse_open(write(OpenMessage{.label = "a\xFFz"})).label, "a\xEF\xBF\xBDz");
}

TEST(Utf8, AcceptsTheShortestFormsOnly) {
  for (const char* good :
       {"", "ascii only, longer than eight bytes", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "12345678\xC3\xA4 1234567\xC3\xA4"})
    EXPECT_TRUE(is_utf8(as_bytes(good))) << good;
  for (const char* bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xC2", "\xE1\x80", "\xF1\x80\x80", "12345678\xFF", "\xC3("})
    EXPECT_FALSE(is_utf8(as_bytes(bad))) << bad;
}

TEST(Utf8, ReplacesEachMaximalIllFormedPartOnce) {
  // Unicode 15, table 3-8 and the examples around it.
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(to_utf8(as_bytes("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64")),
            "a" + r + r + r + "b" + r + "c" + r + r + "d");
  EXPECT_EQ(to_utf8(as_bytes("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41")), r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(to_utf8(as_bytes("\xED\xA0\x80")), r + r + r);
  EXPECT_EQ(to_utf8(as_bytes("fine \xE2\x82\xAC")), "fine \xE2\x82\xAC");
}

}  // namespace
}  // namespace parley::dcep
