// RFC 9335 with the packets of its appendix A, and what it leaves open.
#include "srtp/cryptex.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

struct Example {
  const char *plain, *sha1, *gcm;
};

/// Appendix A.1 and A.2: extensions with headers of one and two bytes, without and with contributing sources, and
/// empty.
constexpr Example kExamples[] = {
    {"900f1235 decafbad cafebabe bede0001 51000200 abababab abababab abababab abababab",
     "900f1235 decafbad cafebabe c0de0001 eb923652 51c3e036 f8de27e9 c27ee3e0 b4651d9f bc4218a7 0244522f 34a5",
     "900f1235 decafbad cafebabe c0de0001 39972dc9 572c4d99 e8fc355d e743fb2e 94f9d8ff 54e72f41 93bbc5c7 4ffab0fa "
     "9fa0fbeb"},
    {"900f1236 decafbad cafebabe 10000001 05020002 abababab abababab abababab abababab",
     "900f1236 decafbad cafebabe c2de0001 4ed9cc4e 6a712b30 96c5ca77 339d4204 ce0d7739 6cab6958 5fbce381 94a5",
     "900f1236 decafbad cafebabe c2de0001 bb75a4c5 45cd1f41 3bdb7daa 2b1e3263 de313667 c9632490 81b35a65 f5cb6c88 "
     "b394235f"},
    {"920f1238 decafbad cafebabe 0001e240 0000b26e bede0001 51000200 abababab abababab abababab abababab",
     "920f1238 decafbad cafebabe 8bb6e12b 5cff16dd c0de0001 92838c8c 09e58393 e1de3a9a 74734d67 45671338 c3acf11d "
     "a2df8423 bee0",
     "920f1238 decafbad cafebabe 63bbccc4 a7f695c4 c0de0001 8ad7c71f ac70a80c 92866b4c 6ba98546 ef913586 e95ffaaf "
     "fe956885 bb0647a8 bc094ac8"},
    {"920f1239 decafbad cafebabe 0001e240 0000b26e 10000001 05020002 abababab abababab abababab abababab",
     "920f1239 decafbad cafebabe f70e513e b90b9b25 c2de0001 bbed4848 faa64466 5f3d7f34 125914e9 f4d0ae92 3c6f479b "
     "95a0f7b5 3133",
     "920f1239 decafbad cafebabe 3680524f 8d312b00 c2de0001 c78d1200 38422bc1 11a7187a 18246f98 0c059cc6 bc9df8b6 "
     "26394eca 344e4b05 d80fea83"},
    {"920f123a decafbad cafebabe 0001e240 0000b26e bede0000 abababab abababab abababab abababab",
     "920f123a decafbad cafebabe 7130b6ab fe2ab0e3 c0de0000 e3d9f64b 25c9e74c b4cf8e43 fb92e378 1c2c0cea b6b3a499 "
     "a14c",
     "920f123a decafbad cafebabe 15b6bb43 37906fff c0de0000 b7b96453 7a2b03ab 7ba5389c e9331712 6b5d974d f30c6884 "
     "dcb651c5 e120c1da"},
    {"920f123b decafbad cafebabe 0001e240 0000b26e 10000000 abababab abababab abababab abababab",
     "920f123b decafbad cafebabe cbf24c12 4330e1c8 c2de0000 599dd45b c9d687b6 03e8b59d 771fd38e 88b170e0 cd31e125 "
     "eabe",
     "920f123b decafbad cafebabe dcb38c9e 48bf95f4 c2de0000 61ee432c f9203170 76613258 d3ce4236 c06ac429 681ad084 "
     "13512dc9 8b5207d8"},
};

void expect_examples(Profile profile, std::string_view key, const char* Example::*sealed) {
  const auto master = [&] { return MasterKey(from_hex(key)); };
  Session sender = Session::create(profile, master(), master()).value();
  Session receiver = Session::create(profile, master(), master()).value();
  ASSERT_TRUE(sender.set_headers(Direction::Outgoing, Headers::Encrypted));
  for (const Example& example : kExamples) {
    const Bytes plain = from_hex(example.plain), packet = sealed_rtp(sender, plain);
    EXPECT_EQ(packet, from_hex(example.*sealed)) << example.plain;
    EXPECT_EQ(opened_rtp(receiver, packet), Opened(plain));
  }
}

TEST(SrtpCryptex, TheSpecificationsPacketsInCounterMode) {
  expect_examples(Profile::Aes128CmSha1_80, "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6",
                  &Example::sha1);
}

TEST(SrtpCryptex, TheSpecificationsPacketsInGcm) {
  expect_examples(Profile::AeadAes128Gcm, "000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab", &Example::gcm);
}

class SrtpCryptexSession : public testing::TestWithParam<Profile>, public Pair {
 protected:
  SrtpCryptexSession() : Pair(GetParam()) { EXPECT_TRUE(alice.set_headers(Direction::Outgoing, Headers::Encrypted)); }
};
INSTANTIATE_TEST_SUITE_P(All, SrtpCryptexSession, testing::ValuesIn(kProfiles), profile_name);

