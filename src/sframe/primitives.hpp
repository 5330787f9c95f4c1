#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>

#include "sframe/cipher_suite.hpp"

namespace parley::sframe {

inline constexpr std::size_t kNonce = 12;  // Nn, of all suites
using Nonce = std::array<std::uint8_t, kNonce>;

/// What a suite consists of: RFC 9605 section 4.5.
struct Primitives {
  const EVP_CIPHER* (*cipher)();
  const char* hash;
  std::size_t cipher_key;  // Nka, or Nk of AES-GCM
  std::size_t hash_key;    // the rest of Nk; 0 of AES-GCM
  std::size_t tag;         // Nt

  [[nodiscard]] std::size_t key() const { return cipher_key + hash_key; }
  [[nodiscard]] bool has_mac() const { return hash_key > 0; }
};

inline Primitives primitives(CipherSuite suite) {
  switch (suite) {
    case CipherSuite::Aes128CtrHmacSha256_80:
      return {EVP_aes_128_ctr, "SHA256", 16, 32, 10};
    case CipherSuite::Aes128CtrHmacSha256_64:
      return {EVP_aes_128_ctr, "SHA256", 16, 32, 8};
    case CipherSuite::Aes128CtrHmacSha256_32:
      return {EVP_aes_128_ctr, "SHA256", 16, 32, 4};
    case CipherSuite::Aes128GcmSha256_128:
      return {EVP_aes_128_gcm, "SHA256", 16, 0, 16};
    case CipherSuite::Aes256GcmSha512_128:
      break;
  }
  return {EVP_aes_256_gcm, "SHA512", 32, 0, 16};
}

}  // namespace parley::sframe
