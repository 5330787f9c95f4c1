#include "srtp/session.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

class SrtpSession : public testing::TestWithParam<Profile>, public Pair {
 protected:
  SrtpSession() : Pair(GetParam()) {}
};
INSTANTIATE_TEST_SUITE_P(All, SrtpSession, testing::ValuesIn(kProfiles), profile_name);

TEST_P(SrtpSession, WhatOneProtectsTheOtherReadsBothWays) {
  const Bytes rtp = rtp_packet(7), rtcp = rtcp_packet();
  const Sizes size = sizes(GetParam());
  for (const auto& [from, to] : {std::pair(&alice, &bob), std::pair(&bob, &alice)}) {
    const Bytes srtp = sealed_rtp(*from, rtp), srtcp = sealed_rtcp(*from, rtcp);
    EXPECT_EQ(srtp.size(), rtp.size() + size.rtp_tag);
    EXPECT_EQ(srtcp.size(), rtcp.size() + 4 + size.rtcp_tag);
    EXPECT_EQ(opened_rtp(*to, srtp), Opened(rtp));
    EXPECT_EQ(opened_rtcp(*to, srtcp), Opened(rtcp));
  }
}

TEST_P(SrtpSession, TheHeaderStaysReadableAndThePayloadDoesNot) {
  const Bytes plain = from_hex("91600001 00000000 11223344 00000001 bede0001 10aa0000 51515151 51515151 51515151");
  const Bytes packet = sealed_rtp(alice, plain);
  EXPECT_TRUE(std::equal(plain.begin(), plain.begin() + 24, packet.begin()));
  EXPECT_FALSE(std::equal(plain.begin() + 24, plain.end(), packet.begin() + 24));
  EXPECT_EQ(opened_rtp(bob, packet), Opened(plain));

  const Bytes report = rtcp_packet(), secret = sealed_rtcp(alice, report);
  EXPECT_TRUE(std::equal(report.begin(), report.begin() + 8, secret.begin()));
  EXPECT_FALSE(std::equal(report.begin() + 8, report.end(), secret.begin() + 8));
}

TEST_P(SrtpSession, PacketsOfEveryLengthAndAtAnyAddressPass) {
  std::uint16_t sequence = 0;
  for (const std::size_t payload : std::to_array<std::size_t>({0, 1, 15, 16, 17, 1188, 65000}))
    for (std::size_t offset = 0; offset < 4; ++offset) {
      const Bytes plain = rtp_packet(++sequence, 5, payload);
      Bytes room(offset + plain.size() + Session::kMaxTrailer);
      std::copy(plain.begin(), plain.end(), room.begin() + static_cast<std::ptrdiff_t>(offset));
      const Outcome packet = alice.protect_rtp(std::span(room).subspan(offset), plain.size());
      ASSERT_TRUE(packet);
      EXPECT_EQ(packet->data(), room.data() + offset);
      const Outcome back = bob.unprotect_rtp(*packet);
      ASSERT_TRUE(back) << payload;
      EXPECT_TRUE(std::ranges::equal(*back, plain));
    }
  const Bytes shortest = from_hex("80c90001 00000001");
  EXPECT_EQ(opened_rtcp(bob, sealed_rtcp(alice, shortest)), Opened(shortest));
}

TEST_P(SrtpSession, NothingIsWrittenBehindTheTrailer) {
  for (const Seal seal : {&Session::protect_rtp, &Session::protect_rtcp}) {
    const Bytes plain = seal == Seal(&Session::protect_rtp) ? rtp_packet(1) : rtcp_packet();
    Bytes room(plain.size() + 200, 0xee);
    std::ranges::copy(plain, room.begin());
    const Outcome packet = (alice.*seal)(room, plain.size());
    ASSERT_TRUE(packet);
    EXPECT_LE(packet->size(), plain.size() + Session::kMaxTrailer);
    EXPECT_TRUE(std::ranges::all_of(std::span(room).subspan(packet->size()), [](auto byte) { return byte == 0xee; }));
  }
}

TEST_P(SrtpSession, WithoutRoomOrHeaderNothingIsProtected) {
  Bytes packet = rtp_packet(1);
  EXPECT_EQ(alice.protect_rtp(packet, packet.size()).error(), Refusal::Malformed);
  const std::size_t length = packet.size();
  packet.resize(length + Session::kMaxTrailer - 1);
  EXPECT_EQ(alice.protect_rtp(packet, length).error(), Refusal::Malformed);
  EXPECT_EQ(alice.protect_rtcp(packet, length).error(), Refusal::Malformed);
  EXPECT_EQ(alice.protect_rtp(packet, 11).error(), Refusal::Malformed);
  EXPECT_EQ(alice.protect_rtcp(packet, 7).error(), Refusal::Malformed);
  EXPECT_EQ(alice.protect_rtp(packet, packet.size() + 1).error(), Refusal::Malformed);
  Bytes huge = rtp_packet(1, 1, 66000);
  EXPECT_EQ(alice.protect_rtp(huge, 65536).error(), Refusal::Malformed);
  EXPECT_EQ(rtp_packet(1), Bytes(packet.begin(), packet.begin() + 112));
}

