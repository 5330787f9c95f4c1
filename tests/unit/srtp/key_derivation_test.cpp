#include "srtp/key_derivation.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

// RFC 3711 appendix B.3.
TEST(SrtpKeyDerivation, GivesTheKeysOfTheSpecification) {
  const MasterKey master(from_hex("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6"));
  Bytes encryption(16), authentication(94), salt(14);
  ASSERT_TRUE(derive_key(master, 16, Kind::Rtp, Purpose::Encryption, encryption));
  ASSERT_TRUE(derive_key(master, 16, Kind::Rtp, Purpose::Authentication, authentication));
  ASSERT_TRUE(derive_key(master, 16, Kind::Rtp, Purpose::Salt, salt));
  EXPECT_EQ(encryption, from_hex("c61e7a93744f39ee10734afe3ff7a087"));
  EXPECT_EQ(salt, from_hex("30cbbc08863d8c85d49db34a9ae1"));
  EXPECT_EQ(authentication, from_hex("cebe321f6ff7716b6fd4ab49af256a15 6d38baa48f0a0acf3c34e2359e6cdbce"
                                     "e049646c43d9327ad175578ef7227098 6371c10c9a369ac2f94a8c5fbcdddc25"
                                     "6d6e919a48b610ef17c2041e47403576 6b68642c59bbfc2f34db60dbdfb2"));
}

TEST(SrtpKeyDerivation, EveryKindAndPurposeHasItsOwnKey) {
  std::vector<Bytes> all;
  for (const Kind kind : {Kind::Rtp, Kind::Rtcp})
    for (const Purpose purpose : {Purpose::Encryption, Purpose::Authentication, Purpose::Salt}) {
      Bytes key(16);
      ASSERT_TRUE(derive_key(counting_key(Profile::AeadAes256Gcm, 1), 32, kind, purpose, key));
      EXPECT_EQ(std::ranges::find(all, key), all.end());
      all.push_back(key);
    }
}

}  // namespace
}  // namespace parley::srtp::test
