#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/export.hpp"

namespace parley {

namespace dtls {
class Certificate;
}

/// webrtc-pc section 5.5.2 (RFC 8122): algorithm as in "sha-256", value in lower-case hexadecimal pairs with colons.
struct RTCDtlsFingerprint {
  /// The name of the hash function, as in "sha-256".
  std::string algorithm;
  /// Pairs of lower-case hexadecimal digits with colons between them.
  std::string value;
};

/// What RTCPeerConnection::generateCertificate makes: webrtc-pc section 4.9.1. WebCrypto's AlgorithmIdentifier,
/// narrowed to what is supported: "ECDSA" with the curve "P-256", or "RSASSA-PKCS1-v1_5" with a modulus of 2048 to 8192
/// bits.
struct RTCCertificateKeygen {
  RTCCertificateKeygen() {}  // NOLINT: not an aggregate, see RTCSessionDescriptionInit
  /// With another algorithm and its usual parameters.
  explicit RTCCertificateKeygen(std::string name_) : name(std::move(name_)) {}
  /// "ECDSA" or "RSASSA-PKCS1-v1_5".
  std::string name = "ECDSA";
  /// Of ECDSA: "P-256".
  std::string namedCurve = "P-256";
  /// Of RSA, in bits: 2048 to 8192.
  unsigned modulusLength = 2048;
  /// What the certificate is signed with: "SHA-256".
  std::string hash = "SHA-256";
  /// How long the certificate is valid from now on: 30 days if absent, 365 at the most.
  std::optional<std::chrono::milliseconds> expires{};
};

/// A certificate that connections authenticate with: webrtc-pc section 4.9.2. A value; copies are the same certificate.
class PARLEY_EXPORT RTCCertificate {
 public:
  /// Reads a certificate and its private key, in PEM, in either order. Throws SyntaxError if one of them
  /// cannot be read, InvalidAccessError if the key is not the certificate's, NotSupportedError if connections cannot
  /// use it. (Not in W3C: browsers keep certificates in IndexedDB, programs in files.)
  static RTCCertificate from_pem(const std::string& certificate_and_key);
  /// Both parts; the text holds the private key in the clear.
  [[nodiscard]] std::string to_pem() const;

  /// When it stops being valid. A connection cannot be made with a certificate that has expired.
  [[nodiscard]] std::chrono::system_clock::time_point expires() const;
  /// One for each of sha-256, sha-384 and sha-512.
  [[nodiscard]] std::vector<RTCDtlsFingerprint> getFingerprints() const;
  /// Whether both are the same certificate.
  bool operator==(const RTCCertificate& other) const;

  /// For the library's own parts.
  explicit RTCCertificate(std::shared_ptr<const dtls::Certificate> inner) : inner_(std::move(inner)) {}
  /// For the library's own parts.
  [[nodiscard]] const std::shared_ptr<const dtls::Certificate>& inner() const { return inner_; }

 private:
  std::shared_ptr<const dtls::Certificate> inner_;
};

}  // namespace parley
