#include "formats/red.hpp"

namespace parley::formats {

std::optional<std::vector<RedBlock>> read_red(ByteView payload) {
  struct Header {
    PayloadType payload_type;
    std::uint16_t offset;
    std::size_t length;
  };
  constexpr std::size_t kMostBlocks = 32;
  std::vector<Header> headers;
  std::size_t at = 0;
  while (at < payload.size() && (payload[at] & 0x80) != 0) {
    if (at + 4 > payload.size() || headers.size() == kMostBlocks) return std::nullopt;
    const auto low = static_cast<unsigned>(payload[at + 1] << 16 | payload[at + 2] << 8 | payload[at + 3]);
    headers.push_back({PayloadType(payload[at] & 0x7F), static_cast<std::uint16_t>(low >> 10), low & 0x3FF});
    at += 4;
  }
  if (at >= payload.size()) return std::nullopt;
  const PayloadType own(payload[at++] & 0x7F);
  std::vector<RedBlock> blocks;
  blocks.reserve(headers.size() + 1);
  for (const Header& header : headers) {
    if (header.length > payload.size() - at) return std::nullopt;
    blocks.push_back({header.payload_type, header.offset, payload.subspan(at, header.length)});
    at += header.length;
  }
  blocks.push_back({own, 0, payload.subspan(at)});
  return blocks;
}

}  // namespace parley::formats
