#include "media/without_red.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"

namespace parley::media {

StreamPacket without_payload(const Section& section, StreamPacket packet) {
  const auto media = std::ranges::find_if(section.receive_formats, &Format::is_media);
  packet.payload = {};
  packet.payload_type =
      (media == section.receive_formats.end() ? section.receive_formats.begin() : media)->payload_type;
  return packet;
}

Unwrapped without_red(const Section& section, const Format& format, const StreamPacket& packet) {
  if (!equal_ignoring_case(format.name, "red")) return {packet};
  auto blocks = formats::read_red(packet.payload);
  const Format* const inner = blocks ? section.format_received(PayloadType(blocks->back().payload_type)) : nullptr;
  Unwrapped unwrapped{packet};
  if (inner == nullptr) {
    unwrapped.packet.protects = blocks.has_value();
    unwrapped.packet = without_payload(section, unwrapped.packet);
    if (blocks && section.receive_protecting.ulpfec == PayloadType(blocks->back().payload_type))
      unwrapped.protection = blocks->back().data;
    return unwrapped;
  }
  unwrapped.packet.payload = blocks->back().data;
  unwrapped.packet.payload_type = inner->payload_type;
  if (section.kind == Kind::Audio && blocks->size() > 1) {
    blocks->pop_back();
    unwrapped.earlier = *std::move(blocks);
  }
  return unwrapped;
}

}  // namespace parley::media
