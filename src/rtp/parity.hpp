#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"

namespace parley::rtp {

/// What RTP packets make when they are combined by exclusive or: all that FEC carries of them (RFC 5109 section 8.2).
/// Adding a packet and taking it out again are the same step.
struct Parity {
  /// Of the header's first two bytes all but the version: P, X, CC, M and the payload type.
  static constexpr std::uint8_t kFlags = 0x3F;  ///< what of the first byte that is
  std::array<std::uint8_t, 2> flags{};
  /// Of what follows the first twelve bytes.
  std::uint16_t length = 0;
  std::uint32_t timestamp = 0;
  /// What follows the first twelve bytes, with zeros behind shorter packets. Its size says how much is protected.
  Bytes content;

  /// `packet` has twelve bytes at least.
  void fold(ByteView packet);
  /// The packet that this is of, once all others have been folded out. nullopt if it is longer than what is protected.
  [[nodiscard]] std::optional<Bytes> packet(Ssrc source, std::uint16_t number) const;
  bool operator==(const Parity&) const = default;
};

}  // namespace parley::rtp
