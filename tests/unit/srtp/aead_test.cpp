// RFC 7714 once more, written down from the specification and checked with its vectors, and then what a session makes
// of a packet compared with it. (The vectors begin with the session keys, which nobody can give to a session.)
#include <openssl/evp.h>

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

/// Ciphertext and tag.
Bytes gcm(ByteView key, const Bytes& iv, ByteView header, ByteView trailer, ByteView plain) {
  EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  Bytes out(plain.size() + 16);
  int length = 0;
  EVP_EncryptInit_ex(context, key.size() == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), nullptr, key.data(), iv.data());
  for (const ByteView part : {header, trailer})
    EVP_EncryptUpdate(context, nullptr, &length, part.data(), static_cast<int>(part.size()));
  EVP_EncryptUpdate(context, out.data(), &length, plain.data(), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(context, out.data(), &length);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, out.data() + plain.size());
  EVP_CIPHER_CTX_free(context);
  return out;
}

Bytes joined(ByteView first, ByteView second, ByteView third = {}) {
  Bytes out(first.begin(), first.end());
  ByteWriter(out).bytes(second).bytes(third);
  return out;
}

Bytes salted(Bytes iv, const Bytes& salt) {
  for (std::size_t i = 0; i < iv.size(); ++i) iv[i] ^= salt[i];
  return iv;
}

/// Section 8.1: two zero bytes, SSRC, rollover counter, sequence number.
Bytes srtp(const Bytes& key, const Bytes& salt, const Bytes& packet, std::uint32_t rollover) {
  Bytes iv;
  const ByteView bytes = packet;
  ByteWriter(iv).number<std::uint16_t>(0).bytes(bytes.subspan(8, 4)).number(rollover).bytes(bytes.subspan(2, 2));
  return joined(bytes.first(12), gcm(key, salted(iv, salt), bytes.first(12), {}, bytes.subspan(12)));
}
/// Sections 9.1 and 9.2.
Bytes srtcp(const Bytes& key, const Bytes& salt, const Bytes& packet, std::uint32_t index) {
  Bytes iv, number;
  const ByteView bytes = packet;
  ByteWriter(iv).number<std::uint16_t>(0).bytes(bytes.subspan(4, 4)).number<std::uint16_t>(0).number(index);
  ByteWriter(number).number(index | 0x80000000u);
  return joined(bytes.first(8), gcm(key, salted(iv, salt), bytes.first(8), number, bytes.subspan(8)), number);
}

/// Section 11: RFC 3711's derivation, with a salt of 12 bytes.
Bytes derived(const MasterKey& master, std::size_t key_length, std::uint8_t label, std::size_t length) {
  const ByteView key = master.bytes().first(key_length), salt = master.bytes().subspan(key_length);
  Bytes counter(16, 0), out(length, 0);
  std::ranges::copy(salt, counter.begin());
  counter[7] ^= label;
  EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  int written = 0;
  EVP_EncryptInit_ex(context, key_length == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr(), nullptr, key.data(),
                     counter.data());
  EVP_EncryptUpdate(context, out.data(), &written, out.data(), static_cast<int>(length));
  EVP_CIPHER_CTX_free(context);
  return out;
}

Bytes counting(std::size_t length) {
  Bytes bytes;
  while (bytes.size() < length) bytes.push_back(static_cast<std::uint8_t>(bytes.size()));
  return bytes;
}
const Bytes kSalt = from_hex("51756964 2070726f 2071756f");
const Bytes kPacket = from_hex(
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573");
const Bytes kReport = from_hex(
    "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef "
    "deadbeef");

TEST(SrtpAead, TheSpecificationsPackets) {  // sections 16.1.1 and 16.2.1
  EXPECT_EQ(
      srtp(counting(16), kSalt, kPacket, 0),
      from_hex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b "
               "36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce"));
  EXPECT_EQ(
      srtp(counting(32), kSalt, kPacket, 0),
      from_hex("8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f "
               "1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13"));
}

TEST(SrtpAead, TheSpecificationsReports) {  // section 17.1
  EXPECT_EQ(
      srtcp(counting(16), kSalt, kReport, 0x5d4),
      from_hex("81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 "
               "86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4"));
}

class SrtpAeadSession : public testing::TestWithParam<Profile> {};
INSTANTIATE_TEST_SUITE_P(Both, SrtpAeadSession, testing::Values(Profile::AeadAes128Gcm, Profile::AeadAes256Gcm),
                         profile_name);

TEST_P(SrtpAeadSession, ProtectsAsTheSpecificationSays) {
  Pair pair(GetParam());
  const MasterKey master = counting_key(GetParam(), 1);  // alice's
  const std::size_t length = sizes(GetParam()).key;
  EXPECT_EQ(sealed_rtp(pair.alice, kPacket),
            srtp(derived(master, length, 0, length), derived(master, length, 2, 12), kPacket, 0));
  const Bytes next = rtp_packet(1, 0x5501a0b2);  // of the next round
  EXPECT_EQ(sealed_rtp(pair.alice, next),
            srtp(derived(master, length, 0, length), derived(master, length, 2, 12), next, 1));

  const Bytes report = sealed_rtcp(pair.alice, kReport);
  const auto index = *ByteReader(ByteView(report).last(4)).number<std::uint32_t>() & 0x7fffffffu;
  EXPECT_EQ(report, srtcp(derived(master, length, 3, length), derived(master, length, 5, 12), kReport, index));
}

}  // namespace
}  // namespace parley::srtp::test
