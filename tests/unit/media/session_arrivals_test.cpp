// What the sender is told of packets that have arrived, in either way.
#include <gtest/gtest.h>

#include <array>

#include "rtp/congestion_feedback.hpp"
#include "rtp/feedback.hpp"
#include "rtp/transport_feedback.hpp"
#include "scenarios.hpp"

namespace parley::media::test::session_arrivals_test {
namespace {

constexpr Ssrc kSource{1000};

/// The number is the transport's as well.
Bytes packet(std::uint16_t number, Ssrc source = kSource) {
  const std::array<std::uint8_t, 2> value{static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  const std::array extensions{rtp::Extension{.id = 3, .value = value}};  // as in extensions()
  Bytes made(rtp::header_size(extensions));
  rtp::write_header({.payload_type = PayloadType(96),
                     .marker = true,
                     .sequence_number = number,
                     .timestamp = number * 3000U,
                     .ssrc = source},
                    extensions, made);
  made.insert(made.end(), {0x10, 0x10, 0, 0, 0});
  return made;
}

/// Counts what the receiver tells.
struct Told {
  std::size_t arrived = 0, lost = 0;

  void add(ByteView datagram) {
    rtp::RtcpReader reader(datagram);
    for (auto one = reader.next(); one; one = reader.next()) {
      if (rtp::RtcpType(one->type) != rtp::RtcpType::TransportFeedback) continue;
      if (one->count == rtp::feedback_format::kTransportWide) {
        const auto told = rtp::parse_transport_feedback(*one).value();
        for (const auto& each : told.packets) ++(each.arrival ? arrived : lost);
      } else if (one->count == rtp::feedback_format::kCongestion) {
        const auto told = rtp::parse_congestion_feedback(*one).value();
        for (const auto& source : told.sources)
          for (const auto& each : source.packets) ++(each.arrived ? arrived : lost);
      }
    }
  }
};

class SessionArrivals : public testing::TestWithParam<bool> {
 protected:
  SessionArrivals() {
    call.right->session.configure({receiving(GetParam() ? told_by_source() : video_section())});
    call.connect();
    call.filter = [this](ByteView datagram, bool rtcp) {
      if (rtcp) told.add(datagram);
      return true;
    };
  }
  Call call;
  Told told;
};
INSTANTIATE_TEST_SUITE_P(ToldOfPackets, SessionArrivals, testing::Bool(),
                         [](const auto& instance) { return instance.param ? "BySource" : "TransportWide"; });

/// A receiver that was busy finds thousands of packets, and deals with all of them before its timers.
TEST_P(SessionArrivals, NoneIsToldToBeMissingForThereAreManyInOneTurn) {
  constexpr std::size_t kPackets = 5000;
  for (std::size_t i = 0; i < kPackets; ++i)
    call.right->session.receive_rtp(packet(static_cast<std::uint16_t>(64'000 + i)), call.now);
  call.run(1s);
  EXPECT_EQ(told.arrived, kPackets);
  EXPECT_EQ(told.lost, 0U);
}

TEST_P(SessionArrivals, WhatIsMissingAmongManyIsTold) {
  constexpr std::size_t kPackets = 5000;
  for (std::size_t i = 0; i < kPackets; ++i)
    if (i % 10 != 5) call.right->session.receive_rtp(packet(static_cast<std::uint16_t>(64'000 + i)), call.now);
  call.run(1s);
  EXPECT_EQ(told.arrived, kPackets * 9 / 10);
  EXPECT_EQ(told.lost, kPackets / 10);
}

/// Many sources, each with a few packets: what names them takes its place, too.
TEST(SourcesArrivals, WhatTellsOfThemFitsIntoDatagrams) {
  constexpr std::uint32_t kSources = 100;
  constexpr std::uint16_t kPackets = 4;
  Call call;
  Section section = told_by_source();
  section.reduced_size_rtcp = false;
  call.right->session.configure({receiving(section)});
  call.connect();
  Told told;
  std::size_t largest = 0;
  call.filter = [&](ByteView datagram, bool) {
    told.add(datagram);
    largest = std::max(largest, datagram.size());
    return true;
  };
  for (std::uint16_t number = 0; number < kPackets; ++number)
    for (std::uint32_t source = 0; source < kSources; ++source)
      call.right->session.receive_rtp(packet(number, Ssrc(source + 1)), call.now);
  call.run(300ms);
  EXPECT_EQ(told.arrived, std::size_t{kSources} * kPackets);
  EXPECT_EQ(told.lost, 0U);
  EXPECT_LE(largest, SendStream::kMaxPacket);
}

}  // namespace
}  // namespace parley::media::test::session_arrivals_test
