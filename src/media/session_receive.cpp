// RTP that arrives.
#include <algorithm>

#include "base/ascii.hpp"
#include "media/session.hpp"
#include "media/without_red.hpp"

namespace parley::media {
namespace {

void read_contributors(const rtp::PacketView& packet, const rtp::ExtensionMap& map, Contributors& all) {
  all.sources.clear();
  all.levels.clear();
  for (std::size_t i = 0; i < packet.csrc_count(); ++i) all.sources.push_back(packet.csrc(i).get());
  if (all.sources.empty()) return;
  const auto levels = packet.extension(map.id(rtp::ExtensionKind::ContributorLevels));
  if (!levels || levels->size() != all.sources.size()) return;
  for (const std::uint8_t level : *levels) all.levels.push_back(level & 0x7F);
}

/// What a retransmission with this number repeats; nullptr if it is none.
const Format* format_repaired(const Section& section, PayloadType payload_type) {
  const auto repairs = [&](const Format& format) { return format.retransmission == payload_type; };
  const auto found = std::ranges::find_if(section.receive_formats, repairs);
  return found == section.receive_formats.end() ? nullptr : &*found;
}

}  // namespace

void Session::receive_rtp(ByteView bytes, TimePoint now, Ecn ecn) {
  const auto parsed = rtp::PacketView::parse(bytes);
  if (!parsed) return;
  const rtp::PacketView& packet = *parsed;
  const rtp::Header& header = packet.header();
  // The MID before everything else: what other ids mean, only its section tells.
  const auto mid = packet.extension(mid_extension_);
  const auto key = router_.route(header.ssrc, mid ? as_text(*mid) : std::string_view(), header.payload_type);
  const Section* section = key ? find_section(*key) : nullptr;
  if (section == nullptr) return;
  feedback_interval_.add(bytes.size());
  const auto number = packet.extension(section->receive_extensions.id(rtp::ExtensionKind::TransportSequenceNumber));
  if (number && number->size() == 2) {
    arrivals_.arrived(static_cast<std::uint16_t>((*number)[0] << 8 | (*number)[1]), now);
    if (arrivals_.is_full()) tell_arrivals(now);
  }
  if (limit_)
    if (const auto sent = packet.extension(section->receive_extensions.id(rtp::ExtensionKind::SendTime));
        sent && sent->size() == 3)
      limit_->add(static_cast<std::uint32_t>((*sent)[0] << 16 | (*sent)[1] << 8 | (*sent)[2]), bytes.size(), now);
  if (tells_by_source_ && std::ranges::any_of(section->receive_formats, &Format::congestion_feedback) &&
      source_arrivals_.arrived(header.ssrc, header.sequence_number, now, ecn))
    tell_arrivals_by_source(now);
  if (!section->receives) return;

  const PacketNotes notes = read_notes(packet, section->receive_extensions);
  std::optional<ReceivedPacket> taken;
  Incoming* from = nullptr;
  std::list<Recovered> recovered;
  const Format* const format = section->format_received(header.payload_type);
  const Format* const repaired = format == nullptr ? format_repaired(*section, header.payload_type) : nullptr;
  if (section->receive_protecting.flexfec == header.payload_type) {
    from = take_flexfec(packet, *section, now);
    if (from != nullptr) from->marks.add(ecn);
  } else if (repaired != nullptr) {
    // RFC 4588 section 4: the original number, then the payload. Without, it is padding.
    const ByteView payload = packet.payload();
    from = repaired_by(packet, *section);
    if (from == nullptr) return;
    from->marks.add(ecn);
    if (payload.size() < 2) return from->stream.receive_padding(bytes.size(), now);
    const StreamPacket original{.sequence_number = static_cast<std::uint16_t>(payload[0] << 8 | payload[1]),
                                .timestamp = header.timestamp,
                                .marker = header.marker,
                                .payload_type = repaired->payload_type,
                                .payload = payload.subspan(2),
                                .header_bytes = bytes.size() - payload.size(),
                                .payload_bytes = payload.size()};
    from->notes.add({.sequence_number = original.sequence_number, .timestamp = header.timestamp}, notes);
    const Unwrapped unwrapped = without_red(*section, *repaired, original);
    if (!unwrapped.protection.empty()) take_ulpfec(*from, unwrapped.protection);
    taken = take(*from, *section, unwrapped.packet, ReceiveStream::Arrival::Repair, now);
    // The header was another one, so others cannot be made of it.
    if (taken && from->recovery) from->recovery->strike_out(original.sequence_number);
  } else if (format != nullptr) {
    from = &source_of(packet, *section);
    StreamPacket first{.sequence_number = header.sequence_number,
                       .timestamp = header.timestamp,
                       .marker = header.marker,
                       .payload_type = header.payload_type,
                       .payload = packet.payload(),
                       .header_bytes = bytes.size() - packet.payload().size(),
                       .payload_bytes = packet.payload().size()};
    from->marks.add(ecn);
    const auto level = packet.extension(section->receive_extensions.id(rtp::ExtensionKind::AudioLevel));
    if (level && !level->empty()) first.audio_level = (*level)[0] & 0x7F;
    from->notes.add(header, notes);
    const Unwrapped unwrapped = without_red(*section, *format, first);
    if (!unwrapped.protection.empty()) {
      take_ulpfec(*from, unwrapped.protection);
    } else {
      // FEC beside it is nobody's.
      if (!packet.payload().empty()) read_contributors(packet, section->receive_extensions, from->contributing);
      keep_for_recovery(*from, *section, bytes, unwrapped.packet);
    }
    recovered = take_repetitions(*from, *section, first, unwrapped.earlier, now);
    taken = take(*from, *section, without_tones(*from, *section, unwrapped.packet), ReceiveStream::Arrival::First, now);
  }
  if (from == nullptr) return;
  if (taken) taken->notes = &notes;
  recovered.splice(recovered.end(), recover(*from, *section, now));
  hand_over(taken, recovered);
}

/// Tones are told of; their packets fill their numbers and nothing else.
StreamPacket Session::without_tones(Incoming& incoming, const Section& section, StreamPacket packet) {
  const Format* const format = section.format_received(packet.payload_type);
  if (format == nullptr || !equal_ignoring_case(format->name, "telephone-event")) return packet;
  if (const auto reports = formats::read_telephone_events(packet.payload))
    if (const auto key = incoming.tones.hear(*reports, packet.timestamp)) handler_.on_tone(section.key, *key);
  packet.clock_rate = format->clock_rate;
  return without_payload(section, packet);
}

/// The source that a packet comes from, which may be a new one.
Session::Incoming& Session::source_of(const rtp::PacketView& packet, const Section& section) {
  const rtp::Header& header = packet.header();
  const auto found = incoming_.find(header.ssrc);
  if (found != incoming_.end() && found->second->section == section.key) return *found->second;
  if (found != incoming_.end()) incoming_.erase(found);  // the source has moved to another section
  const auto rid = packet.extension(section.receive_extensions.id(rtp::ExtensionKind::Rid));
  return add_source(header.ssrc, section, rid ? std::string(as_text(*rid)) : "");
}

Session::Incoming& Session::add_source(Ssrc source, const Section& section, std::string rid) {
  if (incoming_.size() >= kMostSources) {
    const auto oldest =
        std::ranges::min_element(incoming_, {}, [](const auto& entry) { return entry.second->last_packet; });
    incoming_.erase(oldest);
  }
  auto& made = incoming_[source];
  made = std::make_unique<Incoming>(budget_, source, section, std::move(rid));
  made->stream.set_formats(section.receive_formats);
  made->stream.set_target_delay(section.target_delay);
  return *made;
}

/// The source whose packet is sent again (RFC 4588 section 5.3): by announcement, or by rid. Of the others it is the
/// only one, or the only one that lacks the packet.
Session::Incoming* Session::repaired_by(const rtp::PacketView& packet, const Section& section) {
  const Ssrc repair = packet.header().ssrc;
  const auto of = [&](const Announced& one) { return one.retransmission == repair; };
  if (const auto announced = std::ranges::find_if(section.announced, of); announced != section.announced.end()) {
    const auto found = incoming_.find(announced->source);
    return found != incoming_.end() && found->second->section == section.key ? found->second.get() : nullptr;
  }
  const auto has_another = [&](const Incoming& one) {
    const auto announced = std::ranges::find(section.announced, one.source, &Announced::source);
    return one.retransmission || (announced != section.announced.end() && announced->retransmission);
  };
  const auto repaired = packet.extension(section.receive_extensions.id(rtp::ExtensionKind::RepairedRid));
  std::vector<Incoming*> others;
  for (const auto& [source, incoming] : incoming_) {
    if (incoming->section != section.key || incoming->said_goodbye) continue;
    if (incoming->retransmission == repair) return incoming.get();
    if (repaired && incoming->rid == as_text(*repaired)) {
      incoming->retransmission = repair;
      return incoming.get();
    }
    if (!has_another(*incoming)) others.push_back(incoming.get());
  }
  if (repaired) return nullptr;
  if (others.size() == 1) return others.front();
  const ByteView payload = packet.payload();
  if (payload.size() < 2) return nullptr;
  const auto number = static_cast<std::uint16_t>(payload[0] << 8 | payload[1]);
  std::erase_if(others, [&](const Incoming* one) { return !one->stream.awaits(number); });
  return others.size() == 1 ? others.front() : nullptr;
}

std::optional<ReceivedPacket> Session::take(Incoming& incoming, const Section& section, const StreamPacket& packet,
                                            ReceiveStream::Arrival arrival, TimePoint now) {
  if (incoming.said_goodbye) {
    // What was sent before the goodbye may come after it (RFC 3550 section 6.3.4), and is no new beginning.
    const bool is_gone = now - incoming.last_packet >= kStraggling;
    const bool straggles =
        arrival != ReceiveStream::Arrival::First || (!is_gone && !incoming.stream.is_later(packet.sequence_number));
    if (straggles && incoming.stream.is_paused()) return std::nullopt;
    if (!straggles && is_gone) incoming.stream.pause();
    if (!straggles) incoming.stream.go_on();
    incoming.said_goodbye = straggles;
  }
  incoming.last_packet = now;
  const auto info = incoming.stream.receive(packet, arrival, now);
  limit_bytes(incoming, now);
  if (!incoming.said_goodbye && incoming.stream.counters().packets > 0) note_begun(section.key);
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
                        .contributing = incoming.contributing};
}

