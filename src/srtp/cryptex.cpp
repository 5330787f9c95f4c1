#include "srtp/cryptex.hpp"

#include <algorithm>

#include "srtp/packet.hpp"

namespace parley::srtp {
namespace {

constexpr std::uint8_t kHasExtensions = 0x10;
/// RFC 8285 section 4: what announces extensions with headers of one byte and of two; and their counterparts.
constexpr std::uint16_t kOneByte = 0xbede, kTwoBytes = 0x1000;
constexpr std::uint16_t kEncryptedOneByte = 0xc0de, kEncryptedTwoBytes = 0xc2de;

std::size_t sources_size(ByteView packet) { return kWord * (packet[0] & 0x0fu); }
/// Where the block of extensions is, or would be.
std::size_t block(ByteView packet) { return kFixedHeader + sources_size(packet); }

bool has_extensions(ByteView packet) { return (packet[0] & kHasExtensions) != 0; }

/// What announces the extensions; 0 if there are none.
std::uint16_t announcement(ByteView packet) {
  const std::size_t at = block(packet);
  if (!has_extensions(packet) || packet.size() < at + 2) return 0;
  return static_cast<std::uint16_t>(packet[at] << 8 | packet[at + 1]);
}

void announce(std::span<std::uint8_t> packet, std::uint16_t value) {
  const std::size_t at = block(packet);
  packet[at] = static_cast<std::uint8_t>(value >> 8);
  packet[at + 1] = static_cast<std::uint8_t>(value);
}

}  // namespace

bool has_encrypted_headers(ByteView packet) {
  const std::uint16_t said = announcement(packet);
  return said == kEncryptedOneByte || said == kEncryptedTwoBytes;
}

bool has_readable_headers(ByteView packet) {
  return (has_extensions(packet) || sources_size(packet) > 0) && !has_encrypted_headers(packet);
}

std::size_t announce_encrypted(std::span<std::uint8_t> buffer, std::size_t length) {
  const auto packet = buffer.first(length);
  const std::uint16_t said = announcement(packet);
  if (said == kOneByte) {
    announce(packet, kEncryptedOneByte);
  } else if (said == kTwoBytes) {
    announce(packet, kEncryptedTwoBytes);
  } else if (!has_extensions(packet) && sources_size(packet) > 0) {
    const auto behind = packet.subspan(block(packet));
    std::ranges::copy_backward(behind, buffer.begin() + static_cast<std::ptrdiff_t>(length + kWord));
    std::ranges::fill(buffer.subspan(block(packet), kWord), std::uint8_t{0});
    buffer[0] |= kHasExtensions;
    announce(buffer, kEncryptedOneByte);
    return length + kWord;
  }
  return length;
}

void announce_readable(std::span<std::uint8_t> packet) {
  announce(packet, announcement(packet) == kEncryptedOneByte ? kOneByte : kTwoBytes);
}

EncryptedHeaders split_encrypted_headers(std::span<std::uint8_t> plain) {
  const std::size_t at = block(plain);
  return {.readable = {plain.first(kFixedHeader), plain.subspan(at, kWord)},
          .encrypted = {plain.subspan(kFixedHeader, at - kFixedHeader), plain.subspan(at + kWord)}};
}

}  // namespace parley::srtp
