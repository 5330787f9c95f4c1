#include "dtls/srtp_profile.hpp"

namespace parley::dtls {

std::string_view to_string(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::Aes128CmSha1_80:
      return "SRTP_AES128_CM_HMAC_SHA1_80";
    case SrtpProfile::Aes128CmSha1_32:
      return "SRTP_AES128_CM_HMAC_SHA1_32";
    case SrtpProfile::AeadAes128Gcm:
      return "SRTP_AEAD_AES_128_GCM";
    case SrtpProfile::AeadAes256Gcm:
      return "SRTP_AEAD_AES_256_GCM";
  }
  return "";
}

}  // namespace parley::dtls
