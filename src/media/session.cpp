// What a session is made of, and its time.
#include "media/session.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {

Session::Session(Handler& handler, Random& random, std::string cname, std::chrono::system_clock::time_point wall_offset)
    : handler_(handler),
      random_(random),
      cname_(std::move(cname)),
      fallback_source_(random.u32()),
      wall_offset_(wall_offset),
      controller_(std::make_unique<cc::GoogleController>(cc::Limits{})) {}

Session::~Session() = default;

const Section* Session::find_section(SectionKey key) const {
  const auto found = std::ranges::find(sections_, key, &Section::key);
  return found == sections_.end() ? nullptr : &*found;
}

void Session::configure(std::vector<Section> sections) {
  sections_ = std::move(sections);
  configure_receiving();
  configure_sending();
  shares_.set_senders(sections_);
  if (connected_) begin_sending();
}

void Session::configure_receiving() {
  std::vector<Router::Target> targets;
  mid_extension_ = 0;
  tells_by_source_ = false;
  for (const Section& section : sections_) {
    tells_by_source_ = tells_by_source_ || std::ranges::any_of(section.receive_formats, &Format::congestion_feedback);
    Router::Target target{.key = section.key, .mid = section.mid, .payload_types = {}, .announced = {}};
    for (const Format& format : section.receive_formats) {
      if (format.offered_only) continue;
      target.payload_types.push_back(format.payload_type);
      if (format.retransmission) target.payload_types.push_back(*format.retransmission);
    }
    if (section.receive_protecting.flexfec) target.payload_types.push_back(*section.receive_protecting.flexfec);
    for (const Announced& announced : section.announced) {
      target.announced.push_back(announced.source);
      if (announced.retransmission) target.announced.push_back(*announced.retransmission);
      if (announced.protection) target.announced.push_back(*announced.protection);
    }
    targets.push_back(std::move(target));
    if (mid_extension_ == 0) mid_extension_ = section.receive_extensions.id(rtp::ExtensionKind::Mid);
  }
  router_.set_targets(std::move(targets));
  std::erase_if(incoming_, [this](const auto& entry) { return find_section(entry.second->section) == nullptr; });
  if (!has_to_tell_limit()) {
    limit_.reset();
  } else if (!limit_) {
    limit_.emplace();
  }
  for (const auto& [source, incoming] : incoming_) {
    const Section& section = *find_section(incoming->section);
    incoming->stream.set_formats(section.receive_formats);
    incoming->stream.set_target_delay(section.target_delay);
    if (!section.receives) incoming->pause();
  }
  std::erase_if(begun_, [this](SectionKey key) {
    const Section* section = find_section(key);
    return section == nullptr || !section->receives;
  });
}

/// REMB, where there is no feedback about single packets, and packets say when they were sent.
bool Session::has_to_tell_limit() const {
  bool wanted = false;
  for (const Section& section : sections_) {
    if (!section.receives) continue;
    const auto any = [&](bool Format::*member) { return std::ranges::any_of(section.receive_formats, member); };
    const auto has = [&](rtp::ExtensionKind kind) { return section.receive_extensions.id(kind) != 0; };
    if (any(&Format::congestion_feedback) ||
        (any(&Format::transport_cc) && has(rtp::ExtensionKind::TransportSequenceNumber)))
      return false;
    wanted = wanted || (any(&Format::remote_limit) && has(rtp::ExtensionKind::SendTime));
  }
  return wanted;
}

/// A sender has stopped, or its section is none of this transport any more.
void Session::leave(Outgoing& outgoing) {
  std::vector<Ssrc> sources;
  for (const auto& stream : outgoing.streams) stream->append_sources_sent(sources);
  if (!std::exchange(outgoing.said_goodbye, true)) say_goodbye(sources);
}

