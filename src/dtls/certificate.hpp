#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "dtls/fingerprint.hpp"

struct evp_pkey_st;
struct x509_st;

namespace parley::dtls {

using WallTime = std::chrono::system_clock::time_point;

/// Which key to make. Certificates are signed with SHA-256.
struct KeySpec {
  enum class Kind { EcdsaP256, Rsa };
  Kind kind = Kind::EcdsaP256;
  /// 2048 to 8192.
  unsigned rsa_bits = 2048;
  bool operator==(const KeySpec&) const = default;
};

/// A self-signed certificate with its private key. Immutable; one certificate may serve many connections on many
/// threads.
class Certificate {
 public:
  static constexpr std::chrono::hours kDefaultLifetime{24 * 30};
  static constexpr std::chrono::hours kMaxLifetime{24 * 365};

  /// ECDSA takes under a millisecond, RSA-2048 about 150 ms. `expires` is 30 days ahead if not given and never later
  /// than 365 days ahead (webrtc-pc section 4.9.1). Error: NotSupportedError for a key length outside the range.
  static Result<std::shared_ptr<const Certificate>> generate(const KeySpec& key = {},
                                                             std::optional<WallTime> expires = std::nullopt);
  /// A certificate and its unencrypted private key, in either order. An expired one is accepted: see expired().
  /// Errors: SyntaxError, InvalidAccessError when the key is not the certificate's, NotSupportedError when it is too
  /// weak.
  static Result<std::shared_ptr<const Certificate>> from_pem(std::string_view certificate_and_key);
  /// Both parts, readable by from_pem. The text holds the private key in the clear.
  [[nodiscard]] std::string to_pem() const;

  [[nodiscard]] Fingerprint fingerprint(Hash hash = Hash::Sha256) const { return fingerprint_of(der_, hash); }
  [[nodiscard]] const Bytes& der() const { return der_; }
  /// To the second.
  [[nodiscard]] WallTime expires() const { return expires_; }
  [[nodiscard]] bool expired(WallTime now) const { return now >= expires_; }
  bool operator==(const Certificate& other) const { return der_ == other.der_; }

  /// OpenSSL's own objects. For Transport only.
  [[nodiscard]] x509_st* x509() const { return x509_.get(); }
  [[nodiscard]] evp_pkey_st* key() const { return key_.get(); }

 private:
  struct Deleter {
    void operator()(x509_st* certificate) const;
    void operator()(evp_pkey_st* key) const;
  };
  using OwnX509 = std::unique_ptr<x509_st, Deleter>;
  using OwnKey = std::unique_ptr<evp_pkey_st, Deleter>;
  Certificate(OwnX509 certificate, OwnKey key);

  OwnX509 x509_;
  OwnKey key_;
  Bytes der_;
  WallTime expires_;
};

}  // namespace parley::dtls
