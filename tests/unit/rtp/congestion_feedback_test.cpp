#include "rtp/congestion_feedback.hpp"

#include <gtest/gtest.h>

namespace parley::rtp {
namespace {

std::optional<CongestionFeedback> parse(const Bytes& datagram) {
  RtcpReader reader(datagram);
  const auto packet = reader.next();
  if (!packet || packet->type != 205 || packet->count != 11) return std::nullopt;
  return parse_congestion_feedback(*packet);
}

CongestionFeedback of_two_sources() {
  return {.sender = Ssrc(1),
          .sources = {{.source = Ssrc(0x01020304),
                       .first = 0xFFFF,
                       .packets = {{.arrived = true, .ecn = 3, .offset = 0x1FFD}, {}, {.arrived = true, .offset = 5}}},
                      {.source = Ssrc(5), .first = 7, .packets = {{.arrived = true, .ecn = 1, .offset = 0x1FFF}, {}}},
                      {.source = Ssrc(6), .first = 8, .packets = {}}},
          .time = 0xAABBCCDD};
}

TEST(CongestionFeedback, IsWrittenAsTheRfcDrawsIt) {
  Bytes out;
  write(of_two_sources(), out);
  EXPECT_EQ(out, (Bytes{0x8B, 205,  0,    11,                                       //
                        0,    0,    0,    1,                                        // who
                        1,    2,    3,    4,   0xFF, 0xFF, 0, 3,                    // the first source
                        0xFF, 0xFD, 0,    0,   0x80, 5,    0, 0,                    // with padding
                        0,    0,    0,    5,   0,    7,    0, 2, 0xBF, 0xFF, 0, 0,  //
                        0,    0,    0,    6,   0,    8,    0, 0,                    //
                        0xAA, 0xBB, 0xCC, 0xDD}));
  EXPECT_EQ(parse(out), of_two_sources());
}

TEST(CongestionFeedback, OfNothingHasOnlyTheTime) {
  Bytes out;
  write(CongestionFeedback{.sender = Ssrc(9), .sources = {}, .time = 1}, out);
  EXPECT_EQ(out.size(), 12U);
  EXPECT_EQ(parse(out), (CongestionFeedback{.sender = Ssrc(9), .sources = {}, .time = 1}));
}

TEST(CongestionFeedback, WhatHasNotArrivedHasNoTime) {
  Bytes out;
  write(CongestionFeedback{.sources = {{.first = 1, .packets = {{.arrived = true, .ecn = 3, .offset = 9}, {}}}}}, out);
  out[16] &= 0x7F;  // the bit that says that it did
  const auto told = parse(out);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->sources[0].packets[0], CongestionFeedback::Packet{});
}

TEST(CongestionFeedback, CutOffAnywhereItIsNotRead) {
  Bytes whole;
  write(of_two_sources(), whole);
  std::size_t read = 0;
  for (std::size_t size = 0; size < whole.size() - 4; size += 4) {
    const RtcpPacket packet{.count = 11, .type = 205, .body = ByteView(whole).subspan(4, size)};
    // Behind each source there may be the time.
    read += parse_congestion_feedback(packet) ? 1 : 0;
  }
  EXPECT_EQ(read, 3U);
  for (const std::size_t odd : {1U, 2U, 3U})
    EXPECT_FALSE(parse_congestion_feedback({.count = 11, .type = 205, .body = ByteView(whole).subspan(4, 40 + odd)}));
}

TEST(CongestionFeedback, RefusesCountsBeyondMeasure) {
  Bytes body{0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0x40, 0x01};
  body.resize(12 + 2 * 0x4002 + 4);
  EXPECT_FALSE(parse_congestion_feedback({.count = 11, .type = 205, .body = body}));
  body[11] = 0;
  body.resize(12 + 2 * 0x4000 + 4);
  EXPECT_TRUE(parse_congestion_feedback({.count = 11, .type = 205, .body = body}));
}

TEST(CongestionFeedback, OffsetsEndWithTooEarlyAndUnknown) {
  EXPECT_EQ(arrival_offset(0ms), 0);
  EXPECT_EQ(arrival_offset(1s), 1024);
  EXPECT_EQ(arrival_offset(7998ms), 8189);
  EXPECT_EQ(arrival_offset(8s), CongestionFeedback::kTooEarly);
  EXPECT_EQ(arrival_offset(1h), CongestionFeedback::kTooEarly);
  EXPECT_EQ(arrival_offset(-1ns), CongestionFeedback::kUnknown);
}

}  // namespace
}  // namespace parley::rtp
