#include "sctp/heartbeat.hpp"

#include "sctp/chunks.hpp"
#include "sctp/packet.hpp"

namespace parley::sctp {
namespace {

constexpr std::uint16_t kInfo = 1;                     // Heartbeat Info parameter
constexpr std::uint64_t kMagic = 0x7061726C65792D31U;  // "parley-1"
constexpr std::uint16_t kInfoLength = 4 + 8 + 4 + 4 + 8;
constexpr std::uint16_t kLength = 4 + kInfoLength;

}  // namespace

Bytes write_heartbeat(ByteView header, const Heartbeat& heartbeat) {
  Bytes packet(header.begin(), header.begin() + kCommonHeader);
  ByteWriter writer(packet);
  writer.number(static_cast<std::uint8_t>(ChunkType::Heartbeat)).number(std::uint8_t{0}).number(kLength);
  writer.number(kInfo).number(kInfoLength).number(kMagic);
  writer.number(static_cast<std::uint32_t>(heartbeat.kind)).number(heartbeat.size).number(heartbeat.id);
  if (heartbeat.kind == Heartbeat::Kind::Probe && heartbeat.size >= packet.size() + 4) {
    const auto pad = static_cast<std::uint16_t>(heartbeat.size - packet.size());
    writer.number(static_cast<std::uint8_t>(ChunkType::Pad)).number(std::uint8_t{0}).number(pad);
    packet.resize(heartbeat.size);
  }
  write_checksum(packet);
  return packet;
}

std::optional<Heartbeat> read_heartbeat(ByteView chunk) {
  ByteReader reader(chunk);
  reader.take(4);
  const auto type = reader.number<std::uint16_t>();
  const auto length = reader.number<std::uint16_t>();
  const auto magic = reader.number<std::uint64_t>();
  const auto kind = reader.number<std::uint32_t>();
  const auto size = reader.number<std::uint32_t>();
  const auto id = reader.number<std::uint64_t>();
  if (!id || reader.remaining() > 0 || *type != kInfo || *length != kInfoLength || *magic != kMagic)
    return std::nullopt;
  return Heartbeat{.kind = static_cast<Heartbeat::Kind>(*kind), .size = *size, .id = *id};
}

}  // namespace parley::sctp
