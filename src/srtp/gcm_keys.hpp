#pragma once

#include <array>
#include <optional>

#include "srtp/openssl.hpp"
#include "srtp/sealing.hpp"

namespace parley::srtp {

/// AES-GCM (RFC 7714): the session key of one kind of packets in one direction.
class GcmKeys {
 public:
  static constexpr std::size_t kSalt = 12;
  using Iv = std::array<std::uint8_t, 12>;

  /// Nothing if OpenSSL does not offer it.
  static std::optional<GcmKeys> derive(Profile profile, const MasterKey& master, Kind kind, Direction direction);
  /// Encrypts the body and writes the tag.
  bool seal(const Sealing& packet);
  /// Decrypts the body and verifies the tag.
  bool open(const Sealing& packet);

  static Iv iv(const std::array<std::uint8_t, kSalt>& salt, Ssrc source, std::uint64_t index);

 private:
  explicit GcmKeys(OwnedCipher cipher) : cipher_(std::move(cipher)) {}
  bool crypt(const Sealing& packet);
  /// Makes the tag, or verifies it.
  bool finish();

  OwnedCipher cipher_;  // for one direction
  std::array<std::uint8_t, kSalt> salt_{};
};

}  // namespace parley::srtp