const Bytes kSources = from_hex("82600001 00000000 11223344 00000001 00000002 51515151 51515151");
const Bytes kSourcesAndNone = from_hex("92600001 00000000 11223344 00000001 00000002 bede0000 51515151 51515151");

TEST_P(SrtpCryptexSession, SourcesAloneGetAnEmptyBlockOfExtensions) {
  const Bytes packet = sealed_rtp(alice, kSources);
  EXPECT_EQ(packet.size(), kSourcesAndNone.size() + sizes(GetParam()).rtp_tag);
  EXPECT_EQ(opened_rtp(bob, packet), Opened(kSourcesAndNone));
}

TEST_P(SrtpCryptexSession, WhatHasNeitherIsAsEver) {
  Pair other(GetParam());
  for (std::uint16_t i = 0; i < 20; ++i) {
    const Bytes plain = rtp_packet(i, 7, i), packet = sealed_rtp(alice, plain);
    EXPECT_EQ(packet, sealed_rtp(other.alice, plain));
    EXPECT_EQ(opened_rtp(bob, packet), Opened(plain));
  }
  const Bytes report = rtcp_packet();
  EXPECT_EQ(opened_rtcp(bob, sealed_rtcp(alice, report)), Opened(report));
}

TEST_P(SrtpCryptexSession, ExtensionsOfAnotherKindStayReadable) {
  const Bytes plain = from_hex("90600001 00000000 11223344 12340001 0a0b0c0d 51515151");
  const Bytes packet = sealed_rtp(alice, plain);
  EXPECT_TRUE(std::equal(plain.begin(), plain.begin() + 20, packet.begin()));
  EXPECT_EQ(opened_rtp(bob, packet), Opened(plain));
}

TEST_P(SrtpCryptexSession, EachPacketSaysWhetherItIs) {
  const Bytes plain = from_hex("90600001 00000000 11223344 bede0001 10aa0000 51515151");
  Bytes next = plain;
  next[3] = 2;
  EXPECT_EQ(opened_rtp(bob, sealed_rtp(alice, plain)), Opened(plain));
  ASSERT_TRUE(alice.set_headers(Direction::Outgoing, Headers::Readable));
  EXPECT_EQ(opened_rtp(bob, sealed_rtp(alice, next)), Opened(next));
  EXPECT_EQ(sealed_rtp(alice, plain), Bytes()) << "it has been sent otherwise";
}

TEST_P(SrtpCryptexSession, IfItHasToBeWhatCanBeReadIsRefused) {
  ASSERT_TRUE(bob.set_headers(Direction::Incoming, Headers::Encrypted));
  ASSERT_TRUE(alice.set_headers(Direction::Outgoing, Headers::Readable));
  const Bytes bare = rtp_packet(5), extended = from_hex("90600006 00000000 11223344 bede0001 10aa0000 51515151");
  EXPECT_EQ(opened_rtp(bob, sealed_rtp(alice, bare)), Opened(bare));
  EXPECT_EQ(opened_rtp(bob, sealed_rtp(alice, extended)), Opened(Refusal::Readable));
  EXPECT_EQ(opened_rtp(bob, sealed_rtp(alice, kSources)), Opened(Refusal::Readable));
  EXPECT_EQ(bob.refused(Refusal::Readable), 2U);
  ASSERT_TRUE(alice.set_headers(Direction::Outgoing, Headers::Encrypted));
  Bytes later = extended;
  later[3] = 7;
  EXPECT_EQ(opened_rtp(bob, sealed_rtp(alice, later)), Opened(later));
}

TEST_P(SrtpCryptexSession, EveryByteIsAuthenticated) {
  const Bytes packet = sealed_rtp(alice, kSourcesAndNone);
  for (std::size_t i = 0; i < packet.size(); ++i) {
    Bytes forged = packet;
    forged[i] ^= 1;
    EXPECT_FALSE(std::holds_alternative<Bytes>(opened_rtp(bob, forged))) << i;
  }
  EXPECT_EQ(opened_rtp(bob, packet), Opened(kSourcesAndNone));
}

TEST_P(SrtpCryptexSession, WhatSaysSoBeforeIsNoPacketToProtect) {
  for (const char* said : {"c0de0000", "c2de0000"}) {
    const Bytes plain = from_hex(std::string("90600001 00000000 11223344 ") + said + " 51515151");
    EXPECT_EQ(sealed_rtp(alice, plain), Bytes());
  }
}

TEST_P(SrtpCryptexSession, Libsrtp2CannotAndSaysSo) {
  const auto engine = make_libsrtp_transform(GetParam(), counting_key(GetParam(), 1), counting_key(GetParam(), 101));
  for (const Direction direction : {Direction::Outgoing, Direction::Incoming}) {
    EXPECT_FALSE((*engine)->set_headers(direction, Headers::Encrypted));
    EXPECT_TRUE((*engine)->set_headers(direction, Headers::Readable));
  }
}

}  // namespace
}  // namespace parley::srtp::test
