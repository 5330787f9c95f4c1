#pragma once

#include <cstdint>

namespace parley::sframe {

/// RFC 9605 section 8.1: the numbers go into the derivation of keys.
enum class CipherSuite : std::uint16_t {
  Aes128CtrHmacSha256_80 = 1,
  Aes128CtrHmacSha256_64 = 2,
  Aes128CtrHmacSha256_32 = 3,
  Aes128GcmSha256_128 = 4,
  Aes256GcmSha512_128 = 5,
};

}  // namespace parley::sframe
