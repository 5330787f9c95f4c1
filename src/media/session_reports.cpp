// RTCP that is sent: RFC 3550 section 6, RFC 4585.
#include <algorithm>
#include <span>
#include <utility>

#include "media/session.hpp"
#include "rtp/congestion_feedback.hpp"
#include "rtp/feedback.hpp"
#include "rtp/transport_feedback.hpp"

namespace parley::media {
namespace {

/// With media in both directions feedback comes anyway; this is for statistics and for lip-sync.
constexpr Duration kReportInterval = 1s;

}  // namespace

/// RFC 3550 section 6.4: since the last report or the one before it.
bool Session::is_heard(const Incoming& incoming) const { return incoming.last_packet >= report_before_; }

std::vector<rtp::ReportBlock> Session::report_blocks(TimePoint now) {
  std::vector<rtp::ReportBlock> blocks;
  for (const auto& [source, incoming] : incoming_) {
    if (incoming->said_goodbye || !is_heard(*incoming) || incoming->stream.statistics().packets() == 0) continue;
    const ReceptionReport report = incoming->stream.statistics().report();
    blocks.push_back({.source = source,
                      .fraction_lost = report.fraction_lost,
                      .cumulative_lost = report.cumulative_lost,
                      .extended_highest = report.extended_highest,
                      .jitter = report.jitter,
                      .last_report = incoming->told ? incoming->told->ntp.compact() : 0,
                      .delay_since_last_report = incoming->told ? rtp::to_compact(now - incoming->told->arrival) : 0});
  }
  return blocks;
}

std::vector<const SendStream*> Session::sending_streams() const {
  std::vector<const SendStream*> streams;
  for (const Outgoing& outgoing : outgoing_) {
    if (!find_section(outgoing.section)->sends) continue;
    for (const auto& stream : outgoing.streams)
      if (stream->has_sent()) streams.push_back(stream.get());
  }
  return streams;
}

/// Compounds: a report of each source that sends, blocks in the first, then who they are. There are as many of them as
/// there is to tell.
void Session::report(TimePoint now) {
  // RFC 3550 section 6.3.1: between half and one and a half of the interval, so that peers do not keep step.
  next_report_ = now + kReportInterval / 2 + kReportInterval * (random_.u32() % 1000) / 1000;
  const std::vector<rtp::ReportBlock> all_blocks = report_blocks(now);
  report_before_ = std::exchange(last_report_, now);
  for (const auto& [source, incoming] : incoming_) {
    const bool waits = incoming->stream.is_paused() || incoming->stream.next_deadline();
    if (incoming->said_goodbye && !waits && now - incoming->last_packet >= kStraggling) incoming->pause();
  }
  const std::vector<const SendStream*> all_streams = sending_streams();
  std::span<const rtp::ReportBlock> blocks_left(all_blocks);
  std::span<const SendStream* const> streams_left(all_streams);
  const auto take = [](auto& left, std::size_t most) {
    const auto some = left.first(std::min(most, left.size()));
    left = left.subspan(some.size());
    return some;
  };
  for (bool first = true; !blocks_left.empty() || !streams_left.empty(); first = false) {
    Bytes packet;
    std::vector<Ssrc> sources;
    const auto some = take(blocks_left, kMostBlocks);
    std::vector<rtp::ReportBlock> blocks(some.begin(), some.end());
    for (const SendStream* stream : take(streams_left, kMostReports)) {
      const SendStream::Counters& counters = stream->counters();
      sources.push_back(stream->encoding().source);
      rtp::write(rtp::SenderReport{.sender = sources.back(),
                                   .ntp = rtp::to_ntp(wall_clock(now)),
                                   .timestamp = stream->timestamp_at(now),
                                   .packets = static_cast<std::uint32_t>(counters.packets),
                                   .octets = static_cast<std::uint32_t>(counters.payload_bytes),
                                   .blocks = std::exchange(blocks, {})},
                 packet);
    }
    if (sources.empty()) {
      sources.push_back(own_source());
      rtp::write(rtp::ReceiverReport{.sender = sources.back(), .blocks = std::move(blocks)}, packet);
    }
    rtp::write_source_description(sources, cname_, packet);
    if (first) add_extended_report(sources.front(), now, packet);
    handler_.on_rtcp(packet);
  }
}

template <class Write>
void Session::send_feedback(Write write) {
  Bytes packet;
  const bool reduced = std::ranges::all_of(sections_, &Section::reduced_size_rtcp);
  if (!reduced) {
    rtp::write(rtp::ReceiverReport{.sender = own_source(), .blocks = {}}, packet);
    rtp::write_source_description({own_source()}, cname_, packet);
  }
  write(packet);
  handler_.on_rtcp(packet);
}

/// What a source of the peer has to send again, or anew.
void Session::ask(Incoming& incoming, TimePoint now) {
  if (!connected_) return;
  const std::vector<std::uint16_t> numbers = incoming.stream.numbers_to_ask_for(now, round_trip_);
  if (!numbers.empty())
    send_feedback([&](Bytes& packet) {
      rtp::write(rtp::Nack{.sender = own_source(), .source = incoming.source, .numbers = numbers}, packet);
    });
  if (!incoming.stream.should_ask_for_key_frame(now, round_trip_)) return;
  const Section* section = find_section(incoming.section);
  const bool by_pli = std::ranges::any_of(section->receive_formats, &Format::pli);
  const bool by_fir = std::ranges::any_of(section->receive_formats, &Format::fir);
  if (!by_pli && !by_fir) return;
  send_feedback([&](Bytes& packet) {
    if (by_pli) {
      ++incoming.picture_losses;
      rtp::write(rtp::PictureLoss{.sender = own_source(), .source = incoming.source}, packet);
    } else {
      rtp::write(
          rtp::FullIntraRequest{.sender = own_source(),
                                .entries = {{incoming.source, static_cast<std::uint8_t>(++incoming.intra_requests)}}},
          packet);
    }
  });
}

void Session::tell_arrivals(TimePoint now) {
  if (!connected_) return;
  const std::vector<ArrivalLog::Arrival> arrivals = arrivals_.take();
  arrivals_.set_interval(feedback_interval_.next(now));
  if (arrivals.empty()) return;
  rtp::TransportFeedback feedback{.sender = own_source(),
                                  .source = incoming_.empty() ? Ssrc(0) : incoming_.begin()->first};
  feedback.packets.reserve(arrivals.size());
  for (const ArrivalLog::Arrival& arrival : arrivals)
    feedback.packets.push_back(
        {arrival.number, arrival.at ? std::optional(arrival.at->time_since_epoch()) : std::nullopt});
  while (!feedback.packets.empty()) {
    std::size_t told = 0;
    feedback.count = arrivals_.next_count();
    send_feedback([&](Bytes& packet) { told = rtp::write(feedback, packet); });
    feedback.packets.erase(feedback.packets.begin(), feedback.packets.begin() + static_cast<std::ptrdiff_t>(told));
  }
}

/// RFC 8888. Of what has come since the last time, in messages of about a datagram each.
void Session::tell_arrivals_by_source(TimePoint now) {
  if (!connected_) return;
  // In words of two bytes, as many as a packet takes; who it is of takes as much as some more.
  constexpr std::size_t kMostInOne = 500, kOfSource = 5;
  const auto wall = wall_clock(now);
  rtp::CongestionFeedback feedback{.sender = own_source(), .sources = {}, .time = rtp::to_ntp(wall).compact()};
  source_arrivals_.set_interval(feedback_interval_.next(now));
  std::size_t count = 0;
  const auto send = [&] {
    if (count == 0) return;
    send_feedback([&](Bytes& packet) { rtp::write(feedback, packet); });
    ++congestion_feedback_sent_;
    feedback.sources.clear();
    count = 0;
  };
  for (const SourceArrivals::Source& source : source_arrivals_.take()) {
    rtp::CongestionFeedback::Source* told = nullptr;
    for (const ArrivalLog::Arrival& arrival : source.packets) {
      if (count + (told == nullptr ? kOfSource : 0) >= kMostInOne) {
        send();
        told = nullptr;
      }
      if (told == nullptr) {
        told = &feedback.sources.emplace_back(
            rtp::CongestionFeedback::Source{.source = source.source, .first = arrival.number, .packets = {}});
        count += kOfSource;
      }
      told->packets.push_back(arrival.at
                                  ? rtp::CongestionFeedback::Packet{.arrived = true,
                                                                    .ecn = static_cast<std::uint8_t>(arrival.ecn),
                                                                    .offset = rtp::arrival_offset(now - *arrival.at)}
                                  : rtp::CongestionFeedback::Packet{});
      ++count;
    }
  }
  send();
}

/// REMB, of all sources of the peer that take it.
void Session::tell_limit(TimePoint now) {
  limit_->set_round_trip(round_trip_);
  rtp::RemoteLimit limit{.sender = own_source(), .rate = static_cast<std::uint64_t>(limit_->tell(now)), .sources = {}};
  for (const auto& [source, incoming] : incoming_) {
    const Section* section = find_section(incoming->section);
    if (!incoming->said_goodbye && std::ranges::any_of(section->receive_formats, &Format::remote_limit))
      limit.sources.push_back(source);
  }
  if (limit.sources.empty()) return;
  send_feedback([&](Bytes& packet) { rtp::write(limit, packet); });
}

void Session::say_goodbye() {
  std::vector<Ssrc> sources;
  for (const Outgoing& outgoing : outgoing_)
    if (!outgoing.said_goodbye)
      for (const auto& stream : outgoing.streams) stream->append_sources_sent(sources);
  say_goodbye(sources);
}

void Session::say_goodbye(std::span<const Ssrc> sources) {
  if (!connected_) return;
  while (!sources.empty()) {
    const auto some = sources.first(std::min(sources.size(), rtp::kMostGoodbyes));
    Bytes packet;
    rtp::write(rtp::ReceiverReport{.sender = some.front(), .blocks = {}}, packet);
    rtp::write_source_description({some.front()}, cname_, packet);
    rtp::write_goodbye({some.begin(), some.end()}, packet);
    handler_.on_rtcp(packet);
    sources = sources.subspan(some.size());
  }
}

}  // namespace parley::media
