#include "dtls/fingerprint.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace parley::dtls {
namespace {

struct HashRow {
  Hash hash;
  std::string_view name;
  std::size_t size;
  const EVP_MD* (*function)();
};
constexpr HashRow kHashes[] = {
    {Hash::Sha224, "sha-224", 28, EVP_sha224},
    {Hash::Sha256, "sha-256", 32, EVP_sha256},
    {Hash::Sha384, "sha-384", 48, EVP_sha384},
    {Hash::Sha512, "sha-512", 64, EVP_sha512},
};
const HashRow& row(Hash hash) { return kHashes[static_cast<std::size_t>(hash)]; }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (upper(c) >= 'A' && upper(c) <= 'F'); }

/// The `token` of RFC 8866 section 9.
bool is_token(std::string_view text) {
  constexpr std::string_view kNotInTokens = "\"(),/:;<=>?@[\\]";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > ' ' && c < 0x7f && kNotInTokens.find(c) == std::string_view::npos;
  });
}

/// 2UHEX *(":" 2UHEX), in either case.
bool is_hex_pairs(std::string_view text) {
  if (text.size() % 3 != 2) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i])) return false;
  return true;
}

std::string mapped(std::string_view text, char (*map)(char)) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), map);
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<Hash> strongest(std::span<const Fingerprint> fingerprints) {
  std::optional<Hash> best;
  for (const Fingerprint& one : fingerprints)
    if (const auto hash = parse_hash(one.algorithm); hash && (!best || *hash > *best)) best = hash;
  return best;
}

}  // namespace

std::string_view to_string(Hash hash) { return row(hash).name; }

std::optional<Hash> parse_hash(std::string_view name) {
  const std::string folded = mapped(name, lower);
  for (const HashRow& known : kHashes)
    if (known.name == folded) return known.hash;
  return std::nullopt;
}

std::string to_string(const Fingerprint& fingerprint) { return fingerprint.algorithm + ' ' + fingerprint.value; }

Result<Fingerprint> parse_fingerprint(std::string_view algorithm, std::string_view value) {
  if (!is_token(algorithm)) return fail(ErrorKind::SyntaxError, "fingerprint: no hash function");
  if (!is_hex_pairs(value)) return fail(ErrorKind::SyntaxError, "fingerprint: not pairs of hexadecimal digits");
  const auto hash = parse_hash(algorithm);
  if (hash && value.size() != row(*hash).size * 3 - 1)
    return fail(ErrorKind::SyntaxError, "fingerprint: wrong length for " + std::string(to_string(*hash)));
  return Fingerprint{mapped(algorithm, lower), mapped(value, upper)};
}

Result<Fingerprint> parse_fingerprint(std::string_view attribute) {
  const std::size_t space = attribute.find(' ');
  if (space == std::string_view::npos) return fail(ErrorKind::SyntaxError, "fingerprint: no value");
  return parse_fingerprint(attribute.substr(0, space), attribute.substr(space + 1));
}

Fingerprint fingerprint_of(ByteView certificate, Hash hash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  // Without memory the digest stays zero, which matches nothing.
  EVP_Digest(certificate.data(), certificate.size(), digest.data(), nullptr, row(hash).function(), nullptr);
  Fingerprint out{std::string(to_string(hash)), {}};
  for (const std::uint8_t byte : std::span(digest).first(row(hash).size)) {
    if (!out.value.empty()) out.value += ':';
    out.value += kDigits[byte >> 4];
    out.value += kDigits[byte & 15];
  }
  return out;
}

bool verifiable(std::span<const Fingerprint> fingerprints) { return strongest(fingerprints).has_value(); }

bool matches(ByteView certificate, std::span<const Fingerprint> fingerprints) {
  const auto hash = strongest(fingerprints);
  if (!hash) return false;
  const std::string actual = fingerprint_of(certificate, *hash).value;
  bool found = false;
  for (const Fingerprint& one : fingerprints)
    found |= parse_hash(one.algorithm) == hash && equal_in_constant_time(mapped(one.value, upper), actual);
  return found;
}

}  // namespace parley::dtls
