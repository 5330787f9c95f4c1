#include "media/send_stream.hpp"

#include <algorithm>
#include <array>

#include "formats/describe.hpp"
#include "media/send_stream_writer.hpp"
#include "rtp/packet.hpp"
#include "rtp/sequence.hpp"

namespace parley::media {

namespace {

constexpr std::size_t kHistory = 1024, kLongestHistory = 4096;
constexpr std::size_t kAudioHistory = 64;
/// Silence that is longer makes a new talkspurt.
constexpr Duration kSilence = 500ms;
/// What is told of a frame is never longer.
constexpr std::size_t kNoteBytes = 640;
/// What retransmissions say once more.
constexpr rtp::ExtensionKind kNotes[] = {
    rtp::ExtensionKind::CaptureTime,          rtp::ExtensionKind::VideoOrientation,
    rtp::ExtensionKind::PlayoutDelay,         rtp::ExtensionKind::ColorSpace,
    rtp::ExtensionKind::VideoTiming,          rtp::ExtensionKind::LayersAllocation,
    rtp::ExtensionKind::DependencyDescriptor, rtp::ExtensionKind::ContributorLevels};

/// Also where the program has not said so.
bool is_key_frame(const OutgoingFrame& frame, const Format& format) {
  return frame.info.key_frame || formats::describe_frame(format.name, frame.data).key_frame;
}

/// Of sound; zero of what nobody knows how to read.
std::chrono::microseconds length_of(const OutgoingFrame& frame, const Format& format) {
  const auto samples = formats::samples_of(format.name, format.channels, frame.data).value_or(0);
  return std::chrono::microseconds(std::int64_t{samples} * 1'000'000 / format.clock_rate);
}

}  // namespace

SendStream::SendStream(Kind kind, const Encoding& encoding, Random& random)
    : kind_(kind),
      encoding_(encoding),
      history_(kind == Kind::Audio ? kAudioHistory : kHistory, kind == Kind::Audio ? kAudioHistory : kLongestHistory),
      // Below 2^15, so that the first loss is not taken for a wrap (RFC 3711 section 3.3.1).
      next_number_(random.u32() & 0x7FFF),
      next_repeat_number_(static_cast<std::uint16_t>(random.u32() & 0x7FFF)),
      next_protection_number_(static_cast<std::uint16_t>(next_repeat_number_ ^ 0x2AAA)),
      clock_(random.u32()) {
  note_values_.reserve(kNoteBytes);
}

bool SendStream::set_flowing(bool flowing) {
  const bool begins = flowing && !flowing_;
  flowing_ = flowing;
  if (begins) known_ = false;  // who has not received meanwhile may have forgotten whose this is
  if (begins && has_sent() && kind_ == Kind::Video) needs_key_frame_ = true;
  return begins;
}

void SendStream::change_source() {
  forget_clock();
  mapping_.reset();
  if (has_sent() && kind_ == Kind::Video) needs_key_frame_ = true;
}

bool SendStream::should_ask_again(TimePoint now) {
  constexpr Duration kPatience = 500ms;
  if (!needs_key_frame_ || !missed_key_frame_ || now - *missed_key_frame_ < kPatience) return false;
  missed_key_frame_ = now;
  return true;
}

/// All sizes of a picture are of one moment.
bool SendStream::continues_picture(const OutgoingFrame& frame) const {
  return frame.info.spatial_index > 0 && frame.info.spatial_layers > 1 && clock_.has_begun();
}

SendStream::Extensions SendStream::extensions(ByteView level, const SentContributors& contributing) const {
  Extensions extensions(extensions_);
  if (!known_) {
    extensions.add(rtp::ExtensionKind::Mid, as_bytes(mid_));
    extensions.add(rtp::ExtensionKind::Rid, as_bytes(encoding_.rid));
  }
  extensions.add_what_comes_later();
  extensions.add(rtp::ExtensionKind::AudioLevel, level);
  extensions.name(contributing.sources);
  if (contributing.levels.size() == contributing.sources.size())
    extensions.add(rtp::ExtensionKind::ContributorLevels, contributing.levels.first(extensions.csrcs().size()));
  return extensions;
}

/// What the program tells of a frame, in all of its packets: any of them may be lost.
void SendStream::add_notes(const FrameNotes& notes, const rtp::Header& header, std::uint32_t clock_rate,
                           Extensions& list) {
  note_values_.clear();
  const auto add = [&](rtp::ExtensionKind kind, const auto& value) {
    const std::size_t begin = note_values_.size();
    write(value, note_values_);
    list.add(kind, ByteView(note_values_).subspan(begin));
  };
  if (notes.capture && told_captures_.is_news(header.timestamp, clock_rate, *notes.capture)) {
    told_captures_.tell(header.timestamp, clock_rate, *notes.capture);
    add(rtp::ExtensionKind::CaptureTime, *notes.capture);
  }
  if (notes.orientation && *notes.orientation != rtp::VideoOrientation{}) turned_ = true;
  if (notes.orientation && turned_) add(rtp::ExtensionKind::VideoOrientation, *notes.orientation);
  if (notes.playout_delay) add(rtp::ExtensionKind::PlayoutDelay, *notes.playout_delay);
  if (notes.color_space) add(rtp::ExtensionKind::ColorSpace, *notes.color_space);
  if (notes.timing) add(rtp::ExtensionKind::VideoTiming, *notes.timing);
  if (notes.allocation) add(rtp::ExtensionKind::LayersAllocation, *notes.allocation);
}

/// Makes its dependency descriptors. What refers to something that there is no room for is not sent either.
bool SendStream::describe(const OutgoingFrame& frame) {
  const std::uint8_t id = extensions_.id(rtp::ExtensionKind::DependencyDescriptor);
  if (id == 0 || !dependencies_.describe(frame.info, frame.identity, descriptors_)) return false;
  if (extensions_.has_room(id, descriptors_.first.size()) && extensions_.has_room(id, descriptors_.rest.size()))
    return true;
  dependencies_.reset();
  descriptors_.first.clear();
  descriptors_.rest.clear();
  return false;
}

Result<void> SendStream::send(const OutgoingFrame& frame, TimePoint now, Sink& sink) {
  Encoder* const chosen = encoder(frame.codec);
  if (chosen == nullptr) {
    ++counters_.frames_refused;
    return fail(ErrorKind::InvalidAccessError, "the codec was not negotiated");
  }
  if (playing_) return {};  // the tone takes the sound's place
  if (needs_key_frame_ && !is_key_frame(frame, chosen->format)) {
    if (!missed_key_frame_) missed_key_frame_ = now;
    return {};
  }
  needs_key_frame_ = false;
  missed_key_frame_.reset();
  mapping_.reset();
  history_.pass(now);
  rtp::Header header{.payload_type = chosen->format.payload_type,
                     .timestamp = continues_picture(frame)
                                      ? last_timestamp_
                                      : clock_.timestamp(frame.timestamp, length_of(frame, chosen->format),
                                                         chosen->format.clock_rate, now),
                     .ssrc = encoding_.source};
  if (kind_ == Kind::Audio) header.marker = counters_.frames == 0 || now - last_frame_ > kSilence;
  const std::array<std::uint8_t, 1> level{frame.audio_level.value_or(0)};
  FrameExtensions list{.rest = extensions(frame.audio_level ? ByteView(level) : ByteView(), frame.contributing)};
  add_notes(frame.notes, header, chosen->format.clock_rate, list.rest);
  if (describe(frame)) {
    list.first.emplace(list.rest);
    list.first->add(rtp::ExtensionKind::DependencyDescriptor, descriptors_.first);
    list.rest.add(rtp::ExtensionKind::DependencyDescriptor, descriptors_.rest);
  }
  if (auto cut = cut_up(frame, *chosen, header, list, sink); !cut) {
    ++counters_.frames_refused;
    if (frame.info.key_frame) dependencies_.reset();  // its structure was not sent
    return cut;
  }
  sent(header, chosen->format, now);
  count_frame(frame, chosen->format, now);
  return {};
}

/// The frame's packets.
Result<void> SendStream::cut_up(const OutgoingFrame& frame, const Encoder& encoder, rtp::Header header,
                                const FrameExtensions& extensions, Sink& sink) {
  const bool repeats = repeats_sound(encoder.format) && !frame.data.empty();
  if (repeats) header.payload_type = redundancy_->format.payload_type;
  Writer writer(*this, header, extensions, sink);
  if (frame.info.spatial_index + 1 < frame.info.spatial_layers) writer.leave_picture_open();
  if (!repeats) {
    if (shield_ && shield_->protector.group() > 0) writer.protect(*shield_);
    formats::FrameInfo info = frame.info;
    info.regular_layers = dependencies_.has_regular_layers(info);
    return encoder.packetizer->packetize(frame.data, info, writer.room(), writer);
  }
  const auto payload =
      redundancy_->writer.write(encoder.format.payload_type.get(), header.timestamp, frame.data, writer.room());
  if (!payload) return Unexpected(payload.error());
  const ByteView piece(*payload);
  writer.on_payload(std::span(&piece, 1), true);
  return {};
}

/// A frame, or a packet of one, has been handed over.
void SendStream::sent(const rtp::Header& header, const Format& format, TimePoint now) {
  last_timestamp_ = header.timestamp;
  last_clock_rate_ = format.clock_rate;
  last_frame_ = now;
  counters_.payload_type = format.payload_type;
}

void SendStream::count_frame(const OutgoingFrame& frame, const Format& format, TimePoint now) {
  ++counters_.frames;
  pace_.add(now);
  if (kind_ == Kind::Audio) return;
  formats::FrameInfo info = frame.info;
  if (info.key_frame) {
    ++counters_.key_frames;
    if (info.width == 0) info = formats::describe_frame(format.name, frame.data);
  }
  if (info.width > 0) {
    counters_.width = info.width;
    counters_.height = info.height;
  }
  if (target_ && static_cast<double>(frame.data.size()) * 8 * pace_.sum(now) >= 2.5 * *target_) ++counters_.huge_frames;
}

/// Of all that have the number which the peer reports as its highest, the last one sent: how a peer counts cycles does
/// not matter then. Numbers that whoever forwards packets has left out are among those that the peer reports lost.
std::uint64_t SendStream::packets_received() const {
  if (!counters_.remote) return 0;
  const auto last = static_cast<std::uint16_t>(next_number_ - 1);
  const auto behind = static_cast<std::uint16_t>(last - counters_.remote->extended_highest);
  const std::int64_t expected = next_number_ - first_number_ - behind;
  const auto most = static_cast<std::int64_t>(counters_.packets);
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(expected - counters_.remote->packets_lost, 0, most));
}

