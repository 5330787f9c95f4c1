// What RFC 9605 prints: appendices C.2 and C.3.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hex.hpp"
#include "sframe/cipher.hpp"
#include "sframe/context.hpp"
#include "sframe/key_derivation.hpp"

namespace parley::sframe {
namespace {

constexpr std::uint64_t kKeyId = 0x123, kCounter = 0x4567;
constexpr std::size_t kHeader = 5;
const Bytes kBaseKey = from_hex("000102030405060708090a0b0c0d0e0f");
const Bytes kMetadata = from_hex("4945544620534672616d65205747");
const Bytes kPlain = from_hex("64726166742d696574662d736672616d652d656e63");

struct Vector {
  CipherSuite suite;
  std::string key, salt, nonce, ciphertext;
};
const Vector kVectors[] = {
    {CipherSuite::Aes128CtrHmacSha256_80,
     "3f7d9a7c83ae8e1c8a11ae695ab59314b367e359fadac7b9c46b2bc6f81f46e16b96f0811868d59402b7e870102720b3",
     "50b29329a04dc0f184ac3168", "50b29329a04dc0f184ac740f",
     "9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11"},
    {CipherSuite::Aes128CtrHmacSha256_64,
     "e2ec5c797540310483b16bf6e7a570d2a27d192fe869c7ccd8584a8d9dab91549fbe553f5113461ec6aa83bf3865553e",
     "e68ac8dd3d02fbcd368c5577", "e68ac8dd3d02fbcd368c1010",
     "99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607"},
    {CipherSuite::Aes128CtrHmacSha256_32,
     "2c5703089cbb8c583475e4fc461d97d18809df79b6d550f78eb6d50ffa80d89211d57909934f46f5405e38cd583c69fe",
     "38c16e4f5159700c00c7f350", "38c16e4f5159700c00c7b637",
     "990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443"},
    {CipherSuite::Aes128GcmSha256_128, "d34f547f4ca4f9a7447006fe7fcbf768", "75234edefe07819026751816",
     "75234edefe07819026755d71",
     "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb"},
    {CipherSuite::Aes256GcmSha512_128, "d3e27b0d4a5ae9e55df01a70e6d4d28d969b246e2936f4b7a5d9b494da6b9633",
     "84991c167b8cd23c93708ec7", "84991c167b8cd23c9370cba0",
     "990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279"},
};

class SFrameVector : public testing::TestWithParam<Vector> {};

TEST_P(SFrameVector, DerivesKeyAndSalt) {
  const auto derived = derive(GetParam().suite, kKeyId, kBaseKey);
  ASSERT_TRUE(derived);
  EXPECT_EQ(derived->key, from_hex(GetParam().key));
  EXPECT_EQ(Bytes(derived->salt.begin(), derived->salt.end()), from_hex(GetParam().salt));
}

TEST_P(SFrameVector, IsDecrypted) {
  Context context(GetParam().suite);
  ASSERT_TRUE(context.set_key(kKeyId, kBaseKey));
  const auto opened = context.decrypt(kMetadata, from_hex(GetParam().ciphertext));
  ASSERT_TRUE(std::holds_alternative<Bytes>(opened));
  EXPECT_EQ(std::get<Bytes>(opened), kPlain);
}

TEST_P(SFrameVector, IsWhatTheCipherMakes) {
  auto cipher = Cipher::create(GetParam().suite, from_hex(GetParam().key));
  ASSERT_TRUE(cipher);
  Nonce nonce{};
  std::ranges::copy(from_hex(GetParam().nonce), nonce.begin());
  Bytes out = from_hex("9901234567");
  Bytes associated = out;
  associated.insert(associated.end(), kMetadata.begin(), kMetadata.end());
  out.insert(out.end(), kPlain.begin(), kPlain.end());
  out.resize(out.size() + cipher->tag_size());
  ASSERT_TRUE(cipher->seal(nonce, associated, std::span(out).subspan(kHeader, kPlain.size()),
                           std::span(out).subspan(kHeader + kPlain.size())));
  EXPECT_EQ(out, from_hex(GetParam().ciphertext));
}

/// Nobody waits until the counter is where the specification has it.
TEST_P(SFrameVector, HasTheNonceOfSaltAndCounter) {
  Nonce nonce{};
  std::ranges::copy(from_hex(GetParam().salt), nonce.begin());
  nonce[kNonce - 2] ^= kCounter >> 8;
  nonce[kNonce - 1] ^= kCounter & 0xFF;
  EXPECT_EQ(Bytes(nonce.begin(), nonce.end()), from_hex(GetParam().nonce));
}

INSTANTIATE_TEST_SUITE_P(Rfc9605, SFrameVector, testing::ValuesIn(kVectors));

struct CounterMode {
  CipherSuite suite;
  std::string ciphertext;
};

TEST(SFrameCipher, TruncatesTheTagOfHmac) {
  const Bytes key =
      from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f");
  const CounterMode vectors[] = {
      {CipherSuite::Aes128CtrHmacSha256_80, "6339af04ada1d064688a442b8dc69d5b6bfa40f4bef0583e8081069cc60705"},
      {CipherSuite::Aes128CtrHmacSha256_64, "6339af04ada1d064688a442b8dc69d5b6bfa40f4be6e93b7da076927bb"},
      {CipherSuite::Aes128CtrHmacSha256_32, "6339af04ada1d064688a442b8dc69d5b6bfa40f4be09480509"},
  };
  Nonce nonce{};
  std::ranges::copy(from_hex("101112131415161718191a1b"), nonce.begin());
  for (const CounterMode& vector : vectors) {
    auto cipher = Cipher::create(vector.suite, key);
    Bytes out = kPlain;
    out.resize(out.size() + cipher->tag_size());
    const auto body = std::span(out).first(kPlain.size()), tag = std::span(out).subspan(kPlain.size());
    ASSERT_TRUE(cipher->seal(nonce, kMetadata, body, tag));
    EXPECT_EQ(out, from_hex(vector.ciphertext));
    ASSERT_TRUE(cipher->open(nonce, kMetadata, body, tag));
    EXPECT_EQ(Bytes(body.begin(), body.end()), kPlain);
  }
}

}  // namespace
}  // namespace parley::sframe
