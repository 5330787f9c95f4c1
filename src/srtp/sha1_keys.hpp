#pragma once

#include <array>
#include <optional>

#include "srtp/openssl.hpp"
#include "srtp/sealing.hpp"

namespace parley::srtp {

/// AES-128 in counter mode with HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2.1): the session keys of one kind of packets
/// in one direction.
class Sha1Keys {
 public:
  static constexpr std::size_t kSalt = 14;
  using Counter = std::array<std::uint8_t, 16>;

  /// Nothing if OpenSSL does not offer what is needed.
  static std::optional<Sha1Keys> derive(Profile profile, const MasterKey& master, Kind kind, Direction direction);
  /// Encrypts the body and writes the tag.
  bool seal(const Sealing& packet);
  /// Verifies the tag and decrypts the body.
  bool open(const Sealing& packet);

  static Counter counter(const std::array<std::uint8_t, kSalt>& salt, Ssrc source, std::uint64_t index);

 private:
  using Tag = std::array<std::uint8_t, 20>;
  Sha1Keys(OwnedCipher cipher, OwnedMac mac) : cipher_(std::move(cipher)), mac_(std::move(mac)) {}
  bool crypt(const Sealing& packet);
  std::optional<Tag> tag(const Sealing& packet);

  OwnedCipher cipher_;
  OwnedMac mac_;
  std::array<std::uint8_t, kSalt> salt_{};
};

}  // namespace parley::srtp