Result<void> SendStream::play(const Tone& tone, TimePoint now) {
  if (tone_formats_.empty()) return fail(ErrorKind::InvalidAccessError, "no tones were negotiated");
  // RFC 4733 section 2.1: of the rate that the sound beside it has.
  std::uint32_t rate = last_clock_rate_;
  if (const Encoder* const next = encoder(""); rate == 0 && next != nullptr) rate = next->format.clock_rate;
  const auto fitting = std::ranges::find(tone_formats_, rate, &Format::clock_rate);
  const Format& format = fitting != tone_formats_.end() ? *fitting : tone_formats_.front();
  // Where there is none, the sound's time goes on nevertheless, as with browsers, whose receivers know one rate only.
  if (rate == 0) rate = format.clock_rate;
  const std::uint32_t timestamp = clock_.timestamp(std::nullopt, {}, rate, now);
  mapping_.reset();
  playing_ = Playing{PlayedTone(tone, format.clock_rate, now), format, timestamp, rate};
  last_timestamp_ = timestamp;
  last_clock_rate_ = rate;
  last_frame_ = now;
  return {};
}

void SendStream::advance(TimePoint now, Sink& sink) {
  if (!playing_) return;
  history_.pass(now);
  while (const auto report = playing_->tone.next_report(now)) {
    const std::uint64_t offset = std::uint64_t{report->offset} * playing_->clock_rate / playing_->format.clock_rate;
    const rtp::Header header{.payload_type = playing_->format.payload_type,
                             .marker = report->begins,
                             .timestamp = playing_->timestamp + static_cast<std::uint32_t>(offset),
                             .ssrc = encoding_.source};
    const Extensions list = extensions({});
    Bytes payload;
    formats::append_telephone_event(payload, report->event);
    const ByteView piece(payload);
    Writer(*this, header, list, sink).on_payload(std::span(&piece, 1), true);
  }
  if (!playing_->tone.next_deadline()) playing_.reset();
}

