// RTP that is sent.
#include <algorithm>

#include "media/session.hpp"

namespace parley::media {

/// Sends the packets of a stream, or lets them wait.
class Session::PacketSink final : public SendStream::Sink {
 public:
  PacketSink(Session& session, cc::Priority priority, TimePoint now)
      : session_(session), priority_(priority), now_(now) {}
  void on_packet(cc::Packet& packet) override {
    if (priority_ == cc::Priority::Retransmission) session_.repeated_.add(packet.size(), now_);
    if (session_.pacer_.pass(packet.size(), priority_, now_)) {
      session_.transmit(packet, now_);
    } else {
      session_.pacer_.push(packet, priority_, now_);
    }
  }

 private:
  Session& session_;
  cc::Priority priority_;
  TimePoint now_;
};

namespace {

cc::Priority priority_of(const SendStream& stream) {
  if (stream.kind() == Kind::Audio) return cc::Priority::Audio;
  switch (stream.encoding().importance) {
    case Importance::VeryLow:
      return cc::Priority::VeryLowVideo;
    case Importance::Low:
      break;
    case Importance::Medium:
      return cc::Priority::MediumVideo;
    case Importance::High:
      return cc::Priority::HighVideo;
  }
  return cc::Priority::Video;
}

}  // namespace

Session::Outgoing* Session::sender(SectionKey key) {
  const auto found = std::ranges::find(outgoing_, key, &Outgoing::section);
  return found == outgoing_.end() ? nullptr : &*found;
}

Result<SendStream*> Session::stream_for(SectionKey key, std::string_view rid) {
  const Section* section = find_section(key);
  const Outgoing* outgoing = sender(key);
  if (section == nullptr || outgoing == nullptr || !section->sends || !connected_)
    return fail(ErrorKind::InvalidStateError, "nothing is sent at the moment");
  const bool has_layers = outgoing->streams.size() != 1 || !outgoing->streams[0]->encoding().rid.empty();
  const auto found = std::ranges::find_if(outgoing->streams, [&](const auto& stream) {
    return rid.empty() || stream->encoding().rid == rid || !has_layers;
  });
  if (found == outgoing->streams.end()) return fail(ErrorKind::InvalidAccessError, "there is no such encoding");
  return found->get();
}

Result<void> Session::send(SectionKey key, std::string_view rid, const OutgoingFrame& frame, TimePoint now) {
  const auto stream = stream_for(key, rid);
  if (!stream) return Unexpected(stream.error());
  Outgoing& outgoing = *sender(key);
  const std::uint32_t pixels = std::uint32_t{frame.info.width} * frame.info.height;
  if (!(*stream)->encoding().active || !is_chosen(**stream, outgoing, rid, frame.info.key_frame, pixels, now))
    return {};
  (*stream)->set_target(outgoing.streams.size() == 1 ? outgoing.target : std::nullopt);
  auto sent = send_one(**stream, frame, now);
  if ((*stream)->should_ask_again(now)) ask_encoder(outgoing, **stream, now);
  note_sent(key, frame.data.size(), now);
  if (sent && outgoing.target) outgoing.limitation.sent(frame.data.size(), *outgoing.target, now);
  return sent;
}

Result<void> Session::send(SectionKey key, std::string_view rid, const OutgoingPacket& packet, TimePoint now) {
  const auto stream = stream_for(key, rid);
  if (!stream) return Unexpected(stream.error());
  if (!(*stream)->encoding().active || !is_chosen(**stream, *sender(key), rid, packet.begins_key_frame, 0, now))
    return {};
  auto sent = send_one(**stream, packet, now);
  note_sent(key, packet.payload.size(), now);
  return sent;
}

void Session::change_source(SectionKey key) {
  Outgoing* const outgoing = sender(key);
  if (outgoing == nullptr) return;
  outgoing->choice = {};
  for (const auto& stream : outgoing->streams) stream->change_source();
}

/// Somebody may use its share again; packets may have left without an answer for too long.
void Session::note_sent(SectionKey section, std::size_t bytes, TimePoint now) {
  if (shares_.sent(section, bytes, now) && total_rate_ > 0) tell_rate(now);
  tell_rate_if_changed(now);
}

/// Of what comes in layers, and goes out without.
bool Session::is_chosen(SendStream& stream, Outgoing& outgoing, std::string_view rid, bool key_frame,
                        std::uint32_t pixels, TimePoint now) {
  if (rid.empty() || stream.encoding().rid == rid) return true;
  switch (outgoing.choice.judge(rid, key_frame, pixels, now)) {
    case LayerChoice::Verdict::TakeFromNow:
      stream.forget_clock();
      return true;
    case LayerChoice::Verdict::Take:
      return true;
    case LayerChoice::Verdict::NeedsKeyFrame:
      ask_encoder(outgoing, stream, now);
      return false;
    case LayerChoice::Verdict::Leave:
      break;
  }
  return false;
}

template <class Media>
Result<void> Session::send_one(SendStream& stream, const Media& media, TimePoint now) {
  set_pace(now);
  PacketSink sink(*this, priority_of(stream), now);
  const SendStream::Counters& counters = stream.counters();
  const std::uint64_t before = counters.protecting_bytes + counters.protecting_header_bytes;
  auto sent = stream.send(media, now, sink);
  repeated_.add(counters.protecting_bytes + counters.protecting_header_bytes - before, now);
  send_paced(now);
  return sent;
}

void Session::set_pace(TimePoint now) {
  pacer_.set_rate(paced_ ? controller_->pacing_rate() : 1e12);
  if (!paced_) return;
  if (const auto probe = controller_->probe(now)) pacer_.begin(*probe, now);
}

Result<void> Session::play(SectionKey key, const Tone& tone, TimePoint now) {
  const auto stream = stream_for(key, "");
  if (!stream) return Unexpected(stream.error());
  if (!(*stream)->encoding().active) return {};
  auto played = (*stream)->play(tone, now);
  next_tone_ = earlier(next_tone_, (*stream)->next_deadline());
  return played;
}

void Session::advance_tones(TimePoint now) {
  next_tone_.reset();
  PacketSink sink(*this, cc::Priority::Audio, now);
  for (const Outgoing& outgoing : outgoing_) {
    for (const auto& stream : outgoing.streams) {
      stream->advance(now, sink);
      next_tone_ = earlier(next_tone_, stream->next_deadline());
    }
  }
}

/// Whatever may leave now.
void Session::send_paced(TimePoint now) {
  set_pace(now);
  while (auto* packet = pacer_.pop(now)) {
    SendStream* const stream = stream_sending(rtp::source_of(packet->head));
    if (stream != nullptr) {
      transmit(*packet, now);
      stream->counters().waited += now - packet->since;
      stream->note_left(*packet);
    }
    packet->owner.reset();
  }
  for (std::size_t needed = pacer_.padding(now); paced_ && needed > 0; needed = pacer_.padding(now)) {
    const std::size_t padded = send_padding(needed, now);
    if (padded == 0) pacer_.end_probe();
    pacer_.padded(padded, now);
  }
}

/// Of media, of retransmissions or of FEC. Nobody who has said goodbye.
SendStream* Session::stream_sending(Ssrc source) const {
  for (const Outgoing& outgoing : outgoing_) {
    if (outgoing.said_goodbye) continue;
    for (const auto& stream : outgoing.streams) {
      const Encoding& encoding = stream->encoding();
      if (encoding.source == source || encoding.retransmission == source || encoding.protection == source)
        return stream.get();
    }
  }
  return nullptr;
}

void Session::repeat(SendStream& stream, const rtp::Nack& nack, TimePoint now) {
  // More than a stream keeps is not asked for honestly.
  const std::size_t taken = std::min(repeats_left_, nack.numbers.size());
  repeats_left_ -= taken;
  ++stream.counters().nacks;
  PacketSink sink(*this, cc::Priority::Retransmission, now);
  // The peer's reports are all that is known of the round trip: neither those nor NACKs let it have more than the path
  // is thought to carry, half of which stays for what is new. A program may send more than it should.
  constexpr Duration kLeastPause = 10ms;
  constexpr double kLeastBudget = 50e3;
  const double budget = std::max(std::max(controller_->target_rate(), shares_.sent_rate(now)) / 2, kLeastBudget);
  for (const std::uint16_t number : std::span(nack.numbers).first(taken)) {
    if (repeated_.rate(now) > budget) break;
    stream.repeat(number, now, std::max(round_trip_, kLeastPause), sink);
  }
}

/// For reports: steady time as it was when the session began, so that no adjustment of the clock disturbs lip-sync.
std::chrono::system_clock::time_point Session::wall_clock(TimePoint now) const {
  return wall_offset_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(now.time_since_epoch());
}

void Session::transmit(cc::Packet& packet, TimePoint now) {
  if (packet.has_left) {
    note_repetition(packet);
  } else {
    stamp(packet, now);
    packet.has_left = true;
  }
  const Ecn mark = marking();
  handler_.on_rtp(packet.head, packet.payload);
  if (mark != Ecn::NotCapable) mark_check_.sent();
}

/// The last touch: numbers and times of the transport.
void Session::stamp(const cc::Packet& packet, TimePoint now) {
  if (packet.send_time != 0) {
    // 24 bits, 18 of them behind the point.
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    const auto fixed = static_cast<std::uint64_t>(ns / 1000) * 262144 / 1'000'000;
    for (unsigned i = 0; i < 3; ++i)
      packet.head[packet.send_time + i] = static_cast<std::uint8_t>(fixed >> (16 - 8 * i));
  }
  if (packet.transport_number != 0) {
    packet.head[packet.transport_number] = static_cast<std::uint8_t>(sent_.next() >> 8);
    packet.head[packet.transport_number + 1U] = static_cast<std::uint8_t>(sent_.next());
    controller_->on_sent(sent_.add(packet.size(), pacer_.probe(), now));
  } else if (told_by_source_) {
    const cc::SentPacket& sent = sent_.add(packet.size(), pacer_.probe(), now, marking());
    const Ssrc source = rtp::source_of(packet.head);
    sent_numbers_.add(source, rtp::sequence_number_of(packet.head), sent.number, now);
    if (SendStream* stream = sent.ecn == Ecn::Ect1 ? stream_sending(source) : nullptr)
      ++stream->counters().ect1_packets;
    controller_->on_sent(sent);
  } else {
    controller_->on_sent_untold(packet.size(), now);
  }
}

/// It has the number that it had, so feedback about that is of either.
void Session::note_repetition(const cc::Packet& packet) {
  if (const std::uint16_t at = packet.transport_number; at != 0) {
    sent_.repeat(static_cast<std::uint16_t>(packet.head[at] << 8 | packet.head[at + 1U]));
  } else if (const auto number =
                 sent_numbers_.number(rtp::source_of(packet.head), rtp::sequence_number_of(packet.head))) {
    sent_.repeat_full(*number);
  }
}

/// A packet of nothing but padding, on a retransmission source, which nobody misses.
std::size_t Session::send_padding(std::size_t needed, TimePoint now) {
  for (const Outgoing& outgoing : outgoing_) {
    const Section* section = find_section(outgoing.section);
    if (section->kind != Kind::Video || !section->sends) continue;
    for (const auto& stream : outgoing.streams) {
      if (!stream->has_sent()) continue;
      cc::Packet packet = stream->pad(std::min<std::size_t>(needed, 255), padding_);
      if (packet.head.empty()) continue;
      transmit(packet, now);
      return packet.size();
    }
  }
  return 0;
}

/// The encoder of a stream should make a key frame: not for every request of a peer that repeats itself. Whether it is
/// told.
bool Session::ask_encoder(Outgoing& outgoing, const SendStream& stream, TimePoint now) {
  constexpr Duration kPause = 250ms;
  if (find_section(outgoing.section)->kind != Kind::Video) return false;
  auto& last = outgoing.asked[stream.encoding().source].last;
  if (last && now - *last < kPause) return false;
  last = now;
  handler_.on_key_frame_request(outgoing.section, stream.encoding().rid);
  return true;
}

}  // namespace parley::media
