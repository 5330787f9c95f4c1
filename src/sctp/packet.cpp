#include "sctp/packet.hpp"

#include <algorithm>

#include "sctp/chunks.hpp"
#include "sctp/crc32c.hpp"

namespace parley::sctp {
namespace {

constexpr std::size_t kMaxPacket = 65535;

/// RFC 9260 section 3.2 and the extensions. `least`: bytes the fixed part of the chunk has.
struct ChunkRule {
  std::uint8_t type;
  std::uint16_t least;
  bool allowed;
};
constexpr ChunkRule kRules[] = {
    {0x00, 17, true},   // DATA, with at least one byte
    {0x01, 20, true},   // INIT
    {0x02, 20, true},   // INIT ACK
    {0x03, 16, true},   // SACK
    {0x04, 8, true},    // HEARTBEAT
    {0x05, 8, true},    // HEARTBEAT ACK
    {0x06, 4, true},    // ABORT
    {0x07, 8, true},    // SHUTDOWN
    {0x08, 4, true},    // SHUTDOWN ACK
    {0x09, 4, true},    // ERROR
    {0x0A, 4, true},    // COOKIE ECHO
    {0x0B, 4, true},    // COOKIE ACK
    {0x0C, 8, false},   // ECNE: we do not offer ECN
    {0x0D, 8, false},   // CWR
    {0x0E, 4, true},    // SHUTDOWN COMPLETE
    {0x0F, 8, false},   // AUTH (RFC 4895)
    {0x40, 21, true},   // I-DATA (RFC 8260)
    {0x80, 8, false},   // ASCONF ACK (RFC 5061)
    {0x81, 16, false},  // packet drop
    {0x82, 8, true},    // RE-CONFIG (RFC 6525)
    {0xC0, 8, true},    // FORWARD TSN (RFC 3758)
    {0xC1, 8, false},   // ASCONF
    {0xC2, 8, true},    // I-FORWARD-TSN (RFC 8260)
};

std::size_t padded(std::size_t length) { return (length + 3) & ~std::size_t{3}; }
std::uint16_t number_at(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

/// Parameters that fill their space exactly (RFC 9260 section 3.2.1; the padding of the last one may be missing), with
/// addresses as long as addresses are.
bool parameters_fit(ByteView rest) {
  while (!rest.empty()) {
    if (rest.size() < 4) return false;
    const std::uint16_t type = number_at(rest, 0);
    const std::size_t length = number_at(rest, 2);
    if (length < 4 || length > rest.size()) return false;
    if (type == 5 && length != 8) return false;   // IPv4 address
    if (type == 6 && length != 20) return false;  // IPv6 address
    rest = rest.subspan(std::min(padded(length), rest.size()));
  }
  return true;
}

bool chunk_fits(ByteView chunk) {
  const auto* rule =
      std::find_if(std::begin(kRules), std::end(kRules), [&](const ChunkRule& r) { return r.type == chunk[0]; });
  if (rule == std::end(kRules)) return true;
  if (!rule->allowed || chunk.size() < rule->least) return false;
  const bool init = rule->type == 0x01 || rule->type == 0x02;
  return !init || parameters_fit(chunk.subspan(rule->least));
}

}  // namespace

bool acceptable(ByteView packet) {
  if (packet.size() < kCommonHeader + 4 || packet.size() > kMaxPacket) return false;
  ByteView rest = packet.subspan(kCommonHeader);
  while (!rest.empty()) {
    if (rest.size() < 4) return false;
    const std::size_t length = number_at(rest, 2);
    if (length < 4 || length > rest.size() || !chunk_fits(rest.first(length))) return false;
    rest = rest.subspan(std::min(padded(length), rest.size()));
  }
  return true;
}

void write_checksum(std::span<std::uint8_t> packet) {
  if (packet.size() < kCommonHeader) return;
  std::fill_n(packet.begin() + 8, 4, std::uint8_t{0});
  const std::uint32_t crc = crc32c(packet);
  for (unsigned i = 0; i < 4; ++i) packet[8 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
}

}  // namespace parley::sctp
