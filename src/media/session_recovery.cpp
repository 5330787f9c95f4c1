// Packets that did not come, out of those that protect them.
#include <algorithm>

#include "media/session.hpp"
#include "media/without_red.hpp"

namespace parley::media {
namespace {

/// Sets to zero what is written when a packet leaves: FEC has been made before that.
void clear_late_values(const rtp::PacketView& view, const Section& section, Bytes& packet) {
  const auto clear = [&](rtp::ExtensionKind kind, std::size_t from) {
    const auto value = view.extension(section.receive_extensions.id(kind));
    if (!value || value->size() <= from) return;
    std::ranges::fill(
        std::span(packet).subspan(static_cast<std::size_t>(value->data() - packet.data()) + from, value->size() - from),
        std::uint8_t{0});
  };
  constexpr std::size_t kPacerTimes = 7;  // of video-timing: behind the flags and three times of the encoder
  clear(rtp::ExtensionKind::SendTime, 0);
  clear(rtp::ExtensionKind::TransportSequenceNumber, 0);
  clear(rtp::ExtensionKind::VideoTiming, kPacerTimes);
}

}  // namespace

void Session::begin_recovery(Incoming& incoming, rtp::Protection&& protection) {
  if (!incoming.recovery) incoming.recovery = std::make_unique<Recovery>(incoming.source);
  incoming.recovery->protect(std::move(protection));
}

/// FlexFEC has a source of its own and says whom it protects.
Session::Incoming* Session::take_flexfec(const rtp::PacketView& packet, const Section& section, TimePoint now) {
  auto protection = rtp::parse_flexfec(packet.payload());
  if (!protection) return nullptr;
  const auto found = incoming_.find(protection->source);
  if (found == incoming_.end() || found->second->section != section.key) return nullptr;
  Incoming& incoming = *found->second;
  incoming.protection = packet.header().ssrc;
  incoming.stream.receive_protection(packet.header_size() + packet.padding_size(), packet.payload().size(), now);
  begin_recovery(incoming, *std::move(protection));
  return &incoming;
}

/// ULPFEC protects packets of its own source, as they were before they were put into RED.
void Session::take_ulpfec(Incoming& incoming, ByteView payload) {
  auto protection = rtp::parse_ulpfec(payload);
  if (!protection) return;
  incoming.protected_in_red = true;
  begin_recovery(incoming, *std::move(protection));
}

void Session::keep_for_recovery(Incoming& incoming, const Section& section, ByteView bytes,
                                const StreamPacket& packet) {
  if (!incoming.recovery) return;
  Bytes whole(bytes.begin(), bytes.end());
  const auto view = rtp::PacketView::parse(whole);
  clear_late_values(*view, section, whole);
  const std::size_t in_front = view->payload().size() - packet.payload.size();
  if (incoming.protected_in_red && packet.payload_type != view->header().payload_type && !packet.payload.empty()) {
    whole[1] = static_cast<std::uint8_t>((whole[1] & 0x80) | packet.payload_type.get());
    const auto at = whole.begin() + static_cast<std::ptrdiff_t>(view->header_size());
    whole.erase(at, at + static_cast<std::ptrdiff_t>(in_front));
  }
  incoming.recovery->keep(packet.sequence_number, whole);
}

/// Frames that a packet of RED repeats, if they have not come by themselves. They say by how much they are earlier, but
/// not what the numbers of their packets were: who repeats frames repeats the last ones.
std::list<Session::Recovered> Session::take_repetitions(Incoming& incoming, const Section& section,
                                                        const StreamPacket& carrier,
                                                        std::span<const formats::RedBlock> earlier, TimePoint now) {
  std::list<Recovered> all;
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    const formats::RedBlock& block = earlier[i];
    if (block.data.empty()) continue;
    const StreamPacket packet{
        .sequence_number = static_cast<std::uint16_t>(carrier.sequence_number - (earlier.size() - i)),
        .timestamp = carrier.timestamp - block.timestamp_offset,
        .payload_type = PayloadType(block.payload_type),
        .payload = block.data};
    if (!incoming.stream.receive_repetition(packet.sequence_number, packet.timestamp, block.data.size())) continue;
    const auto taken = take(incoming, section, packet, ReceiveStream::Arrival::Recovered, now);
    if (!taken) continue;
    Recovered& one = all.emplace_back();
    one.rid = incoming.rid;
    one.codec = taken->codec;
    one.packet = *taken;
    one.packet.rid = one.rid;
    one.packet.codec = one.codec;
  }
  return all;
}

/// Each is received as if it had come.
std::list<Session::Recovered> Session::recover(Incoming& incoming, const Section& section, TimePoint now) {
  std::list<Recovered> all;
  if (!incoming.recovery) return all;
  while (auto bytes = incoming.recovery->next()) {
    const auto view = rtp::PacketView::parse(*bytes);
    const Format* const format = view ? section.format_received(view->header().payload_type) : nullptr;
    if (format == nullptr) continue;
    const rtp::Header& header = view->header();
    const PacketNotes notes = read_notes(*view, section.receive_extensions);
    incoming.notes.add(header, notes);
    const StreamPacket packet = without_red(section, *format,
                                            {.sequence_number = header.sequence_number,
                                             .timestamp = header.timestamp,
                                             .marker = header.marker,
                                             .payload_type = header.payload_type,
                                             .payload = view->payload()})
                                    .packet;
    const auto taken = take(incoming, section, packet, ReceiveStream::Arrival::Recovered, now);
    if (!taken) continue;
    Recovered& one = all.emplace_back();
    one.bytes = std::move(*bytes);  // views of them stay
    one.rid = incoming.rid;
    one.codec = taken->codec;
    one.notes = notes;
    one.packet = *taken;
    one.packet.notes = &one.notes;
    one.packet.rid = one.rid;
    one.packet.codec = one.codec;
  }
  incoming.stream.set_useless_protection(incoming.recovery->useless());
  return all;
}

}  // namespace parley::media
