// What numbers packets have, and what is done when they are repeated, late, lost or of many sources.
#include <gmock/gmock.h>

#include "packets.hpp"
#include "srtp/streams.hpp"

namespace parley::srtp::test {
namespace {

struct IncomingSource {};

class SrtpReplay : public testing::TestWithParam<Profile>, public Pair {
 protected:
  SrtpReplay() : Pair(GetParam()) {}
  Bytes send(std::uint16_t sequence, std::uint32_t ssrc = 0x11223344) {
    return sealed_rtp(alice, rtp_packet(sequence, ssrc));
  }
};
INSTANTIATE_TEST_SUITE_P(All, SrtpReplay, testing::ValuesIn(kProfiles), profile_name);

TEST_P(SrtpReplay, APacketIsTakenOnce) {
  const Bytes packet = send(1), report = sealed_rtcp(alice, rtcp_packet());
  EXPECT_EQ(opened_rtp(bob, packet), Opened(rtp_packet(1)));
  EXPECT_EQ(opened_rtcp(bob, report), Opened(rtcp_packet()));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(opened_rtp(bob, packet), Opened(Refusal::Replayed));
    EXPECT_EQ(opened_rtcp(bob, report), Opened(Refusal::Replayed));
  }
  EXPECT_EQ(bob.refused(Refusal::Replayed), 4u);
}

TEST_P(SrtpReplay, AForgedPacketDoesNotUseUpItsNumber) {
  const Bytes packet = send(1), report = sealed_rtcp(alice, rtcp_packet());
  Bytes forged = packet, forged_report = report;
  forged[20] ^= 1;
  forged_report[20] ^= 1;
  EXPECT_EQ(opened_rtp(bob, forged), Opened(Refusal::Forged));
  EXPECT_EQ(opened_rtcp(bob, forged_report), Opened(Refusal::Forged));
  EXPECT_EQ(opened_rtp(bob, packet), Opened(rtp_packet(1)));
  EXPECT_EQ(opened_rtcp(bob, report), Opened(rtcp_packet()));
}

TEST_P(SrtpReplay, PacketsMayComeInAnyOrderWithinTheWindow) {
  std::vector<Bytes> packets;
  for (std::uint16_t i = 0; i < Session::kReplayWindow; ++i) packets.push_back(send(i));
  for (std::size_t i = packets.size(); i-- > 0;)
    EXPECT_EQ(opened_rtp(bob, packets[i]), Opened(rtp_packet(static_cast<std::uint16_t>(i))));
  for (const Bytes& packet : packets) EXPECT_EQ(opened_rtp(bob, packet), Opened(Refusal::Replayed));
}

TEST_P(SrtpReplay, BehindTheWindowPacketsAreTooOld) {
  const Bytes first = send(100), second = send(101), last = send(100 + Session::kReplayWindow);
  EXPECT_TRUE(std::holds_alternative<Bytes>(opened_rtp(bob, last)));
  EXPECT_EQ(opened_rtp(bob, first), Opened(Refusal::TooOld));
  EXPECT_EQ(opened_rtp(bob, second), Opened(rtp_packet(101)));
  EXPECT_EQ(bob.refused(Refusal::TooOld), 1u);
}

TEST_P(SrtpReplay, ReportsMayComeInAnyOrderWithinTheirWindow) {
  std::vector<Bytes> reports(128);
  for (Bytes& report : reports) report = sealed_rtcp(alice, rtcp_packet());
  for (std::size_t i = reports.size(); i-- > 1;) EXPECT_EQ(opened_rtcp(bob, reports[i]), Opened(rtcp_packet()));
  for (int i = 0; i < 2000; ++i) reports.back() = sealed_rtcp(alice, rtcp_packet());
  EXPECT_EQ(opened_rtcp(bob, reports.back()), Opened(rtcp_packet()));
  EXPECT_EQ(opened_rtcp(bob, reports.front()), Opened(Refusal::TooOld));
}

TEST_P(SrtpReplay, TheNumberOfAReportCountsFromOneOrZeroForEachSource) {
  const auto index = [&](const Bytes& packet) {
    const std::size_t from_end = is_aead(GetParam()) ? 4 : 4 + sizes(GetParam()).rtcp_tag;
    return *ByteReader(ByteView(packet).last(from_end)).number<std::uint32_t>();
  };
  const std::uint32_t first = index(sealed_rtcp(alice, rtcp_packet(1)));
  EXPECT_LE(first & ~0x80000000u, 1u);
  EXPECT_EQ(index(sealed_rtcp(alice, rtcp_packet(1))), first + 1);
  EXPECT_EQ(index(sealed_rtcp(alice, rtcp_packet(2))), first);
  EXPECT_EQ(index(sealed_rtcp(alice, rtcp_packet(1))), first + 2);
}

TEST_P(SrtpReplay, ASequenceNumberStartsAgainWithLossAroundIt) {
  // Each step is a packet that is sent; of each four, one arrives, and none of those next to the edge.
  std::uint32_t arrived = 0;
  for (std::uint32_t i = 60000; i < 4 * 65536u; i += 100) {
    const auto sequence = static_cast<std::uint16_t>(i);
    const Bytes packet = send(sequence);
    if (i % 400 != 0 || sequence < 300 || sequence > 65200) continue;
    EXPECT_EQ(opened_rtp(bob, packet), Opened(rtp_packet(sequence))) << i;
    ++arrived;
  }
  EXPECT_GT(arrived, 400u);
}

TEST_P(SrtpReplay, PacketsOfBothSidesOfTheEdgeMayChangePlaces) {
  std::vector<std::pair<std::uint16_t, Bytes>> packets;
  for (std::uint32_t i = 65536 - 20; i < 65536 + 20; ++i)
    packets.emplace_back(static_cast<std::uint16_t>(i), send(static_cast<std::uint16_t>(i)));
  EXPECT_TRUE(std::holds_alternative<Bytes>(opened_rtp(bob, packets[0].second)));
  for (std::size_t i = packets.size(); i-- > 1;)
    EXPECT_EQ(opened_rtp(bob, packets[i].second), Opened(rtp_packet(packets[i].first))) << packets[i].first;
  for (const auto& [sequence, packet] : packets) EXPECT_EQ(opened_rtp(bob, packet), Opened(Refusal::Replayed));
}

TEST_P(SrtpReplay, TheSameNumberLaterIsAnotherPacket) {
  const Bytes before = send(40000);
  send(60000);
  send(10000);
  send(30000);
  const Bytes after = send(40000);
  EXPECT_NE(before, after);
}

TEST_P(SrtpReplay, APacketThatIsSentAgainIsTheSame) {
  const Bytes first = send(1);
  send(2);
  EXPECT_EQ(send(1), first);
}

TEST_P(SrtpReplay, AnOldNumberIsNotSentAgain) {
  send(1);
  send(1 + Session::kReplayWindow);
  Bytes packet = rtp_packet(1);
  packet.resize(packet.size() + Session::kMaxTrailer);
  EXPECT_EQ(alice.protect_rtp(packet, rtp_packet(1).size()).error(), Refusal::TooOld);
  EXPECT_EQ(alice.refused(Refusal::TooOld), 0u);  // which counts what was received
}

TEST_P(SrtpReplay, SourcesAreNumberedOnTheirOwn) {
  for (std::uint32_t source = 1; source <= 100; ++source)
    for (const std::uint16_t sequence : std::to_array<std::uint16_t>({65534, 65535, 0, 1}))
      EXPECT_EQ(opened_rtp(bob, send(sequence, source)), Opened(rtp_packet(sequence, source)));
}

/// One more than there is room for: source 0 has been silent for longest.
TEST_P(SrtpReplay, ASourceThatHasMadeRoomGoesOnAndNothingOfItIsTakenTwice) {
  constexpr auto kMost = static_cast<std::uint32_t>(Streams<IncomingSource>::kMost);
  const auto spread = [](std::uint32_t i) { return i * 0x00800001; };
  // Around a rollover, which has to be remembered.
  for (const std::uint16_t sequence : std::to_array<std::uint16_t>({40000, 65535, 0, 1, 5}))
    opened_rtp(bob, send(sequence, 0));
  const Bytes lost = send(3, 0), last = send(6, 0), report = sealed_rtcp(alice, rtcp_packet(0));
  EXPECT_EQ(opened_rtp(bob, last), Opened(rtp_packet(6, 0)));
  EXPECT_EQ(opened_rtcp(bob, report), Opened(rtcp_packet(0)));
  for (std::uint32_t i = 1; i <= kMost; ++i)
    ASSERT_EQ(opened_rtp(bob, send(1, spread(i))), Opened(rtp_packet(1, spread(i))));
  for (const Bytes& old : {lost, last})
    EXPECT_THAT(opened_rtp(bob, old), testing::AnyOf(Opened(Refusal::Replayed), Opened(Refusal::TooOld)));
  EXPECT_EQ(opened_rtcp(bob, report), Opened(Refusal::Replayed));
  // The sender has made room as well, and sends no number twice.
  EXPECT_EQ(send(6, 0), Bytes());
  EXPECT_EQ(send(5, 0), Bytes());
  EXPECT_EQ(opened_rtcp(bob, sealed_rtcp(alice, rtcp_packet(0))), Opened(rtcp_packet(0)));
  EXPECT_EQ(opened_rtp(bob, send(8, 0)), Opened(rtp_packet(8, 0)));
  EXPECT_EQ(opened_rtp(bob, send(7, 0)), Opened(rtp_packet(7, 0)));
  EXPECT_EQ(opened_rtp(bob, last), Opened(Refusal::Replayed));
  EXPECT_EQ(bob.refused(Refusal::TooManyStreams), 0u);
}

/// Whoever has no key cannot make sources go.
TEST_P(SrtpReplay, WhatIsReplayedKeepsNoSourceAndDrivesNoneOut) {
  constexpr auto kMost = static_cast<std::uint32_t>(Streams<IncomingSource>::kMost);
  std::vector<Bytes> sent;
  for (std::uint32_t i = 0; i <= kMost; ++i) opened_rtp(bob, sent.emplace_back(send(1, i)));
  for (const Bytes& packet : sent) EXPECT_EQ(opened_rtp(bob, packet), Opened(Refusal::Replayed));
  EXPECT_EQ(opened_rtp(bob, send(2, 0)), Opened(rtp_packet(2, 0)));
  for (const Bytes& packet : sent) EXPECT_EQ(opened_rtp(bob, packet), Opened(Refusal::Replayed));
}

TEST_P(SrtpReplay, WithLibsrtp2ASourceThatHasMadeRoomIsRefused) {
  const Profile profile = GetParam();
  const auto make = [&](std::uint8_t local, std::uint8_t remote) {
    return Session::create(profile, counting_key(profile, local), counting_key(profile, remote), Engine::Libsrtp2)
        .value();
  };
  Session sender = make(1, 101), receiver = make(101, 1);
  const Bytes first = sealed_rtp(alice, rtp_packet(1, 0)), next = sealed_rtp(alice, rtp_packet(2, 0));
  EXPECT_EQ(opened_rtp(receiver, first), Opened(rtp_packet(1, 0)));
  EXPECT_EQ(sealed_rtp(sender, rtp_packet(1, 0)), first);
  for (std::uint32_t i = 1; i <= Streams<IncomingSource>::kMost; ++i)
    ASSERT_EQ(opened_rtp(receiver, sealed_rtp(sender, rtp_packet(1, i))), Opened(rtp_packet(1, i)));
  for (const Bytes& packet : {first, next}) EXPECT_EQ(opened_rtp(receiver, packet), Opened(Refusal::TooManyStreams));
  EXPECT_EQ(sealed_rtp(sender, rtp_packet(2, 0)), Bytes());
}

TEST_P(SrtpReplay, SourcesCanBeForgotten) {
  const Bytes one = send(1, 77);
  EXPECT_EQ(opened_rtp(bob, one), Opened(rtp_packet(1, 77)));
  EXPECT_TRUE(alice.forget(Direction::Outgoing, Ssrc(77)));
  EXPECT_FALSE(alice.forget(Direction::Outgoing, Ssrc(77)));
  EXPECT_FALSE(bob.forget(Direction::Outgoing, Ssrc(77)));
  EXPECT_TRUE(bob.forget(Direction::Incoming, Ssrc(77)));
}

TEST_P(SrtpReplay, ForgedPacketsTakeNoPlaceForASource) {
  Bytes forged = send(1);
  for (std::uint32_t source = 1; source < 2 * Streams<IncomingSource>::kMost; ++source) {
    forged[10] = static_cast<std::uint8_t>(source >> 8);
    forged[11] = static_cast<std::uint8_t>(source);
    EXPECT_EQ(opened_rtp(bob, forged), Opened(Refusal::Forged));
    EXPECT_FALSE(bob.forget(Direction::Incoming, Ssrc(0x11220000 | source)));
  }
  EXPECT_EQ(opened_rtp(bob, send(2)), Opened(rtp_packet(2)));
}

TEST_P(SrtpReplay, AForgottenSourceStartsAfresh) {
  const Bytes packet = send(1);
  EXPECT_EQ(opened_rtp(bob, packet), Opened(rtp_packet(1)));
  EXPECT_TRUE(bob.forget(Direction::Incoming, Ssrc(0x11223344)));
  EXPECT_EQ(opened_rtp(bob, packet), Opened(rtp_packet(1)));
}

}  // namespace
}  // namespace parley::srtp::test
