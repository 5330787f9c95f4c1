#include "srtp/profile.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

// RFC 5764 section 4.1.2, RFC 7714 section 12.
TEST(SrtpProfile, AsksTheExporterForAsMuchAsBothKeysTake) {
  EXPECT_EQ(exported_length(Profile::Aes128CmSha1_80), 60u);
  EXPECT_EQ(exported_length(Profile::Aes128CmSha1_32), 60u);
  EXPECT_EQ(exported_length(Profile::AeadAes128Gcm), 56u);
  EXPECT_EQ(exported_length(Profile::AeadAes256Gcm), 88u);
}

TEST(SrtpProfile, KeysComeBeforeSaltsAndTheClientBeforeTheServer) {
  Bytes exported;
  for (std::uint8_t i = 0; i < 56; ++i) exported.push_back(i);
  const auto keys = split_keys(Profile::AeadAes128Gcm, exported);
  ASSERT_TRUE(keys);
  const auto matches = [](const MasterKey& key, const Bytes& expected) {
    return std::ranges::equal(key.bytes(), expected);
  };
  EXPECT_TRUE(matches(keys->client, from_hex("00010203 04050607 08090a0b 0c0d0e0f 20212223 24252627 28292a2b")));
  EXPECT_TRUE(matches(keys->server, from_hex("10111213 14151617 18191a1b 1c1d1e1f 2c2d2e2f 30313233 34353637")));
}

TEST(SrtpProfile, MaterialOfAnotherLengthIsNotSplit) {
  for (const Profile profile : kProfiles)
    for (const std::size_t length : {std::size_t{0}, exported_length(profile) - 1, exported_length(profile) + 1})
      EXPECT_FALSE(split_keys(profile, Bytes(length, 1))) << length;
  EXPECT_FALSE(split_keys(static_cast<Profile>(5), {}));
}

}  // namespace
}  // namespace parley::srtp::test
