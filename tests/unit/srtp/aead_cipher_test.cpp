#include "srtp/aead_cipher.hpp"

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

// RFC 7714 section 16.1.1.
const Bytes kKey = from_hex("00010203 04050607 08090a0b 0c0d0e0f");
const Bytes kIv = from_hex("51753c65 80c2726f 20718414");
const Bytes kHeader = from_hex("8040f17b 8041f8d3 5501a0b2");
const Bytes kPlain = from_hex("47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573");
const Bytes kSecret = from_hex("f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833");
const Bytes kTag = from_hex("899d7f27 beb16a91 52cf765e e4390cce");

TEST(SrtpAeadCipher, SealsAsOftenAsItIsAskedTo) {
  auto cipher = AeadCipher::create("AES-128-GCM", kKey, Direction::Outgoing);
  ASSERT_TRUE(cipher);
  for (int i = 0; i < 3; ++i) {
    Bytes body = kPlain, tag(16);
    EXPECT_TRUE(cipher->begin(kIv) && cipher->associate(kHeader) && cipher->change(body) && cipher->make_tag(tag));
    EXPECT_EQ(body, kSecret);
    EXPECT_EQ(tag, kTag);
  }
}

TEST(SrtpAeadCipher, OpensInPiecesAndTakesNoOtherTag) {
  auto cipher = AeadCipher::create("AES-128-GCM", kKey, Direction::Incoming);
  ASSERT_TRUE(cipher);
  for (const bool genuine : {true, false, true}) {
    Bytes body = kSecret, tag = kTag;
    if (!genuine) tag.back() ^= 1;
    const std::span<std::uint8_t> all(body);
    EXPECT_TRUE(cipher->begin(kIv));
    EXPECT_TRUE(cipher->associate(ByteView(kHeader).first(5)) && cipher->associate(ByteView(kHeader).subspan(5)));
    EXPECT_TRUE(cipher->change(all.first(7)) && cipher->change(all.subspan(7)));
    EXPECT_EQ(cipher->verify(tag), genuine);
    EXPECT_EQ(body, kPlain);
  }
}

TEST(SrtpAeadCipher, IsNotMadeOfWhatOpenSslDoesNotHave) {
  EXPECT_FALSE(AeadCipher::create("AES-128-", kKey, Direction::Outgoing));
  EXPECT_FALSE(AeadCipher::create("AES-128-GCM", ByteView(kKey).first(15), Direction::Outgoing));
}

}  // namespace
}  // namespace parley::srtp::test
