#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace parley::dtls {

/// The hash functions a certificate may be pinned with, weakest first. MD2, MD5 and SHA-1 are not accepted.
enum class Hash { Sha224, Sha256, Sha384, Sha512 };
/// The name in the IANA registry of RFC 8122 section 5, e.g. "sha-256".
std::string_view to_string(Hash hash);
/// Case does not matter. Nothing for a name that is not one of the four.
std::optional<Hash> parse_hash(std::string_view name);

/// The hash of a certificate as an `a=fingerprint` line holds it (RFC 8122 section 5).
struct Fingerprint {
  /// Lower case, e.g. "sha-256". May be an algorithm that we do not know.
  std::string algorithm;
  /// Pairs of upper-case hexadecimal digits with colons between them.
  std::string value;
  bool operator==(const Fingerprint&) const = default;
};
/// "sha-256 AB:CD:…"
std::string to_string(const Fingerprint& fingerprint);

/// Checks the syntax, and the length when the algorithm is known, and brings both parts into the form above.
/// An unknown algorithm is no error. Error: SyntaxError.
Result<Fingerprint> parse_fingerprint(std::string_view algorithm, std::string_view value);
/// The same from the value of an `a=fingerprint` line, "sha-256 AB:CD:…".
Result<Fingerprint> parse_fingerprint(std::string_view attribute);

/// The fingerprint of a certificate given as DER.
Fingerprint fingerprint_of(ByteView certificate, Hash hash);

/// Whether the list names at least one known algorithm, without which no certificate will ever match.
bool verifiable(std::span<const Fingerprint> fingerprints);

/// RFC 8122 section 5: among the known algorithms of the list the strongest decides, and the certificate has to have
/// one of the values given for it. False when there is no known algorithm. Values are compared in constant time.
bool matches(ByteView certificate, std::span<const Fingerprint> fingerprints);

}  // namespace parley::dtls
