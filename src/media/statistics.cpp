#include "media/statistics.hpp"

#include <algorithm>

#include "media/session.hpp"

namespace parley::media {
namespace {

bool has_retransmission(const std::vector<Format>& formats) {
  return std::ranges::any_of(formats, [](const Format& one) { return one.retransmission && !one.offered_only; });
}

bool tells_by_source(const Section& section) {
  return std::ranges::any_of(section.receive_formats, &Format::congestion_feedback);
}

/// What the sender's clock showed when the last frame was made, and what has passed since it was handed over.
std::optional<rtp::NtpTime> playout_of(const PeerSender& told, const ReceiveStream& stream, TimePoint now) {
  const ReceiveStream::Counters& counters = stream.counters();
  const Format* format = counters.payload_type ? stream.format(*counters.payload_type) : nullptr;
  if (!counters.last_frame || format == nullptr || format->clock_rate == 0) return std::nullopt;
  const auto ticks = static_cast<std::int32_t>(counters.last_timestamp - told.timestamp);
  const double passed = static_cast<double>(ticks) / format->clock_rate +
                        std::chrono::duration<double>(now - *counters.last_frame).count();
  constexpr double kSecond = 4294967296.0;
  return rtp::NtpTime{told.ntp.value + static_cast<std::uint64_t>(static_cast<std::int64_t>(passed * kSecond))};
}

}  // namespace

Statistics Session::statistics(TimePoint now) const {
  Statistics all{.at = now, .incoming = {}, .outgoing = {}};
  for (const auto& [source, incoming] : incoming_)
    if (incoming->stream.statistics().packets() > 0) all.incoming.push_back(statistics_of(*incoming, now));
  for (const Outgoing& outgoing : outgoing_)
    for (std::size_t i = 0; i < outgoing.streams.size(); ++i)
      if (find_section(outgoing.section)->sends || outgoing.streams[i]->has_sent())
        all.outgoing.push_back(statistics_of(outgoing, i, now));
  if (total_rate_ > 0) all.available = controller_->target_rate();
  all.congestion_feedback_sent = congestion_feedback_sent_;
  all.congestion_feedback_received = congestion_feedback_received_;
  return all;
}

IncomingStatistics Session::statistics_of(const Incoming& incoming, TimePoint now) const {
  const Section& section = *find_section(incoming.section);
  const ReceiveStream& stream = incoming.stream;
  IncomingStatistics made{.section = incoming.section,
                          .kind = section.kind,
                          .source = incoming.source,
                          .retransmission = incoming.retransmission,
                          .protection = incoming.protection,
                          .is_repaired = has_retransmission(section.receive_formats),
                          .rid = incoming.rid,
                          .counters = stream.counters(),
                          .packets_lost = stream.statistics().lost(),
                          .jitter = stream.statistics().jitter(),
                          .marks = incoming.marks,
                          .frames_dropped = stream.frames_dropped(),
                          .frames_per_second = stream.pace().per_second(now),
                          .pace = stream.pace(),
                          .picture_losses = incoming.picture_losses,
                          .intra_requests = incoming.intra_requests,
                          .told = incoming.told,
                          .round_trips = incoming.round_trips};
  const auto announced = std::ranges::find(section.announced, incoming.source, &Announced::source);
  if (announced != section.announced.end()) {
    if (announced->retransmission) made.retransmission = announced->retransmission;
    if (announced->protection) made.protection = announced->protection;
  }
  if (tells_by_source(section)) {
    made.reported = source_arrivals_.reported(incoming.source);
    if (made.retransmission) *made.reported += source_arrivals_.reported(*made.retransmission);
  }
  if (made.told && made.told->ntp.value != 0) made.playout = playout_of(*made.told, stream, now);
  return made;
}

OutgoingStatistics Session::statistics_of(const Outgoing& outgoing, std::size_t index, TimePoint now) const {
  const Section& section = *find_section(outgoing.section);
  const SendStream& stream = *outgoing.streams[index];
  OutgoingStatistics made{.section = outgoing.section,
                          .kind = section.kind,
                          .encoding = stream.encoding(),
                          .index = index,
                          .sends = section.sends,
                          .is_repaired = has_retransmission(section.send_formats),
                          .counters = stream.counters(),
                          .frames_per_second = stream.frames_per_second(now),
                          .clock_rate = stream.last_clock_rate(),
                          .packets_received = stream.packets_received(),
                          .is_told = told_by_source_,
                          .target = outgoing.target,
                          .is_only = outgoing.streams.size() == 1,
                          .limitation = outgoing.limitation};
  made.limitation.pass(now);
  return made;
}

}  // namespace parley::media
