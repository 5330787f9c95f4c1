// RTP packets: whatever is read can be written again.
#include <cstdlib>

#include "rtp/packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const ByteView bytes(data, size);
  const auto packet = rtp::PacketView::parse(bytes);
  if (!packet) return 0;
  for (std::size_t i = 0; i < packet->csrc_count(); ++i) (void)packet->csrc(i);
  std::vector<rtp::Extension> extensions;
  for (unsigned id = 1; id <= 255; ++id)
    if (const auto value = packet->extension(static_cast<std::uint8_t>(id)))
      extensions.push_back({static_cast<std::uint8_t>(id), *value});
  Bytes written(rtp::header_size(extensions));
  if (written.size() > 65535) return 0;
  rtp::write_header(packet->header(), extensions, written);
  written.insert(written.end(), packet->payload().begin(), packet->payload().end());
  const auto again = rtp::PacketView::parse(written);
  if (!again || again->payload().size() != packet->payload().size()) std::abort();
  for (const rtp::Extension& extension : extensions) {
    const auto value = again->extension(extension.id);
    if (!value || !std::equal(value->begin(), value->end(), extension.value.begin(), extension.value.end()))
      std::abort();
  }
  return 0;
}
