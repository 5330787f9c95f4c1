#pragma once

#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "sframe/openssl.hpp"
#include "sframe/primitives.hpp"

namespace parley::sframe {

/// Authenticated encryption under one key: AES-GCM, or what RFC 9605 section 4.5.1 makes of AES in counter mode and
/// HMAC.
class Cipher {
 public:
  /// `key` is as long as the suite's keys are. nullopt if OpenSSL refuses.
  static std::optional<Cipher> create(CipherSuite suite, ByteView key);

  [[nodiscard]] std::size_t tag_size() const { return tag_; }
  /// Encrypts `body` in place and writes the tag, of tag_size() bytes.
  bool seal(const Nonce& nonce, ByteView associated, std::span<std::uint8_t> body, std::span<std::uint8_t> tag);
  /// Decrypts `body` in place; false if the tag is not that of these bytes, and then `body` means nothing.
  bool open(const Nonce& nonce, ByteView associated, std::span<std::uint8_t> body, ByteView tag);

 private:
  enum class Way { Open, Seal };
  Cipher(OwnedCipher cipher, OwnedMac mac, std::size_t tag)
      : cipher_(std::move(cipher)), mac_(std::move(mac)), tag_(tag) {}
  bool crypt_counted(const Nonce& nonce, std::span<std::uint8_t> body);
  std::optional<std::array<std::uint8_t, 32>> authenticate(const Nonce& nonce, ByteView associated, ByteView body);
  bool begin_gcm(Way way, const Nonce& nonce, ByteView associated, std::span<std::uint8_t> body);
  bool finish_gcm();

  OwnedCipher cipher_;
  OwnedMac mac_;  // none with AES-GCM
  std::size_t tag_;
};

}  // namespace parley::sframe
