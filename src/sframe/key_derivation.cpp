#include "sframe/key_derivation.hpp"

#include <openssl/core_names.h>

#include <string>
#include <string_view>

#include "base/wipe.hpp"
#include "sframe/openssl.hpp"

namespace parley::sframe {
namespace {

/// HKDF (RFC 5869) without salt.
bool hkdf(const char* hash, ByteView secret, ByteView label, std::span<std::uint8_t> out) {
  const Owned<EVP_KDF, EVP_KDF_free> algorithm(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const OwnedKdf kdf(algorithm ? EVP_KDF_CTX_new(algorithm.get()) : nullptr);
  // OpenSSL takes what it only reads without const.
  std::string name(hash);
  Bytes key(secret.begin(), secret.end()), info(label.begin(), label.end());
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name.data(), name.size()),
                              OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
                              OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
                              OSSL_PARAM_construct_end()};
  const bool done = kdf && EVP_KDF_derive(kdf.get(), out.data(), out.size(), parameters.data()) == 1;
  wipe(key);
  return done;
}

Bytes label(std::string_view purpose, std::uint64_t key_id, CipherSuite suite) {
  Bytes label;
  ByteWriter(label).bytes(as_bytes(purpose)).number(key_id).number(static_cast<std::uint16_t>(suite));
  return label;
}

}  // namespace

std::optional<DerivedKey> derive(CipherSuite suite, std::uint64_t key_id, ByteView base_key) {
  if (base_key.empty()) return std::nullopt;
  const Primitives with = primitives(suite);
  DerivedKey derived{.key = Bytes(with.key())};
  const bool done = hkdf(with.hash, base_key, label("SFrame 1.0 Secret key ", key_id, suite), derived.key) &&
                    hkdf(with.hash, base_key, label("SFrame 1.0 Secret salt ", key_id, suite), derived.salt);
  if (done) return derived;
  wipe(derived.key);
  return std::nullopt;
}

}  // namespace parley::sframe
