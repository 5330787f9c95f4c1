#pragma once

#include "dtls/certificate.hpp"
#include "dtls/openssl.hpp"

namespace parley::dtls {

/// A fresh key. Null with a reason in OpenSSL's queue.
OwnedKey make_key(const KeySpec& spec);

struct Validity {
  WallTime from, until;
};
/// A version 3 certificate for the key, signed by the key with SHA-256: random serial number, a subject that tells
/// nothing. Null with a reason in OpenSSL's queue.
OwnedCertificate self_sign(EVP_PKEY* key, const Validity& validity);

/// notAfter of a certificate.
WallTime end_of_validity(const X509* certificate);

Bytes to_der(const X509* certificate);

}  // namespace parley::dtls
