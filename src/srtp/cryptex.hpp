#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/bytes.hpp"

/// RFC 9335: header extensions and contributing sources of RTP are encrypted together with the payload. What announces
/// them says so, in the place of the two values of RFC 8285. All of these take packets that have a header.
namespace parley::srtp {

/// Whether those of a packet are, or will be, encrypted.
enum class Headers { Readable, Encrypted };

/// Whether the packet says that they are encrypted.
bool has_encrypted_headers(ByteView packet);
/// Whether it has contributing sources or header extensions, and does not say so.
bool has_readable_headers(ByteView packet);

/// Makes the packet, the first `length` bytes of `buffer`, say that they are encrypted, as far as it has some, and
/// returns its length: without extensions it needs an empty block of them, four bytes, to say it in. Extensions of
/// another kind than RFC 8285's stay readable.
std::size_t announce_encrypted(std::span<std::uint8_t> buffer, std::size_t length);
/// Back again; an empty block stays.
void announce_readable(std::span<std::uint8_t> packet);

/// What stays readable of a packet that says that they are encrypted, and what does not: each in two parts, in the
/// order of the arithmetic (section 6.2). In the packet, the first of the encrypted ones, the contributing sources,
/// lies between the readable ones.
struct EncryptedHeaders {
  std::array<std::span<std::uint8_t>, 2> readable, encrypted;
};
/// `plain`: the packet without its authentication tag.
EncryptedHeaders split_encrypted_headers(std::span<std::uint8_t> plain);

}  // namespace parley::srtp
