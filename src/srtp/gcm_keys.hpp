#pragma once

#include <array>
#include <optional>

#include "srtp/aead_cipher.hpp"

namespace parley::srtp {

/// AES-GCM (RFC 7714): the session key of one kind of packets in one direction.
class GcmKeys {
 public:
  using Salt = std::array<std::uint8_t, 12>;
  using Iv = std::array<std::uint8_t, 12>;

  /// Nothing if OpenSSL does not offer it.
  static std::optional<GcmKeys> derive(Profile profile, const MasterKey& master, Kind kind, Direction direction);
  /// Encrypts the body and writes the tag.
  bool seal(const Sealing& packet);
  /// Decrypts the body and verifies the tag.
  bool open(const Sealing& packet);

  static Iv iv(const Salt& salt, Ssrc source, std::uint64_t index);

 private:
  GcmKeys(AeadCipher cipher, const Salt& salt) : cipher_(std::move(cipher)), salt_(salt) {}
  bool crypt(const Sealing& packet);

  AeadCipher cipher_;
  Salt salt_;
};

}  // namespace parley::srtp