std::optional<TimePoint> SendStream::next_deadline() const {
  return playing_ ? playing_->tone.next_deadline() : std::nullopt;
}

void SendStream::repeat(std::uint16_t number, TimePoint now, Duration round_trip, Sink& sink) {
  const cc::Packet* kept = history_.again(number, now, round_trip);
  if (kept == nullptr) return;
  const auto original = rtp::PacketView::parse(kept->head);
  const auto format = std::ranges::find(formats_, original->header().payload_type, &Format::payload_type);
  if (format == formats_.end()) return;
  // Without a number of its own it is the same packet once more, bit for bit: two packets under one number would give
  // the key away. While the first still waits there is nothing to repeat.
  if (!format->retransmission && !kept->has_left) return;
  const ByteView payload = kept->owner ? kept->payload : original->payload();
  ++counters_.repeated_packets;
  counters_.repeated_bytes += payload.size();
  if (!format->retransmission) {
    counters_.header_bytes += original->header_size();
    cc::Packet same = *kept;
    sink.on_packet(same);
    return;
  }
  rtp::Header header = original->header();
  header.payload_type = *format->retransmission;
  header.ssrc = encoding_.retransmission;
  header.sequence_number = next_repeat_number_++;
  // Nobody reports on retransmissions, so these tell whose they are for ever.
  Extensions list(extensions_);
  list.add(rtp::ExtensionKind::Mid, as_bytes(mid_));
  list.add(rtp::ExtensionKind::RepairedRid, as_bytes(encoding_.rid));
  for (const rtp::ExtensionKind kind : kNotes)
    if (const auto value = original->extension(extensions_.id(kind))) list.add(kind, *value);
  list.add_what_comes_later();
  std::array<std::uint32_t, rtp::kMostCsrcs> csrcs{};
  const std::size_t named = original->csrc_count();
  for (std::size_t i = 0; i < named; ++i) csrcs[i] = original->csrc(i).get();
  list.name(std::span(csrcs).first(named));
  const std::size_t head = list.header_size();
  counters_.header_bytes += head;
  counters_.repeated_bytes += kOriginalNumber;  // which RTP takes for payload
  repeated_.resize(head + kOriginalNumber);
  list.write(header, repeated_);
  repeated_[head] = static_cast<std::uint8_t>(number >> 8);
  repeated_[head + 1] = static_cast<std::uint8_t>(number);
  cc::Packet packet{.head = repeated_, .payload = payload, .owner = kept->owner};
  list.mark(packet);
  sink.on_packet(packet);
}

