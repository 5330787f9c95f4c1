#include "sframe/cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <limits>
#include <string>

namespace parley::sframe {
namespace {

OwnedMac hmac(const char* hash, ByteView key) {
  const Owned<EVP_MAC, EVP_MAC_free> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  OwnedMac mac(algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr);
  std::string name(hash);
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
                              OSSL_PARAM_construct_end()};
  return mac && EVP_MAC_init(mac.get(), key.data(), key.size(), parameters.data()) == 1 ? std::move(mac) : nullptr;
}

/// OpenSSL counts in int.
bool fits(std::size_t size) { return size <= static_cast<std::size_t>(std::numeric_limits<int>::max()); }

bool update(EVP_CIPHER_CTX* cipher, std::uint8_t* out, ByteView in) {
  int written = 0;
  return in.empty() || EVP_CipherUpdate(cipher, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

}  // namespace

std::optional<Cipher> Cipher::create(CipherSuite suite, ByteView key) {
  const Primitives with = primitives(suite);
  OwnedCipher cipher(EVP_CIPHER_CTX_new());
  if (!cipher || key.size() != with.key() ||
      EVP_CipherInit_ex(cipher.get(), with.cipher(), nullptr, key.data(), nullptr, 1) != 1)
    return std::nullopt;
  OwnedMac mac;
  if (with.has_mac()) {
    mac = hmac(with.hash, key.subspan(with.cipher_key));
    if (!mac) return std::nullopt;
  }
  return Cipher(std::move(cipher), std::move(mac), with.tag);
}

bool Cipher::seal(const Nonce& nonce, ByteView associated, std::span<std::uint8_t> body, std::span<std::uint8_t> tag) {
  if (!fits(body.size()) || !fits(associated.size()) || tag.size() != tag_) return false;
  if (!mac_)
    return begin_gcm(Way::Seal, nonce, associated, body) && finish_gcm() &&
           EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_), tag.data()) == 1;
  if (!crypt_counted(nonce, body)) return false;
  const auto computed = authenticate(nonce, associated, body);
  if (computed) std::copy_n(computed->begin(), tag_, tag.begin());
  return computed.has_value();
}

bool Cipher::open(const Nonce& nonce, ByteView associated, std::span<std::uint8_t> body, ByteView tag) {
  if (!fits(body.size()) || !fits(associated.size()) || tag.size() != tag_) return false;
  if (!mac_) {
    std::array<std::uint8_t, 16> given{};
    std::ranges::copy(tag, given.begin());
    return begin_gcm(Way::Open, nonce, associated, body) &&
           EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_), given.data()) == 1 &&
           finish_gcm();
  }
  const auto computed = authenticate(nonce, associated, body);
  return computed && CRYPTO_memcmp(computed->data(), tag.data(), tag_) == 0 && crypt_counted(nonce, body);
}

/// The first counter is the nonce with four bytes of zero behind it.
bool Cipher::crypt_counted(const Nonce& nonce, std::span<std::uint8_t> body) {
  std::array<std::uint8_t, 16> counter{};
  std::ranges::copy(nonce, counter.begin());
  return EVP_CipherInit_ex(cipher_.get(), nullptr, nullptr, nullptr, counter.data(), 1) == 1 &&
         update(cipher_.get(), body.data(), body);
}

std::optional<std::array<std::uint8_t, 32>> Cipher::authenticate(const Nonce& nonce, ByteView associated,
                                                                 ByteView body) {
  Bytes lengths;
  ByteWriter(lengths)
      .number(std::uint64_t{associated.size()})
      .number(std::uint64_t{body.size()})
      .number(std::uint64_t{tag_});
  std::array<std::uint8_t, 32> tag{};
  std::size_t size = 0;
  EVP_MAC_CTX* const mac = mac_.get();
  const auto add = [mac](ByteView bytes) { return EVP_MAC_update(mac, bytes.data(), bytes.size()) == 1; };
  const bool done = EVP_MAC_init(mac, nullptr, 0, nullptr) == 1 && add(lengths) && add(nonce) && add(associated) &&
                    add(body) && EVP_MAC_final(mac, tag.data(), &size, tag.size()) == 1;
  return done && size == tag.size() ? std::optional(tag) : std::nullopt;
}

bool Cipher::begin_gcm(Way way, const Nonce& nonce, ByteView associated, std::span<std::uint8_t> body) {
  EVP_CIPHER_CTX* const cipher = cipher_.get();
  return EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, nonce.data(), way == Way::Seal ? 1 : 0) == 1 &&
         update(cipher, nullptr, associated) && update(cipher, body.data(), body);
}

bool Cipher::finish_gcm() {
  std::array<std::uint8_t, 16> none{};
  int rest = 0;
  return EVP_CipherFinal_ex(cipher_.get(), none.data(), &rest) == 1;
}

}  // namespace parley::sframe
