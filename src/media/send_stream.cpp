#include "media/send_stream.hpp"

#include <algorithm>
#include <array>

#include "formats/audio.hpp"
#include "formats/generic.hpp"
#include "rtp/packet.hpp"

namespace parley::media {
namespace {

constexpr std::size_t kHistory = 1024;
constexpr std::size_t kAudioHistory = 64;
/// What retransmission puts in front of the payload: RFC 4588 section 4.
constexpr std::size_t kOriginalNumber = 2;
/// Silence that is longer makes a new talkspurt.
constexpr Duration kPause = 500ms;

/// The header extensions of one packet. Values live as long as the list.
class Extensions {
 public:
  explicit Extensions(const rtp::ExtensionMap& map) : map_(map) {}
  void add(rtp::ExtensionKind kind, ByteView value) {
    if (const std::uint8_t id = map_.id(kind); id != 0 && !value.empty()) list_[count_++] = {id, value};
  }
  [[nodiscard]] std::span<const rtp::Extension> list() const { return std::span(list_).first(count_); }

 private:
  const rtp::ExtensionMap& map_;
  std::array<rtp::Extension, 8> list_{};
  std::size_t count_ = 0;
};

/// Their values are written when the packet leaves.
constexpr std::array<std::uint8_t, 3> kTimeLater{};
constexpr std::array<std::uint8_t, 2> kNumberLater{};

}  // namespace

/// Makes packets of payloads: number, extend, keep, hand over.
class SendStream::Writer final : public formats::PayloadSink {
 public:
  Writer(SendStream& stream, const rtp::Header& header, std::span<const rtp::Extension> extensions, Sink& sink)
      : stream_(stream),
        header_(header),
        extensions_(extensions),
        header_size_(rtp::header_size(extensions)),
        sink_(sink) {}

  [[nodiscard]] std::size_t room() const { return kMaxPacket - header_size_ - kOriginalNumber; }

  void on_payload(std::span<const ByteView> pieces, bool last) override {
    std::size_t size = 0;
    for (const ByteView piece : pieces) size += piece.size();
    header_.sequence_number = stream_.next_number_++;
    if (stream_.kind_ == Kind::Video) header_.marker = last;
    const auto packet = stream_.history_.store(header_.sequence_number, header_size_ + size);
    rtp::write_header(header_, extensions_, packet);
    auto at = packet.begin() + static_cast<std::ptrdiff_t>(header_size_);
    for (const ByteView piece : pieces) at = std::ranges::copy(piece, at).out;
    ++stream_.counters_.packets;
    stream_.counters_.payload_bytes += size;
    stream_.counters_.header_bytes += header_size_;
    sink_.on_packet(packet);
  }

