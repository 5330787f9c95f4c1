#include "srtp/sha1_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <algorithm>

#include "srtp/key_derivation.hpp"

namespace parley::srtp {
namespace {

constexpr std::size_t kKey = 16;

OwnedMac hmac_sha1(ByteView key) {
  const Owned<EVP_MAC, EVP_MAC_free> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  OwnedMac mac(algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr);
  std::array<char, 5> digest{"SHA1"};
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  return mac && EVP_MAC_init(mac.get(), key.data(), key.size(), parameters.data()) == 1 ? std::move(mac) : nullptr;
}

OwnedCipher counter_mode(ByteView key) {
  OwnedCipher cipher(EVP_CIPHER_CTX_new());
  return cipher && EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ctr(), nullptr, key.data(), nullptr) == 1
             ? std::move(cipher)
             : nullptr;
}

}  // namespace

std::optional<Sha1Keys> Sha1Keys::derive(Profile, const MasterKey& master, Kind kind, Direction) {
  std::array<std::uint8_t, kKey> encryption{};
  std::array<std::uint8_t, 20> authentication{};
  std::array<std::uint8_t, kSalt> salt{};
  const bool derived = derive_key(master, kKey, kind, Purpose::Encryption, encryption) &&
                       derive_key(master, kKey, kind, Purpose::Authentication, authentication) &&
                       derive_key(master, kKey, kind, Purpose::Salt, salt);
  Sha1Keys keys(counter_mode(encryption), hmac_sha1(authentication));
  keys.salt_ = salt;
  wipe(encryption);
  wipe(authentication);
  return derived && keys.cipher_ && keys.mac_ ? std::optional(std::move(keys)) : std::nullopt;
}

bool Sha1Keys::seal(const Sealing& packet) {
  if (!crypt(packet)) return false;
  const auto computed = tag(packet);
  if (computed) std::copy_n(computed->begin(), packet.tag.size(), packet.tag.begin());
  return computed.has_value();
}

bool Sha1Keys::open(const Sealing& packet) {
  const auto computed = tag(packet);
  return computed && CRYPTO_memcmp(computed->data(), packet.tag.data(), packet.tag.size()) == 0 && crypt(packet);
}

Sha1Keys::Counter Sha1Keys::counter(const std::array<std::uint8_t, kSalt>& salt, Ssrc source, std::uint64_t index) {
  Counter counter{};
  std::ranges::copy(salt, counter.begin());
  for (unsigned i = 0; i < 4; ++i) counter[4 + i] ^= static_cast<std::uint8_t>(source.get() >> (24 - 8 * i));
  for (unsigned i = 0; i < 6; ++i) counter[8 + i] ^= static_cast<std::uint8_t>(index >> (40 - 8 * i));
  return counter;
}

bool Sha1Keys::crypt(const Sealing& packet) {
  const Counter first = counter(salt_, packet.source, packet.index);
  const auto change = [&](std::span<std::uint8_t> bytes) {
    int written = 0;
    return EVP_EncryptUpdate(cipher_.get(), bytes.data(), &written, bytes.data(), static_cast<int>(bytes.size())) == 1;
  };
  const auto& [sources, body] = packet.encrypted;
  return EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, first.data()) == 1 &&
         (sources.empty() || change(sources)) && change(body);
}

std::optional<Sha1Keys::Tag> Sha1Keys::tag(const Sealing& packet) {
  Tag tag{};
  std::size_t size = 0;
  EVP_MAC_CTX* const mac = mac_.get();
  const bool done = EVP_MAC_init(mac, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(mac, packet.whole.data(), packet.whole.size()) == 1 &&
                    EVP_MAC_update(mac, packet.number.data(), packet.number.size()) == 1 &&
                    EVP_MAC_final(mac, tag.data(), &size, tag.size()) == 1;
  return done && size == tag.size() ? std::optional(tag) : std::nullopt;
}

}  // namespace parley::srtp
