#pragma once

#include <cstdint>
#include <string_view>

namespace parley::dtls {

/// The protection profiles of the use_srtp extension (RFC 5764 section 4.1.2, RFC 7714 section 14.2), by their number.
enum class SrtpProfile : std::uint16_t {
  Aes128CmSha1_80 = 0x0001,
  Aes128CmSha1_32 = 0x0002,
  AeadAes128Gcm = 0x0007,
  AeadAes256Gcm = 0x0008,
};
/// The name in the IANA registry, e.g. "SRTP_AEAD_AES_128_GCM".
std::string_view to_string(SrtpProfile profile);

}  // namespace parley::dtls
