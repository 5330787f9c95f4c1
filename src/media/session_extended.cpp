// Extended reports, both ways: RFC 3611 sections 4.4 and 4.5.
#include <algorithm>

#include "media/session.hpp"
#include "rtp/extended_report.hpp"

namespace parley::media {

/// Receivers of the peer that wait for an answer.
static constexpr std::size_t kMostReferences = 16;

/// Whether something is received whose sender wants to know our time.
bool Session::tells_time() const {
  return std::ranges::any_of(sections_, [](const Section& section) {
    return section.receives && std::ranges::any_of(section.receive_formats, &Format::receiver_time);
  });
}

/// What one of our RTCP packets may come from.
bool Session::is_own(Ssrc source) const {
  return source == fallback_source_ || std::ranges::any_of(outgoing_, [&](const Outgoing& outgoing) {
           return std::ranges::any_of(outgoing.streams,
                                      [&](const auto& stream) { return stream->encoding().source == source; });
         });
}

void Session::take_extended_report(const rtp::RtcpPacket& packet, TimePoint now) {
  const auto told = rtp::parse_extended_report(packet);
  if (!told) return;
  if (told->reference) {
    std::erase_if(references_, [&](const Reference& known) { return known.receiver == told->sender; });
    if (references_.size() == kMostReferences) references_.erase(references_.begin());
    references_.push_back({told->sender, told->reference->compact(), now});
  }
  for (const rtp::ExtendedReport::Answer& answer : told->answers) {
    if (!is_own(answer.source)) continue;
    const auto measured = round_trip_since(answer.last_reference, answer.delay_since_reference, now);
    if (!measured) continue;
    note_round_trip(*measured, now);
    // It came with the reports of these sources, which are all at the same place.
    for (const auto& [source, incoming] : incoming_)
      if (incoming->told && incoming->told->arrival == now) incoming->round_trips.add(*measured);
    break;
  }
}

/// At the end of a compound of `sender`.
void Session::add_extended_report(Ssrc sender, TimePoint now, Bytes& packet) {
  rtp::ExtendedReport report{.sender = sender};
  if (tells_time()) report.reference = rtp::to_ntp(wall_clock(now));
  const bool answers = std::ranges::any_of(sections_, [](const Section& section) {
    return section.sends && std::ranges::any_of(section.send_formats, &Format::receiver_time);
  });
  if (answers)
    for (const Reference& one : references_)
      report.answers.push_back({one.receiver, one.time, rtp::to_compact(now - one.arrival)});
  references_.clear();
  if (report.reference || !report.answers.empty()) rtp::write(report, packet);
}

}  // namespace parley::media
