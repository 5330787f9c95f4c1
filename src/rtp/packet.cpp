#include "rtp/packet.hpp"

#include <algorithm>

namespace parley::rtp {
namespace {

constexpr std::uint16_t kOneByte = 0xBEDE;
constexpr std::uint16_t kTwoByte = 0x1000;  // the last four bits are the application's

std::uint32_t number32(ByteView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

std::uint16_t number16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

/// The next element of a block of extensions, RFC 8285 sections 4.2 and 4.3. nullopt at the end, and where it is
/// broken: what came before counts.
std::optional<Extension> take_extension(ByteView& rest, bool two_byte) {
  while (!rest.empty() && rest[0] == 0) rest = rest.subspan(1);
  if (rest.empty()) return std::nullopt;
  std::size_t head = 1, length = 0;
  std::uint8_t id = 0;
  if (two_byte) {
    if (rest.size() < 2) return std::nullopt;
    head = 2;
    id = rest[0];
    length = rest[1];
  } else {
    id = rest[0] >> 4;
    length = (rest[0] & 0x0FU) + 1U;
    if (id == 0 || id == 15) return std::nullopt;  // reserved: they end the block
  }
  if (rest.size() < head + length) return std::nullopt;
  const Extension extension{id, rest.subspan(head, length)};
  rest = rest.subspan(head + length);
  return extension;
}

bool needs_two_bytes(std::span<const Extension> extensions) {
  return std::ranges::any_of(extensions, [](const Extension& extension) {
    return extension.id > 14 || extension.value.empty() || extension.value.size() > 16;
  });
}

}  // namespace

Result<PacketView> PacketView::parse(ByteView packet) {
  if (packet.size() < kFixedHeader || packet[0] >> 6 != 2) return fail(ErrorKind::DataError, "not an RTP packet");
  PacketView view;
  view.header_ = {.payload_type = PayloadType(packet[1] & 0x7F),
                  .marker = (packet[1] & 0x80) != 0,
                  .sequence_number = number16(packet, 2),
                  .timestamp = number32(packet, 4),
                  .ssrc = Ssrc(number32(packet, 8))};
  std::size_t at = kFixedHeader;
  const std::size_t csrcs = (packet[0] & std::size_t{0x0F}) * 4;
  if (packet.size() < at + csrcs) return fail(ErrorKind::DataError, "the CSRC list is cut off");
  view.csrcs_ = packet.subspan(at, csrcs);
  at += csrcs;
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < at + 4) return fail(ErrorKind::DataError, "the header extension is cut off");
    const std::uint16_t profile = number16(packet, at);
    const std::size_t length = std::size_t{number16(packet, at + 2)} * 4;
    at += 4;
    if (packet.size() < at + length) return fail(ErrorKind::DataError, "the header extension is cut off");
    view.two_byte_ = (profile & 0xFFF0) == kTwoByte;
    if (profile == kOneByte || view.two_byte_) view.extensions_ = packet.subspan(at, length);
    at += length;
  }
  if ((packet[0] & 0x20) != 0) {
    view.padding_ = packet.back();
    if (view.padding_ == 0 || packet.size() < at + view.padding_)
      return fail(ErrorKind::DataError, "impossible padding");
  }
  view.header_size_ = at;
  view.payload_ = packet.subspan(at, packet.size() - at - view.padding_);
  return view;
}

Ssrc PacketView::csrc(std::size_t index) const { return Ssrc(number32(csrcs_, index * 4)); }

std::optional<ByteView> PacketView::find_extension(std::uint8_t id) const {
  ByteView rest = extensions_;
  while (const auto extension = take_extension(rest, two_byte_))
    if (extension->id == id) return extension->value;
  return std::nullopt;
}

std::size_t header_size(std::span<const Extension> extensions, Csrcs csrcs) {
  const std::size_t before = kFixedHeader + csrcs.size() * 4;
  if (extensions.empty()) return before;
  std::size_t size = 0;
  for (const Extension& extension : extensions) size += extension.value.size();
  size += extensions.size() * (needs_two_bytes(extensions) ? 2U : 1U);
  return before + 4 + (size + 3) / 4 * 4;
}

void write_header(const Header& header, std::span<const Extension> extensions, std::span<std::uint8_t> out,
                  Csrcs csrcs) {
  std::size_t at = 0;
  const auto put = [&](std::uint64_t value, unsigned bytes) {
    for (unsigned left = bytes; left > 0; --left) out[at++] = static_cast<std::uint8_t>(value >> (left - 1) * 8);
  };
  put((extensions.empty() ? 0x80U : 0x90U) | csrcs.size(), 1);
  put((header.marker ? 0x80U : 0U) | header.payload_type.get(), 1);
  put(header.sequence_number, 2);
  put(header.timestamp, 4);
  put(header.ssrc.get(), 4);
  for (const std::uint32_t csrc : csrcs) put(csrc, 4);
  if (extensions.empty()) return;
  const bool two_byte = needs_two_bytes(extensions);
  const std::size_t end = header_size(extensions, csrcs);
  put(two_byte ? kTwoByte : kOneByte, 2);
  put((end - at - 2) / 4, 2);
  for (const Extension& extension : extensions) {
    if (two_byte) {
      put(extension.id, 1);
      put(extension.value.size(), 1);
    } else {
      put(static_cast<unsigned>(extension.id) << 4 | (extension.value.size() - 1), 1);
    }
    copy_bytes(extension.value, out.subspan(at));
    at += extension.value.size();
  }
  while (at < end) put(0, 1);
}

std::size_t value_offset(std::span<const Extension> extensions, std::uint8_t id, Csrcs csrcs) {
  const std::size_t before = needs_two_bytes(extensions) ? 2 : 1;
  std::size_t at = kFixedHeader + csrcs.size() * 4 + 4;
  for (const Extension& extension : extensions) {
    at += before;
    if (extension.id == id) return at;
    at += extension.value.size();
  }
  return 0;
}

}  // namespace parley::rtp
