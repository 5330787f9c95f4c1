// RTP that arrives.
#include <algorithm>

#include "formats/red.hpp"
#include "media/session.hpp"

namespace parley::media {

/// A packet that fills its number among those of the section's media, and nothing else.
static StreamPacket without_payload(const Section& section, StreamPacket packet) {
  const auto media = std::ranges::find_if(section.receive_formats, &Format::is_media);
  packet.payload = {};
  packet.payload_type =
      (media == section.receive_formats.end() ? section.receive_formats.begin() : media)->payload_type;
  return packet;
}

/// What is in a packet of RED. Browsers wrap video in it where ULPFEC was negotiated; packets of that fill their
/// numbers and nothing else.
static StreamPacket without_red(const Section& section, StreamPacket packet) {
  const auto format = [&](PayloadType number) {
    return std::ranges::find(section.receive_formats, number, &Format::payload_type);
  };
  const auto outer = format(packet.payload_type);
  if (outer == section.receive_formats.end() || !formats::equals_ignoring_case(outer->name, "red")) return packet;
  const auto blocks = formats::read_red(packet.payload);
  const auto inner = blocks ? format(PayloadType(blocks->back().payload_type)) : section.receive_formats.end();
  packet.protects = blocks && inner == section.receive_formats.end();
  if (inner == section.receive_formats.end()) return without_payload(section, packet);
  packet.payload = blocks->back().data;
  packet.payload_type = inner->payload_type;
  return packet;
}

void Session::receive_rtp(ByteView bytes, TimePoint now) {
  const auto parsed = rtp::PacketView::parse(bytes);
  if (!parsed) return;
  const rtp::PacketView& packet = *parsed;
  const rtp::Header& header = packet.header();
  // The MID before everything else: what other ids mean, only its section tells.
  const auto mid = packet.extension(mid_extension_);
  const auto key = router_.route(header.ssrc, mid ? as_text(*mid) : std::string_view(), header.payload_type);
  const Section* section = key ? find_section(*key) : nullptr;
  if (section == nullptr) return;
  const auto number = packet.extension(section->receive_extensions.id(rtp::ExtensionKind::TransportSequenceNumber));
  if (number && number->size() == 2)
    arrivals_.arrived(static_cast<std::uint16_t>((*number)[0] << 8 | (*number)[1]), now);
  if (std::ranges::any_of(section->receive_formats, &Format::congestion_feedback))
    source_arrivals_.arrived(header.ssrc, header.sequence_number, now);
  if (!section->receives) return;

  const FrameNotes notes = read_notes(packet, section->receive_extensions);
  const ByteView descriptor =
      packet.extension(section->receive_extensions.id(rtp::ExtensionKind::DependencyDescriptor)).value_or(ByteView());
  std::optional<ReceivedPacket> taken;
  const auto repaired = std::ranges::find_if(
      section->receive_formats, [&](const Format& format) { return format.retransmission == header.payload_type; });
  if (repaired != section->receive_formats.end()) {
    // RFC 4588 section 4: the original number, then the payload. Without, it is padding.
    const ByteView payload = packet.payload();
    Incoming* incoming = repaired_by(packet, *section);
    if (incoming == nullptr) return;
    if (payload.size() < 2) return incoming->stream.receive_padding(bytes.size(), now);
    const StreamPacket original{.sequence_number = static_cast<std::uint16_t>(payload[0] << 8 | payload[1]),
                                .timestamp = header.timestamp,
                                .marker = header.marker,
                                .payload_type = repaired->payload_type,
                                .payload = payload.subspan(2),
                                .header_bytes = bytes.size() - payload.size(),
                                .payload_bytes = payload.size()};
    incoming->notes.add({.sequence_number = original.sequence_number, .timestamp = header.timestamp}, notes,
                        descriptor);
    taken = take(*incoming, *section, without_red(*section, original), ReceiveStream::Arrival::Repair, now);
  } else if (Incoming* incoming = source_of(packet, *section)) {
    StreamPacket first{.sequence_number = header.sequence_number,
                       .timestamp = header.timestamp,
                       .marker = header.marker,
                       .payload_type = header.payload_type,
                       .payload = packet.payload(),
                       .header_bytes = bytes.size() - packet.payload().size(),
                       .payload_bytes = packet.payload().size()};
    incoming->contributing.clear();
    for (std::size_t i = 0; i < packet.csrc_count(); ++i) incoming->contributing.push_back(packet.csrc(i).get());
    const auto level = packet.extension(section->receive_extensions.id(rtp::ExtensionKind::AudioLevel));
    if (level && !level->empty()) first.audio_level = (*level)[0] & 0x7F;
    incoming->notes.add(header, notes, descriptor);
    taken = take(*incoming, *section, without_tones(*incoming, *section, without_red(*section, first)),
                 ReceiveStream::Arrival::First, now);
  }
  if (taken) taken->notes = notes;
  hand_over(taken);
}

/// Tones are told of; their packets fill their numbers and nothing else.
StreamPacket Session::without_tones(Incoming& incoming, const Section& section, StreamPacket packet) {
  const auto format = std::ranges::find(section.receive_formats, packet.payload_type, &Format::payload_type);
  if (format == section.receive_formats.end() || !formats::equals_ignoring_case(format->name, "telephone-event"))
    return packet;
  if (const auto reports = formats::read_telephone_events(packet.payload))
    if (const auto key = incoming.tones.hear(*reports, packet.timestamp)) handler_.on_tone(section.key, *key);
  return without_payload(section, packet);
}

/// The source that a packet comes from, which may be a new one.
Session::Incoming* Session::source_of(const rtp::PacketView& packet, const Section& section) {
  const rtp::Header& header = packet.header();
  if (std::ranges::find(section.receive_formats, header.payload_type, &Format::payload_type) ==
      section.receive_formats.end())
    return nullptr;
  const auto found = incoming_.find(header.ssrc);
  if (found != incoming_.end() && found->second->section == section.key) return found->second.get();
  if (found != incoming_.end()) incoming_.erase(found);  // the source has moved to another section
  const auto rid = packet.extension(section.receive_extensions.id(rtp::ExtensionKind::Rid));
  return &add_source(header.ssrc, section, rid ? std::string(as_text(*rid)) : "");
}

Session::Incoming& Session::add_source(Ssrc source, const Section& section, std::string rid) {
  if (incoming_.size() >= kMostSources) {
    const auto oldest =
        std::ranges::min_element(incoming_, {}, [](const auto& entry) { return entry.second->last_packet; });
    incoming_.erase(oldest);
  }
  auto& made = incoming_[source];
  made = std::make_unique<Incoming>(source, section.key, section.kind, std::move(rid));
  made->stream.set_formats(section.receive_formats);
  return *made;
}

/// The source whose packet is sent again: by announcement, by rid, or because there is no other.
Session::Incoming* Session::repaired_by(const rtp::PacketView& packet, const Section& section) {
  const auto announced = std::ranges::find(section.announced, packet.header().ssrc,
                                           [](const Announced& one) { return one.retransmission.value_or(Ssrc(0)); });
  if (announced != section.announced.end()) {
    const auto found = incoming_.find(announced->source);
    if (found != incoming_.end()) return found->second.get();
  }
  const auto repaired = packet.extension(section.receive_extensions.id(rtp::ExtensionKind::RepairedRid));
  Incoming* only = nullptr;
  std::size_t others = 0;
  for (const auto& [source, incoming] : incoming_) {
    if (incoming->section != section.key || incoming->said_goodbye) continue;
    if (incoming->retransmission == packet.header().ssrc) return incoming.get();
    if (repaired && incoming->rid == as_text(*repaired)) {
      incoming->retransmission = packet.header().ssrc;
      return incoming.get();
    }
    only = incoming.get();
    ++others;
  }
  return repaired || others != 1 ? nullptr : only;
}

std::optional<ReceivedPacket> Session::take(Incoming& incoming, const Section& section, const StreamPacket& packet,
                                            ReceiveStream::Arrival arrival, TimePoint now) {
  incoming.last_packet = now;
  const auto flows = [](const Incoming& one) { return one.stream.counters().packets > 0 && !one.said_goodbye; };
  const bool begins = !flows(incoming) && std::ranges::none_of(incoming_, [&](const auto& entry) {
    return entry.second->section == section.key && flows(*entry.second);
  });
  incoming.said_goodbye = false;
  const auto info = incoming.stream.receive(packet, arrival, now);
  if (begins && incoming.stream.counters().packets > 0) handler_.on_begun(section.key);
  collect(incoming, now);
  ask(incoming, now);
  const Format* format = info ? incoming.stream.format(packet.payload_type) : nullptr;
  if (format == nullptr) return std::nullopt;
  return ReceivedPacket{.packet = packet,
                        .info = *info,
                        .section = section.key,
                        .source = incoming.source,
                        .rid = incoming.rid,
                        .codec = format->name,
                        .notes = {}};
}

/// Frames that have become complete.
void Session::collect(Incoming& incoming, TimePoint now) {
  while (auto arrived = incoming.stream.next_frame(now)) {
    const Format* format = incoming.stream.format(arrived->payload_type);
    if (format == nullptr) continue;
    const std::int64_t ticks = incoming.timestamps.unwrap(arrived->timestamp);
    if (!incoming.first_timestamp) incoming.first_timestamp = ticks;
    const std::int64_t since = ticks - *incoming.first_timestamp;
    const auto rate = static_cast<std::int64_t>(format->clock_rate);
    const std::int64_t micros = since / rate * 1'000'000 + (since % rate * 1'000'000 + rate / 2) / rate;
    NoteLog::Noted noted = incoming.notes.take(arrived->timestamp, format->clock_rate, arrived->frame.info.key_frame);
    ready_.push_back({.arrived = *std::move(arrived),
                      .section = incoming.section,
                      .kind = find_section(incoming.section)->kind,
                      .source = incoming.source,
                      .rid = incoming.rid,
                      .codec = format->name,
                      .contributing = incoming.contributing,
                      .time = std::chrono::microseconds(micros),
                      .notes = noted.notes,
                      .dependencies = std::move(noted.dependencies)});
  }
}

/// At the end of whatever brought them: who takes a packet or a frame may do anything with this session.
void Session::hand_over(const std::optional<ReceivedPacket>& packet) {
  std::vector<ReceivedFrame> frames = std::exchange(ready_, {});
  if (packet) handler_.on_packet(*packet);
  for (ReceivedFrame& frame : frames) handler_.on_frame(std::move(frame));
}

void Session::request_key_frame(SectionKey section, TimePoint now) {
  for (const auto& [source, incoming] : incoming_) {
    if (incoming->section != section || incoming->said_goodbye) continue;
    incoming->stream.want_key_frame();
    ask(*incoming, now);
  }
}

}  // namespace parley::media
