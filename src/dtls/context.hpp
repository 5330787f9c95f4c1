#pragma once

#include "dtls/openssl.hpp"

namespace parley::dtls {

/// What OpenSSL asks and tells during a handshake. An SSL made from one of our contexts has its observer as app data.
class HandshakeObserver {
 public:
  /// Whether the peer may have this certificate. `chain` is as received, the peer's own certificate first.
  virtual bool verify(const STACK_OF(X509) * chain) noexcept = 0;
  /// Fatal alerts only.
  virtual void alert_received(unsigned code) noexcept = 0;
  virtual void alert_sent(unsigned code) noexcept = 0;

 protected:
  ~HandshakeObserver() = default;
};

/// The context of every transport in the process, with our rules (RFC 8827 section 6.5, RFC 9325): DTLS 1.2 or later,
/// ECDHE with AEAD ciphers only, a certificate from both sides, no renegotiation, resumption or compression. It has no
/// certificate itself: a context takes longer to make than a certificate, so there is one. Null when OpenSSL cannot
/// have what we ask for.
SSL_CTX* shared_context();

/// Makes `ssl` speak for the certificate. False with a reason in OpenSSL's queue when the key does not belong to it or
/// is weaker than 112 bits.
bool use_certificate(SSL* ssl, X509* certificate, EVP_PKEY* key);

}  // namespace parley::dtls
