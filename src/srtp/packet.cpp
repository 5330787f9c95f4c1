#include "srtp/packet.hpp"

namespace parley::srtp {
namespace {

constexpr std::size_t kExtensionHeader = 4;

std::optional<std::size_t> rtp_header_length(ByteView packet) {
  std::size_t length = kFixedHeader + kWord * (packet[0] & 0x0fu);
  if ((packet[0] & 0x10u) == 0) return length;
  if (packet.size() < length + kExtensionHeader) return std::nullopt;
  const std::size_t words = packet[length + 2] * std::size_t{256} + packet[length + 3];
  return length + kExtensionHeader + kWord * words;
}

}  // namespace

std::optional<std::size_t> header_length(Kind kind, ByteView packet) {
  if (packet.size() < kRtcpHeader || packet[0] >> 6 != 2) return std::nullopt;
  const auto length = kind == Kind::Rtp ? rtp_header_length(packet) : kRtcpHeader;
  return length && *length <= packet.size() ? length : std::nullopt;
}

Ssrc ssrc(Kind kind, ByteView packet) {
  return Ssrc(*ByteReader(packet.subspan(kind == Kind::Rtp ? 8 : 4)).number<std::uint32_t>());
}
std::uint16_t sequence_number(ByteView rtp) { return *ByteReader(rtp.subspan(2)).number<std::uint16_t>(); }

}  // namespace parley::srtp
