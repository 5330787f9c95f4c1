#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/wipe.hpp"

namespace parley::srtp {

/// The protection profiles of RFC 5764 section 4.1.2 and RFC 7714 section 14.2, by the number that DTLS agrees on.
enum class Profile : std::uint16_t {
  Aes128CmSha1_80 = 0x0001,
  Aes128CmSha1_32 = 0x0002,
  AeadAes128Gcm = 0x0007,
  AeadAes256Gcm = 0x0008,
};
constexpr bool is_aead(Profile profile) {
  return profile == Profile::AeadAes128Gcm || profile == Profile::AeadAes256Gcm;
}

/// Of a profile, in bytes: master key and salt, and the authentication tags of both kinds of packets.
struct Sizes {
  std::size_t key, salt, rtp_tag, rtcp_tag;
};
constexpr Sizes sizes(Profile profile) {
  switch (profile) {
    case Profile::Aes128CmSha1_80:
      return {16, 14, 10, 10};
    case Profile::Aes128CmSha1_32:
      return {16, 14, 4, 10};  // RFC 5764 section 4.1.2: the short tag is RTP's only
    case Profile::AeadAes128Gcm:
      return {16, 12, 16, 16};
    case Profile::AeadAes256Gcm:
      return {32, 12, 16, 16};
  }
  return {};
}

/// RFC 5764 section 4.2: what DTLS's exporter is asked for.
inline constexpr std::string_view kExporterLabel = "EXTRACTOR-dtls_srtp";
constexpr std::size_t exported_length(Profile profile) { return 2 * (sizes(profile).key + sizes(profile).salt); }

/// A master key, followed by its salt. Wiped when it goes.
class MasterKey {
 public:
  explicit MasterKey(Bytes key_and_salt) : bytes_(std::move(key_and_salt)) {}
  ~MasterKey() { wipe(bytes_); }
  MasterKey(MasterKey&&) noexcept = default;
  MasterKey& operator=(MasterKey&&) = delete;
  [[nodiscard]] ByteView bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

/// What each side of the handshake protects its packets with.
struct Keys {
  MasterKey client, server;
};
/// RFC 5764 section 4.2. `exported` has exported_length() bytes, which are the caller's to wipe.
Result<Keys> split_keys(Profile profile, ByteView exported);

}  // namespace parley::srtp