void Session::note_begun(SectionKey section) {
  if (std::ranges::find(begun_, section) != begun_.end()) return;
  begun_.push_back(section);
  handler_.on_begun(section);
}

/// A peer may have many sources, all of whose packets wait for one that never comes.
void Session::limit_bytes(Incoming& grown, TimePoint now) {
  grown.count_bytes();
  while (budget_.used() > kMostBytes) {
    Incoming& most =
        *std::ranges::max_element(incoming_, {}, [](const auto& entry) { return entry.second->share.bytes(); })->second;
    const std::size_t before = most.share.bytes();
    most.stream.drop(now);
    if (most.recovery) most.recovery->drop();
    most.count_bytes();
    if (most.share.bytes() >= before) return;
    ask(most, now);
  }
}

/// RFC 3550 section 6.4.1: a sender report says what the peer's clock showed at an RTP timestamp. Of another rate it
/// says nothing.
std::optional<TimePoint> Session::common_time(const Incoming& incoming, std::uint32_t timestamp,
                                              std::uint32_t clock_rate) {
  if (!incoming.moment || !incoming.peer_clock) return std::nullopt;
  const Incoming::Moment& told = *incoming.moment;
  if (told.clock_rate != 0 && told.clock_rate != clock_rate) return std::nullopt;
  const std::int64_t ticks = static_cast<std::int32_t>(timestamp - told.timestamp);
  const auto since = std::chrono::nanoseconds(ticks * 1'000'000'000 / clock_rate);
  return TimePoint(rtp::since_1900(told.ntp) + since + *incoming.peer_clock);
}

/// Frames that have become complete.
void Session::collect(Incoming& incoming, TimePoint now) {
  while (auto arrived = incoming.stream.next_frame(now)) {
    const Format* format = incoming.stream.format(arrived->payload_type);
    if (format == nullptr) continue;
    const auto time = incoming.time.at(arrived->timestamp, format->clock_rate);
    incoming.clock_rate = format->clock_rate;
    NoteLog::Noted noted = incoming.notes.take(arrived->timestamp, format->clock_rate, arrived->frame.info.key_frame);
    const auto common = common_time(incoming, arrived->timestamp, format->clock_rate);
    ready_.push_back({.arrived = *std::move(arrived),
                      .section = incoming.section,
                      .kind = find_section(incoming.section)->kind,
                      .source = incoming.source,
                      .rid = incoming.rid,
                      .codec = format->name,
                      .contributing = incoming.contributing,
                      .time = time,
                      .common_time = common,
                      .notes = noted.notes,
                      .dependencies = std::move(noted.dependencies)});
  }
}

/// At the end of whatever brought them: who takes a packet or a frame may do anything with this session.
void Session::hand_over(const std::optional<ReceivedPacket>& packet, const std::list<Recovered>& recovered) {
  std::vector<ReceivedFrame> frames = std::exchange(ready_, {});
  if (packet) handler_.on_packet(*packet);
  for (const Recovered& one : recovered) handler_.on_packet(one.packet);
  for (ReceivedFrame& frame : frames) handler_.on_frame(std::move(frame));
}

void Session::request_key_frame(SectionKey section, std::string_view rid, TimePoint now) {
  for (const auto& [source, incoming] : incoming_) {
    if (incoming->section != section || incoming->said_goodbye || (!rid.empty() && incoming->rid != rid)) continue;
    incoming->stream.want_key_frame();
    ask(*incoming, now);
  }
}

}  // namespace parley::media
