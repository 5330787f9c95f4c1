// The arithmetic of both families of profiles.
#include "packets.hpp"
#include "srtp/gcm_keys.hpp"
#include "srtp/key_derivation.hpp"
#include "srtp/sha1_keys.hpp"

namespace parley::srtp::test {
namespace {

/// RFC 3711 appendix B.2: the keystream in blocks, by AES in counter mode from the counter of packet 0.
TEST(SrtpKeys, TheCounterBeginsWhereTheSpecificationSays) {
  std::array<std::uint8_t, 14> salt{};
  std::ranges::copy(from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd"), salt.begin());
  const auto counter = Sha1Keys::counter(salt, Ssrc(0), 0);
  EXPECT_EQ(Bytes(counter.begin(), counter.end()), from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"));

  // The derivation is the same cipher, its counter the salt and a label that is 0 here.
  Bytes all(std::size_t{0xff02} * 16);
  const MasterKey key(from_hex("2b7e151628aed2a6abf7158809cf4f3c f0f1f2f3f4f5f6f7f8f9fafbfcfd"));
  ASSERT_TRUE(derive_key(key, 16, Kind::Rtp, Purpose::Encryption, all));
  const auto blocks = [&](std::ptrdiff_t first) {
    return Bytes(all.begin() + 16 * first, all.begin() + 16 * (first + 3));
  };
  EXPECT_EQ(blocks(0), from_hex("e03ead0935c95e80e166b16dd92b4eb4 d23513162b02d0f72a43a2fe4a5f97ab"
                                "41e95b3bb0a2e8dd477901e4fca894c0"));
  EXPECT_EQ(blocks(0xfeff), from_hex("ec8cdf7398607cb0f2d21675ea9ea1e4 362b7c3c6773516318a077d7fc5073ae"
                                     "6a2cc3787889374fbeb4c81b17ba6c44"));
}

// RFC 3711 section 4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
TEST(SrtpKeys, ACounterHoldsSourceAndIndex) {
  const auto counter = Sha1Keys::counter({}, Ssrc(0x01020304), 0x0506'0708'090a);
  EXPECT_EQ(Bytes(counter.begin(), counter.end()), from_hex("00000000 01020304 05060708 090a0000"));
  std::array<std::uint8_t, 14> salt{};
  salt.fill(0xff);
  const auto salted = Sha1Keys::counter(salt, Ssrc(0x01020304), 0x0506'0708'090a);
  EXPECT_EQ(Bytes(salted.begin(), salted.end()), from_hex("ffffffff fefdfcfb faf9f8f7 f6f50000"));
}

// RFC 7714 sections 16.1.1 and 17.1.
TEST(SrtpKeys, AnInitializationVectorHoldsSourceAndIndex) {
  std::array<std::uint8_t, 12> salt{};
  std::ranges::copy(from_hex("51756964 2070726f 2071756f"), salt.begin());
  const auto media = GcmKeys::iv(salt, Ssrc(0x5501a0b2), 0xf17b), report = GcmKeys::iv(salt, Ssrc(0x4d617273), 0x5d4);
  EXPECT_EQ(Bytes(media.begin(), media.end()), from_hex("51753c65 80c2726f 20718414"));
  EXPECT_EQ(Bytes(report.begin(), report.end()), from_hex("51752405 5203726f 207170bb"));
}

}  // namespace
}  // namespace parley::srtp::test