 private:
  SendStream& stream_;
  rtp::Header header_;
  std::span<const rtp::Extension> extensions_;
  std::size_t header_size_;
  Sink& sink_;
};

SendStream::SendStream(Kind kind, const Encoding& encoding, Random& random)
    : kind_(kind),
      encoding_(encoding),
      history_(kind == Kind::Audio ? kAudioHistory : kHistory),
      // Below 2^15, so that the first loss is not taken for a wrap (RFC 3711 section 3.3.1).
      next_number_(static_cast<std::uint16_t>(random.u32() & 0x7FFF)),
      next_repeat_number_(static_cast<std::uint16_t>(random.u32() & 0x7FFF)),
      first_timestamp_(random.u32()) {}

void SendStream::configure(const Section& section, const Encoding& encoding) {
  encoding_ = encoding;
  if (mid_ != section.mid) known_ = false;
  mid_ = section.mid;
  extensions_ = section.send_extensions;
  std::vector<Encoder> encoders;
  tone_formats_.clear();
  for (const Format& format : section.send_formats) {
    if (formats::equals_ignoring_case(format.name, "telephone-event")) tone_formats_.push_back(format);
    const auto known = std::ranges::find(encoders_, format, &Encoder::format);
    auto packetizer = known != encoders_.end() ? std::move(known->packetizer) : packetizer_for(format);
    if (packetizer) encoders.push_back({format, std::move(packetizer)});
  }
  encoders_ = std::move(encoders);
}

std::unique_ptr<formats::Packetizer> SendStream::packetizer_for(const Format& format) const {
  auto made = formats::make_packetizer(format.name);
  if (made || !format.is_media) return made;
  if (kind_ == Kind::Audio) return std::make_unique<formats::WholePacketizer>();
  return std::make_unique<formats::GenericPacketizer>();
}

SendStream::Encoder* SendStream::encoder(std::string_view codec) {
  const auto found = std::ranges::find_if(encoders_, [&](const Encoder& one) {
    return codec.empty() || formats::equals_ignoring_case(one.format.name, codec);
  });
  return found == encoders_.end() ? nullptr : &*found;
}

std::uint32_t SendStream::timestamp_of(const OutgoingFrame& frame, std::uint32_t clock_rate, TimePoint now) {
  using std::chrono::microseconds;
  const auto ours = std::chrono::duration_cast<microseconds>(now.time_since_epoch());
  // The first frame is as of now; what follows keeps its distance.
  if (frame.timestamp && !offset_) offset_ = ours - *frame.timestamp;
  const microseconds time = frame.timestamp ? *frame.timestamp + *offset_ : ours;
  // In whole seconds and the rest, which cannot overflow.
  const auto whole = static_cast<std::uint64_t>(time / 1s), rest = static_cast<std::uint64_t>((time % 1s).count());
  const std::uint64_t ticks = whole * clock_rate + (rest * clock_rate + 500'000) / 1'000'000;
  return first_timestamp_ + static_cast<std::uint32_t>(ticks);
}

Result<void> SendStream::send(const OutgoingFrame& frame, TimePoint now, Sink& sink) {
  Encoder* const chosen = encoder(frame.codec);
  if (chosen == nullptr) {
    ++counters_.frames_refused;
    return fail(ErrorKind::InvalidAccessError, "the codec was not negotiated");
  }
  if (playing_) return {};  // the tone takes the sound's place
  rtp::Header header{.payload_type = chosen->format.payload_type,
                     .timestamp = timestamp_of(frame, chosen->format.clock_rate, now),
                     .ssrc = encoding_.source};
  if (kind_ == Kind::Audio) header.marker = counters_.frames == 0 || now - last_frame_ > kPause;
  // Values have to outlive the packets' writing.
  const std::array<std::uint8_t, 1> level{frame.audio_level.value_or(127)};
  Extensions extensions(extensions_);
  if (!known_) {
    extensions.add(rtp::ExtensionKind::Mid, as_bytes(mid_));
    extensions.add(rtp::ExtensionKind::Rid, as_bytes(encoding_.rid));
  }
  extensions.add(rtp::ExtensionKind::SendTime, kTimeLater);
  extensions.add(rtp::ExtensionKind::TransportSequenceNumber, kNumberLater);
  if (frame.audio_level) extensions.add(rtp::ExtensionKind::AudioLevel, level);

  Writer writer(*this, header, extensions.list(), sink);
  if (auto cut = chosen->packetizer->packetize(frame.data, frame.info, writer.room(), writer); !cut) {
    ++counters_.frames_refused;
    return cut;
  }
  last_timestamp_ = header.timestamp;
  last_clock_rate_ = chosen->format.clock_rate;
  last_frame_ = now;
  ++counters_.frames;
  if (frame.info.key_frame && kind_ == Kind::Video) ++counters_.key_frames;
  if (frame.info.width > 0) {
    counters_.width = frame.info.width;
    counters_.height = frame.info.height;
  }
  return {};
}

Result<void> SendStream::play(const Tone& tone, TimePoint now) {
  if (tone_formats_.empty()) return fail(ErrorKind::InvalidAccessError, "no tones were negotiated");
  // RFC 4733 section 2.1: of the rate that the sound beside it has.
  const auto fitting = std::ranges::find_if(tone_formats_, [this](const Format& format) {
    return !encoders_.empty() && format.clock_rate == encoders_.front().format.clock_rate;
  });
  const Format& format = fitting != tone_formats_.end() ? *fitting : tone_formats_.front();
  const std::uint32_t timestamp = timestamp_of({.data = {}, .info = {}}, format.clock_rate, now);
  playing_ = Playing{PlayedTone(tone, format.clock_rate, now), format.payload_type, timestamp};
  last_timestamp_ = timestamp;
  last_clock_rate_ = format.clock_rate;
  last_frame_ = now;
  return {};
}

void SendStream::advance(TimePoint now, Sink& sink) {
  if (!playing_) return;
  while (const auto report = playing_->tone.next_report(now)) {
    Extensions extensions(extensions_);
    if (!known_) extensions.add(rtp::ExtensionKind::Mid, as_bytes(mid_));
    extensions.add(rtp::ExtensionKind::SendTime, kTimeLater);
    extensions.add(rtp::ExtensionKind::TransportSequenceNumber, kNumberLater);
    const rtp::Header header{.payload_type = playing_->payload_type,
                             .marker = report->begins,
                             .timestamp = playing_->timestamp + report->offset,
                             .ssrc = encoding_.source};
    Bytes payload;
    formats::append_telephone_event(payload, report->event);
    const ByteView piece(payload);
    Writer(*this, header, extensions.list(), sink).on_payload(std::span(&piece, 1), true);
  }
  if (!playing_->tone.next_deadline()) playing_.reset();
}

std::optional<TimePoint> SendStream::next_deadline() const {
  return playing_ ? playing_->tone.next_deadline() : std::nullopt;
}

void SendStream::repeat(std::uint16_t number, TimePoint now, Duration round_trip, Sink& sink) {
  const ByteView kept = history_.again(number, now, round_trip);
  const auto original = rtp::PacketView::parse(kept);
  if (kept.empty() || !original) return;
  const auto format = std::ranges::find(encoders_, original->header().payload_type,
                                        [](const Encoder& one) { return one.format.payload_type; });
  if (format == encoders_.end()) return;
  ++counters_.repeated_packets;
  counters_.repeated_bytes += original->payload().size();
  if (!format->format.retransmission) {
    sink.on_packet(kept);  // the same packet once more
    return;
  }
  rtp::Header header = original->header();
  header.payload_type = *format->format.retransmission;
  header.ssrc = encoding_.retransmission;
  header.sequence_number = next_repeat_number_++;
  // Nobody reports on retransmissions, so these tell whose they are for ever.
  Extensions extensions(extensions_);
  extensions.add(rtp::ExtensionKind::Mid, as_bytes(mid_));
  extensions.add(rtp::ExtensionKind::RepairedRid, as_bytes(encoding_.rid));
  extensions.add(rtp::ExtensionKind::SendTime, kTimeLater);
  extensions.add(rtp::ExtensionKind::TransportSequenceNumber, kNumberLater);
  const std::size_t head = rtp::header_size(extensions.list());
  std::array<std::uint8_t, kMaxPacket + 64> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  const std::size_t size = head + kOriginalNumber + original->payload().size();
  if (size > buffer.size()) return;
  rtp::write_header(header, extensions.list(), buffer);
  buffer[head] = static_cast<std::uint8_t>(number >> 8);
  buffer[head + 1] = static_cast<std::uint8_t>(number);
  std::ranges::copy(original->payload(), buffer.begin() + static_cast<std::ptrdiff_t>(head + kOriginalNumber));
  sink.on_packet(ByteView(buffer).first(size));
}

std::size_t SendStream::pad(std::size_t size, Bytes& packet) {
  const auto format =
      std::ranges::find_if(encoders_, [](const Encoder& one) { return one.format.retransmission.has_value(); });
  if (format == encoders_.end()) return 0;
  const rtp::Header header{.payload_type = *format->format.retransmission,
                           .sequence_number = next_repeat_number_++,
                           .timestamp = last_timestamp_,
                           .ssrc = encoding_.retransmission};
  Extensions extensions(extensions_);
  extensions.add(rtp::ExtensionKind::Mid, as_bytes(mid_));
  extensions.add(rtp::ExtensionKind::SendTime, kTimeLater);
  extensions.add(rtp::ExtensionKind::TransportSequenceNumber, kNumberLater);
  const std::size_t head = rtp::header_size(extensions.list());
  packet.assign(head + size, 0);
  rtp::write_header(header, extensions.list(), packet);
  packet[0] |= 0x20;
  packet.back() = static_cast<std::uint8_t>(size);
  return packet.size();
}

std::uint32_t SendStream::timestamp_at(TimePoint now) const {
  const auto since = std::chrono::duration<double>(now - last_frame_).count();
  return last_timestamp_ + static_cast<std::uint32_t>(since * last_clock_rate_);
}

}  // namespace parley::media
