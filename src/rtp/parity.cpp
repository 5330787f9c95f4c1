#include "rtp/parity.hpp"

#include <algorithm>

#include "rtp/packet.hpp"

namespace parley::rtp {

static constexpr std::uint8_t kVersion2 = 0x80;

void Parity::fold(ByteView packet) {
  flags[0] = static_cast<std::uint8_t>(flags[0] ^ (packet[0] & kFlags));
  flags[1] ^= packet[1];
  length ^= static_cast<std::uint16_t>(packet.size() - kFixedHeader);
  ByteReader reader(packet.subspan(4));
  timestamp ^= reader.number<std::uint32_t>().value_or(0);
  const ByteView rest = packet.subspan(kFixedHeader);
  for (std::size_t i = 0; i < std::min(content.size(), rest.size()); ++i) content[i] ^= rest[i];
}

std::optional<Bytes> Parity::packet(Ssrc source, std::uint16_t number) const {
  if (length > content.size()) return std::nullopt;
  Bytes packet;
  packet.reserve(kFixedHeader + length);
  ByteWriter writer(packet);
  writer.number(static_cast<std::uint8_t>(kVersion2 | (flags[0] & kFlags)));
  writer.number(flags[1]);
  writer.number(number);
  writer.number(timestamp);
  writer.number(source.get());
  writer.bytes(ByteView(content).first(length));
  return packet;
}

}  // namespace parley::rtp
