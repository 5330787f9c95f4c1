#pragma once

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"

namespace parley::srtp {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

/// AES-128 in counter mode.
class CounterMode {
 public:
  using Block = std::array<std::uint8_t, 16>;

  /// Nothing if OpenSSL does not offer it.
  static std::optional<CounterMode> create(ByteView key);
  /// Encrypts or decrypts, beginning with this counter.
  bool apply(const Block& counter, std::span<std::uint8_t> bytes);

 private:
  using Context = std::unique_ptr<EVP_CIPHER_CTX, Freeing<EVP_CIPHER_CTX_free>>;
  explicit CounterMode(Context context) : context_(std::move(context)) {}
  Context context_;
};

class HmacSha1 {
 public:
  using Tag = std::array<std::uint8_t, 20>;

  static std::optional<HmacSha1> create(ByteView key);
  /// Of `message` and `more` behind it.
  std::optional<Tag> compute(ByteView message, ByteView more);

 private:
  using Context = std::unique_ptr<EVP_MAC_CTX, Freeing<EVP_MAC_CTX_free>>;
  explicit HmacSha1(Context context) : context_(std::move(context)) {}
  Context context_;
};

/// RFC 3711 section 4.3.3 without key derivation rate: fills `out` with the key of that label (section 4.3.1).
/// `master` is the 16 bytes of the key followed by the 14 of the salt.
bool derive_key(ByteView master, std::uint8_t label, std::span<std::uint8_t> out);

/// RFC 3711 section 4.1.1. The index has 48 bits, or SRTCP's 31.
CounterMode::Block packet_counter(const std::array<std::uint8_t, 14>& salt, Ssrc ssrc, std::uint64_t index);

}  // namespace parley::srtp
