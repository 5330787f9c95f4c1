// RTCP that arrives.
#include <algorithm>

#include "media/session.hpp"
#include "rtp/congestion_feedback.hpp"
#include "rtp/feedback.hpp"
#include "rtp/transport_feedback.hpp"

namespace parley::media {
namespace {

/// What a peer counts in 32 bits, which wrap around, as one number.
std::uint64_t continued(std::uint64_t before, std::uint32_t told) {
  const auto more = static_cast<std::int32_t>(told - static_cast<std::uint32_t>(before));
  return more < 0 ? told : before + static_cast<std::uint32_t>(more);  // it has begun anew
}

/// Whether a report was made before the other one, and overtaken. Further back the peer's clock has been set.
bool is_overtaken(rtp::NtpTime report, rtp::NtpTime other) {
  constexpr std::uint64_t kLongest = std::uint64_t{10} << 32;
  return report != other && other.value - report.value < kLongest;
}

}  // namespace

void Session::receive_rtcp(ByteView datagram, TimePoint now) {
  using rtp::RtcpType;
  rtp::RtcpReader reader(datagram);
  repeats_left_ = kMostRepeats;
  told_left_ = kMostTold;
  std::size_t left = kMostFeedback;
  for (auto packet = reader.next(); packet && left > 0; packet = reader.next(), --left) {
    switch (static_cast<RtcpType>(packet->type)) {
      case RtcpType::SenderReport:
        if (const auto told = rtp::parse_sender_report(*packet)) take_sender_report(*told, now);
        break;
      case RtcpType::SourceDescription:
        take_names(*packet);
        break;
      case RtcpType::ReceiverReport:
        if (const auto told = rtp::parse_receiver_report(*packet))
          for (const rtp::ReportBlock& block : told->blocks) take_report(block, now);
        break;
      case RtcpType::Goodbye:
        for (const Ssrc source : rtp::parse_goodbye(*packet)) take_goodbye(source, now);
        break;
      case RtcpType::TransportFeedback:
      case RtcpType::PayloadFeedback:
        take_feedback(*packet, now);
        break;
      case RtcpType::ExtendedReport:
        take_extended_report(*packet, now);
        break;
      default:
        break;  // what is not known is not needed
    }
  }
  if (std::exchange(clocks_changed_, false)) align_clocks();
  send_paced(now);
  tell_rate(now);
}

SendStream* Session::stream_of(Ssrc source, Outgoing** owner) {
  for (Outgoing& outgoing : outgoing_)
    for (const auto& stream : outgoing.streams)
      if (stream->encoding().source == source) {
        if (owner != nullptr) *owner = &outgoing;
        return stream.get();
      }
  return nullptr;
}

void Session::take_sender_report(const rtp::SenderReport& report, TimePoint now) {
  for (const rtp::ReportBlock& block : report.blocks) take_report(block, now);
  const auto found = incoming_.find(report.sender);
  if (found == incoming_.end()) return;
  Incoming& incoming = *found->second;
  // RFC 3550 section 6.4.1: who has no clock says zero.
  const bool had_clock = incoming.told && incoming.told->ntp.value != 0;
  if (had_clock && is_overtaken(report.ntp, incoming.told->ntp)) return;
  const PeerSender before = incoming.told.value_or(PeerSender());
  incoming.told = {report.ntp,
                   report.timestamp,
                   continued(before.packets, report.packets),
                   continued(before.octets, report.octets),
                   before.reports + 1,
                   now};
  incoming.round_trips.last.reset();  // unless what follows in the same datagram tells of one
  if (report.ntp.value == 0) return;
  incoming.peer_clock = incoming.reports.update(rtp::since_1900(report.ntp), now);
  if (!incoming.moment || !incoming.reports.doubts())
    incoming.moment = {.ntp = report.ntp, .timestamp = report.timestamp, .clock_rate = incoming.clock_rate};
  clocks_changed_ = true;
}

/// RFC 3550 section 6.5.1: sources with one CNAME have one clock.
void Session::take_names(const rtp::RtcpPacket& packet) {
  for (const rtp::CanonicalName& one : rtp::parse_source_description(packet)) {
    const auto found = incoming_.find(one.source);
    if (found == incoming_.end() || found->second->cname == one.name) continue;
    found->second->cname = one.name;
    clocks_changed_ = true;
  }
}

/// Of what the sources of one clock tell of it the fastest report counts.
void Session::align_clocks() {
  std::map<std::string_view, Duration> clocks;
  for (const auto& [source, incoming] : incoming_) {
    if (!incoming->peer_clock || incoming->cname.empty()) continue;
    const auto [known, is_new] = clocks.try_emplace(incoming->cname, *incoming->peer_clock);
    if (!is_new) known->second = std::min(known->second, *incoming->peer_clock);
  }
  for (const auto& [source, incoming] : incoming_)
    if (incoming->peer_clock && !incoming->cname.empty()) incoming->peer_clock = clocks[incoming->cname];
}

void Session::take_report(const rtp::ReportBlock& block, TimePoint now) {
  Outgoing* owner = nullptr;
  SendStream* stream = stream_of(block.source, &owner);
  if (stream == nullptr) return;
  const double fraction_lost = block.fraction_lost / 256.0;
  stream->set_known();
  stream->counters().remote = SendStream::Remote{.fraction_lost = fraction_lost,
                                                 .packets_lost = block.cumulative_lost,
                                                 .jitter = block.jitter,
                                                 .extended_highest = block.extended_highest,
                                                 .arrival = now};
  if (const auto measured = round_trip_since(block.last_report, block.delay_since_last_report, now)) {
    stream->counters().round_trips.add(*measured);
    note_round_trip(*measured, now);
  }
  stream->note_loss(fraction_lost, round_trip_);
  tell_loss(*owner, fraction_lost, now);
  // What it tells of may be the path before, whose packets are nobody's loss now.
  constexpr Duration kReportInterval = 1s;
  if (paced_ || (path_changed_ && now - *path_changed_ < kReportInterval)) return;
  const auto lost = static_cast<std::size_t>(block.fraction_lost);
  controller_->on_loss(256 - lost, lost, now);
}

/// Now and then, however often the peer reports.
void Session::tell_loss(Outgoing& outgoing, double fraction, TimePoint now) {
  constexpr Duration kPause = 200ms;
  if (outgoing.loss_told && now - *outgoing.loss_told < kPause) return;
  outgoing.loss_told = now;
  handler_.on_loss(outgoing.section, fraction);
}

/// RFC 3550 section 6.4.1: now - LSR - DLSR. nullopt if nothing was sent, or that makes no sense.
std::optional<Duration> Session::round_trip_since(std::uint32_t sent, std::uint32_t delay, TimePoint now) const {
  if (sent == 0) return std::nullopt;
  const std::uint32_t trip = rtp::to_ntp(wall_clock(now)).compact() - sent - delay;
  if (trip >= 60 * 65536) return std::nullopt;
  return std::max<Duration>(rtp::from_compact(trip), 100us);
}

void Session::note_round_trip(Duration measured, TimePoint now) {
  round_trip_ = round_trip_known_ ? (round_trip_ * 7 + measured) / 8 : measured;
  round_trip_known_ = true;
  controller_->on_round_trip(round_trip_, now);
}

void Session::take_goodbye(Ssrc source, TimePoint now) {
  const auto found = incoming_.find(source);
  if (found == incoming_.end() || found->second->said_goodbye) return;
  Incoming& gone = *found->second;
  gone.said_goodbye = true;
  gone.stream.end(now);
  const bool others = std::ranges::any_of(incoming_, [&](const auto& entry) {
    return entry.second->section == gone.section && !entry.second->said_goodbye && is_heard(*entry.second);
  });
  if (!others && std::erase(begun_, gone.section) > 0) handler_.on_ended(gone.section);
}

void Session::take_feedback(const rtp::RtcpPacket& packet, TimePoint now) {
  namespace format = rtp::feedback_format;
  if (packet.type == static_cast<std::uint8_t>(rtp::RtcpType::TransportFeedback)) {
    if (packet.count == format::kTransportWide) take_transport_feedback(packet, now);
    if (packet.count == format::kCongestion) take_congestion_feedback(packet, now);
    if (packet.count != format::kNack) return;
    const auto nack = rtp::parse_nack(packet);
    SendStream* stream = nack ? stream_of(nack->source) : nullptr;
    if (stream != nullptr) repeat(*stream, *nack, now);
    return;
  }
  Outgoing* owner = nullptr;
  if (packet.count == format::kPictureLoss) {
    const auto loss = rtp::parse_picture_loss(packet);
    SendStream* stream = loss ? stream_of(loss->source, &owner) : nullptr;
    if (stream == nullptr) return;
    ++stream->counters().plis;
    ask_encoder(*owner, *stream, now);
  } else if (packet.count == format::kFullIntraRequest) {
    const auto request = rtp::parse_full_intra_request(packet);
    if (!request) return;
    for (const auto& entry : request->entries) {
      SendStream* stream = stream_of(entry.source, &owner);
      if (stream == nullptr) continue;
      ++stream->counters().firs;
      // RFC 5104 section 4.3.1.2: one that is only repeated keeps its number.
      auto& known = owner->asked[entry.source].request;
      const std::pair numbered{request->sender, entry.number};
      if (known != numbered && ask_encoder(*owner, *stream, now)) known = numbered;
    }
  } else if (packet.count == format::kApplication) {
    if (const auto limit = rtp::parse_remote_limit(packet))
      controller_->on_remote_limit(static_cast<double>(limit->rate), now);
  }
}

void Session::take_transport_feedback(const rtp::RtcpPacket& packet, TimePoint now) {
  if (told_left_ == 0) return;
  const auto told = rtp::parse_transport_feedback(packet);
  if (!told) return;
  told_left_ -= std::min(told_left_, told->packets.size());
  cc::Feedback feedback{.received = now, .packets = {}};
  for (const auto& one : told->packets)
    if (const auto sent = sent_.take(one.number, one.arrival.has_value()))
      feedback.packets.push_back(
          {*sent, one.arrival ? std::optional(arrival_clock_.unwrap(*one.arrival)) : std::nullopt});
  if (!feedback.packets.empty()) controller_->on_feedback(feedback);
}

/// RFC 8888. What is told of sources that are not ours, or of packets long gone, is of no use.
void Session::take_congestion_feedback(const rtp::RtcpPacket& packet, TimePoint now) {
  using Told = rtp::CongestionFeedback;
  const auto told = rtp::parse_congestion_feedback(packet);
  if (!told) return;
  ++congestion_feedback_received_;
  if (!told_by_source_) return;
  const Duration reported = source_clock_.unwrap(rtp::from_compact(told->time));
  cc::Feedback feedback{.received = now, .packets = {}};
  for (const Told::Source& source : told->sources) {
    SendStream* const stream = stream_sending(source.source);
    for (std::size_t i = 0; i < source.packets.size(); ++i) {
      const Told::Packet& one = source.packets[i];
      if (one.arrived && one.offset >= Told::kTooEarly) continue;  // it came, but nobody knows when
      const auto number = sent_numbers_.number(source.source, static_cast<std::uint16_t>(source.first + i));
      const bool was_lost = number && sent_.was_lost(*number);
      const auto sent = number ? sent_.take_full(*number, one.arrived) : std::nullopt;
      if (!sent) continue;
      const Duration before = std::chrono::duration_cast<Duration>(1s * one.offset) / 1024;
      const cc::PacketResult result{.packet = *sent,
                                    .arrival = one.arrived ? std::optional(reported - before) : std::nullopt,
                                    .ecn = one.arrived ? static_cast<Ecn>(one.ecn) : Ecn::NotCapable};
      if (stream != nullptr) {
        stream->counters().told.add(result);
        if (was_lost && one.arrived) ++stream->counters().told.recovered;
      }
      feedback.packets.push_back(result);
    }
  }
  if (feedback.packets.empty()) return;
  mark_check_.add(feedback.packets);
  std::ranges::sort(feedback.packets, {}, [](const cc::PacketResult& one) { return one.packet.number; });
  controller_->on_feedback(feedback);
}

/// What is left when what has been lost is sent again.
void Session::tell_rate(TimePoint now) {
  const double total = total_rate_ = controller_->target_rate();
  for (const auto& [section, rate] : shares_.divide(std::max(total - repeated_.rate(now), total / 2), now)) {
    sender(section)->target = rate;
    handler_.on_target_rate(section, rate);
  }
}

/// A controller may go by time alone.
void Session::tell_rate_if_changed(TimePoint now) {
  if (total_rate_ > 0 && controller_->target_rate() != total_rate_) tell_rate(now);
}

}  // namespace parley::media