void Session::configure_sending() {
  paced_ = told_by_source_ = false;
  for (Outgoing& outgoing : outgoing_) {
    const Section* section = find_section(outgoing.section);
    if (section == nullptr || section->has_stopped) leave(outgoing);
  }
  std::erase_if(outgoing_, [this](const Outgoing& outgoing) { return find_section(outgoing.section) == nullptr; });
  for (const Section& section : sections_) {
    const bool told = std::ranges::any_of(section.send_formats, &Format::transport_cc) &&
                      section.send_extensions.id(rtp::ExtensionKind::TransportSequenceNumber) != 0;
    if (section.sends && told) paced_ = true;
    if (section.sends && std::ranges::any_of(section.send_formats, &Format::congestion_feedback))
      told_by_source_ = true;
    Outgoing* outgoing = sender(section.key);
    if (outgoing == nullptr) outgoing = &outgoing_.emplace_back(Outgoing{.section = section.key, .streams = {}});
    std::vector<std::unique_ptr<SendStream>> streams;
    for (const Encoding& encoding : section.encodings) {
      const auto known = std::ranges::find_if(outgoing->streams, [&](const auto& stream) {
        return stream && stream->encoding().source == encoding.source;
      });
      streams.push_back(known != outgoing->streams.end()
                            ? std::move(*known)
                            : std::make_unique<SendStream>(section.kind, encoding, random_));
      streams.back()->configure(section, encoding);
    }
    outgoing->streams = std::move(streams);
  }
  sent_numbers_.forget_if([this](Ssrc source) { return stream_sending(source) == nullptr; });
  // Where both were agreed on, by different sections of a transport: one of them is enough.
  told_by_source_ = told_by_source_ && !paced_;
  paced_ = paced_ || told_by_source_;
}

void Session::connect(TimePoint now) {
  connected_ = true;
  if (!next_report_) next_report_ = now + 500ms;
  begin_sending();
  if (total_rate_ > 0) tell_rate(now);
}

void Session::change_path(TimePoint now) {
  controller_->on_path_change(now);
  round_trip_known_ = false;
  path_changed_ = now;
  mark_check_.begin_anew(now);
  if (limit_) limit_.emplace();
  tell_rate_if_changed(now);
}

/// Whoever begins to send, or goes on after a pause, begins with a key frame.
void Session::begin_sending() {
  for (const Outgoing& outgoing : outgoing_) {
    const Section* section = find_section(outgoing.section);
    for (const auto& stream : outgoing.streams)
      if (stream->set_flowing(section->sends && stream->encoding().active) && section->kind == Kind::Video)
        handler_.on_key_frame_request(outgoing.section, stream->encoding().rid);
  }
}

/// What RTCP comes from: a source that sends, if there is one.
Ssrc Session::own_source() const {
  for (const Outgoing& outgoing : outgoing_)
    for (const auto& stream : outgoing.streams)
      if (stream->has_sent()) return stream->encoding().source;
  return fallback_source_;
}

std::optional<TimePoint> Session::next_deadline() const {
  if (!connected_) return std::nullopt;
  std::optional<TimePoint> next = earlier(earlier(next_report_, next_tone_), arrivals_.next_deadline());
  next = earlier(next, source_arrivals_.next_deadline());
  if (limit_) next = earlier(next, limit_->next_deadline());
  for (const auto& [source, incoming] : incoming_) next = earlier(next, incoming->stream.next_deadline());
  if (paced_) next = earlier(earlier(next, pacer_.next_deadline()), controller_->next_deadline());
  return next;
}

void Session::advance(TimePoint now) {
  if (!connected_) return;
  for (const auto& [source, incoming] : incoming_) {
    const auto due = incoming->stream.next_deadline();
    if (!due || *due > now) continue;
    incoming->stream.advance(now);
    collect(*incoming, now);
    ask(*incoming, now);
  }
  if (const auto due = arrivals_.next_deadline(); due && *due <= now) tell_arrivals(now);
  if (const auto due = source_arrivals_.next_deadline(); due && *due <= now) tell_arrivals_by_source(now);
  if (limit_ && limit_->next_deadline() && *limit_->next_deadline() <= now) tell_limit(now);
  if (next_report_ && *next_report_ <= now) report(now);
  if (next_tone_ && *next_tone_ <= now) advance_tones(now);
  send_paced(now);
  tell_rate_if_changed(now);
  hand_over();
}

}  // namespace parley::media
