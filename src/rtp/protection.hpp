#pragma once

#include <bitset>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/rtp_numbers.hpp"
#include "rtp/parity.hpp"

/// Forward error correction by parity: packets that protect others of one source, so that of a few that belong together
/// any one may be lost.
namespace parley::rtp {

/// What one packet of FEC says.
struct Protection {
  /// The most packets that one protects.
  static constexpr std::size_t kMost = 109;

  /// Whose packets; ULPFEC does not say, it protects those of its own source.
  Ssrc source{};
  /// Which: bit i is for the number base + i.
  std::uint16_t base = 0;
  std::bitset<kMost> mask{};
  Parity parity{};

  [[nodiscard]] bool protects(std::uint16_t number) const {
    const auto offset = static_cast<std::uint16_t>(number - base);
    return offset < kMost && mask[offset];
  }
  bool operator==(const Protection&) const = default;
};

/// ULPFEC, RFC 5109: of several levels the first one, which is all that WebRTC has. DataError for what is not one, or
/// protects nothing. Written are the first 48 packets of the mask.
Result<Protection> parse_ulpfec(ByteView payload);
void write_ulpfec(const Protection& protection, Bytes& out);
/// What write_ulpfec() puts in front of the content, at most.
inline constexpr std::size_t kUlpfecHeader = 18;

/// FlexFEC as draft-ietf-payload-flexible-fec-scheme-03 has it ("flexfec-03"), with masks, for one source.
Result<Protection> parse_flexfec(ByteView payload);
void write_flexfec(const Protection& protection, Bytes& out);
inline constexpr std::size_t kFlexfecHeader = 32;

}  // namespace parley::rtp