void SendStream::note_left(const cc::Packet& packet) {
  if (rtp::source_of(packet.head) == encoding_.source) history_.take_over(rtp::sequence_number_of(packet.head), packet);
}

cc::Packet SendStream::pad(std::size_t size, Bytes& buffer) {
  const auto format =
      std::ranges::find_if(encoders_, [](const Encoder& one) { return one.format.retransmission.has_value(); });
  if (format == encoders_.end()) return {};
  const rtp::Header header{.payload_type = *format->format.retransmission,
                           .sequence_number = next_repeat_number_++,
                           .timestamp = last_timestamp_,
                           .ssrc = encoding_.retransmission};
  Extensions list(extensions_);
  list.add(rtp::ExtensionKind::Mid, as_bytes(mid_));
  list.add_what_comes_later();
  const std::size_t head = list.header_size();
  buffer.assign(head + size, 0);
  list.write(header, buffer);
  buffer[0] |= 0x20;
  buffer.back() = static_cast<std::uint8_t>(size);
  ++counters_.padding_packets;
  counters_.header_bytes += buffer.size();
  cc::Packet packet{.head = buffer};
  list.mark(packet);
  return packet;
}

void SendStream::append_sources_sent(std::vector<Ssrc>& sources) const {
  const bool repeats = std::ranges::any_of(formats_, [](const Format& one) { return one.retransmission.has_value(); });
  if (has_sent()) sources.push_back(encoding_.source);
  if (repeats && counters_.repeated_packets + counters_.padding_packets > 0)
    sources.push_back(encoding_.retransmission);
  if (counters_.separate_packets > 0 && encoding_.protection) sources.push_back(*encoding_.protection);
}

std::uint32_t SendStream::timestamp_at(TimePoint now) const {
  using std::chrono::microseconds;
  return last_timestamp_ + ticks(std::chrono::duration_cast<microseconds>(now - last_frame_), last_clock_rate_);
}

}  // namespace parley::media