TEST_P(SrtpSession, EveryDamagedByteIsNoticed) {
  const Bytes srtp = sealed_rtp(alice, rtp_packet(1)), srtcp = sealed_rtcp(alice, rtcp_packet());
  for (const bool rtp : {true, false}) {
    const Bytes& whole = rtp ? srtp : srtcp;
    for (std::size_t i = 0; i < whole.size(); ++i)
      for (const std::uint8_t flip : std::to_array<std::uint8_t>({0x01, 0x80, 0xff})) {
        Bytes damaged = whole;
        damaged[i] ^= flip;
        EXPECT_TRUE(std::holds_alternative<Refusal>(rtp ? opened_rtp(bob, damaged) : opened_rtcp(bob, damaged))) << i;
      }
  }
  EXPECT_GT(bob.refused(Refusal::Forged), 0u);
  EXPECT_EQ(opened_rtp(bob, srtp), Opened(rtp_packet(1)));
  EXPECT_EQ(opened_rtcp(bob, srtcp), Opened(rtcp_packet()));
}

TEST_P(SrtpSession, EveryShorterPacketIsRefused) {
  const Bytes srtp = sealed_rtp(alice, rtp_packet(1)), srtcp = sealed_rtcp(alice, rtcp_packet());
  for (std::size_t length = 0; length < srtp.size(); ++length)
    EXPECT_TRUE(std::holds_alternative<Refusal>(
        opened_rtp(bob, Bytes(srtp.begin(), srtp.begin() + static_cast<std::ptrdiff_t>(length)))));
  for (std::size_t length = 0; length < srtcp.size(); ++length)
    EXPECT_TRUE(std::holds_alternative<Refusal>(
        opened_rtcp(bob, Bytes(srtcp.begin(), srtcp.begin() + static_cast<std::ptrdiff_t>(length)))));
  EXPECT_GT(bob.refused(Refusal::Malformed), 0u);
  EXPECT_GT(bob.refused(Refusal::Forged), 0u);
}

TEST_P(SrtpSession, AnotherKeyReadsNothing) {
  Session eve = Session::create(GetParam(), counting_key(GetParam(), 1), counting_key(GetParam(), 2)).value();
  EXPECT_EQ(opened_rtp(eve, sealed_rtp(alice, rtp_packet(1))), Opened(Refusal::Forged));
  EXPECT_EQ(opened_rtcp(eve, sealed_rtcp(alice, rtcp_packet())), Opened(Refusal::Forged));
  EXPECT_EQ(eve.refused(Refusal::Forged), 2u);
}

TEST_P(SrtpSession, OnesOwnPacketSentBackIsRefused) {
  EXPECT_EQ(opened_rtp(alice, sealed_rtp(alice, rtp_packet(1))), Opened(Refusal::Forged));
  EXPECT_EQ(opened_rtcp(alice, sealed_rtcp(alice, rtcp_packet())), Opened(Refusal::Forged));
}

TEST_P(SrtpSession, AnotherSaltReadsNothing) {
  const MasterKey key = counting_key(GetParam(), 1);
  Bytes other(key.bytes().begin(), key.bytes().end());
  other[sizes(GetParam()).key] ^= 1;
  Session eve = Session::create(GetParam(), counting_key(GetParam(), 101), MasterKey(std::move(other))).value();
  EXPECT_EQ(opened_rtp(eve, sealed_rtp(alice, rtp_packet(1))), Opened(Refusal::Forged));
}

TEST_P(SrtpSession, AReportIsNoMediaPacketAndMediaNoReport) {
  EXPECT_TRUE(std::holds_alternative<Refusal>(opened_rtp(bob, sealed_rtcp(alice, rtcp_packet()))));
  EXPECT_TRUE(std::holds_alternative<Refusal>(opened_rtcp(bob, sealed_rtp(alice, rtp_packet(1)))));
  EXPECT_EQ(bob.refused(Refusal::Malformed) + bob.refused(Refusal::Forged), 2u);
}

TEST_P(SrtpSession, AReportThatIsNotEncryptedIsRefused) {
  Bytes packet = sealed_rtcp(alice, rtcp_packet());
  packet[rtcp_packet().size() + (is_aead(GetParam()) ? 16 : 0)] &= 0x7f;
  EXPECT_EQ(opened_rtcp(bob, packet), Opened(Refusal::Malformed));
}

TEST_P(SrtpSession, UnknownProfilesAndKeysOfTheWrongLengthAreRefused) {
  EXPECT_EQ(Session::create(static_cast<Profile>(5), MasterKey({}), MasterKey({})).error().kind,
            ErrorKind::NotSupportedError);
  const MasterKey good = counting_key(GetParam(), 1), bad(Bytes(good.bytes().size() - 1, 1));
  EXPECT_FALSE(Session::create(GetParam(), good, bad));
  EXPECT_FALSE(Session::create(GetParam(), bad, good));
}

}  // namespace
}  // namespace parley::srtp::test
