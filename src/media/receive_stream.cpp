#include "media/receive_stream.hpp"

#include <algorithm>

#include "formats/audio.hpp"
#include "formats/describe.hpp"
#include "formats/generic.hpp"

namespace parley::media {
namespace {

/// How long a packet may be late where nothing asks for it, or what is shown can go on without.
constexpr Duration kReorderingWait = 100ms;
/// How often it is looked whether it can.
constexpr Duration kLookAgain = 20ms;
/// A stream usually begins with a key frame: its first packet may only be late.
constexpr Duration kFirstKeyFrameWait = 50ms;
/// How often a key frame is asked for, at most.
constexpr Duration kKeyFramePause = 300ms;
/// Whose last packet is older is not asked: nobody is there, or nothing is sent.
constexpr Duration kGone = 5s;

}  // namespace

ReceiveStream::ReceiveStream(Kind kind)
    : kind_(kind),
      buffer_(kind == Kind::Audio ? FrameBuffer::Continuity::Any : FrameBuffer::Continuity::KeyFrame),
      // Sound that comes late is of no use: a decoder conceals 20 ms better than a listener bears a pause.
      nacks_(kind == Kind::Audio ? NackList::Config{.attempts = 4, .give_up = 200ms} : NackList::Config{}) {}

void ReceiveStream::set_formats(const std::vector<Format>& formats) {
  std::vector<Decoder> decoders;
  decoders.reserve(formats.size());
  for (const Format& format : formats) {
    const auto known = std::ranges::find(decoders_, format, &Decoder::format);
    auto depacketizer = known != decoders_.end() ? std::move(known->depacketizer) : depacketizer_for(format);
    if (!depacketizer && kind_ == Kind::Audio) continue;
    decoders.push_back({format, std::move(depacketizer)});
  }
  decoders_ = std::move(decoders);
}

std::unique_ptr<formats::Depacketizer> ReceiveStream::depacketizer_for(const Format& format) const {
  auto made = formats::make_depacketizer(format.name);
  if (made || !format.is_media) return made;
  if (kind_ == Kind::Audio) return std::make_unique<formats::WholeDepacketizer>();
  return std::make_unique<formats::GenericDepacketizer>();
}

ReceiveStream::Decoder* ReceiveStream::decoder(PayloadType payload_type) {
  const auto found =
      std::ranges::find(decoders_, payload_type, [](const Decoder& one) { return one.format.payload_type; });
  return found == decoders_.end() ? nullptr : &*found;
}

const Format* ReceiveStream::format(PayloadType payload_type) const {
  const auto found =
      std::ranges::find(decoders_, payload_type, [](const Decoder& one) { return one.format.payload_type; });
  return found == decoders_.end() ? nullptr : &found->format;
}

bool ReceiveStream::repairs() const {
  return std::ranges::any_of(decoders_, [](const Decoder& one) { return one.format.nack; });
}

std::optional<formats::PayloadInfo> ReceiveStream::receive(const StreamPacket& packet, Arrival arrival, TimePoint now) {
  Decoder* reader = decoder(packet.payload_type);
  if (reader == nullptr || !reader->depacketizer) return std::nullopt;
  const auto counted = number_of(packet.sequence_number, arrival);
  if (!counted) return std::nullopt;
  const std::int64_t number = *counted;
  if (paused_) resume(number);
  const std::uint32_t clock_rate = packet.clock_rate != 0 ? packet.clock_rate : reader->format.clock_rate;
  if (arrival == Arrival::First) statistics_.received(number, packet.timestamp, clock_rate, now);
  count_packet(packet, arrival, now);
  note_missing(number, now);

  MediaPacket taken{.number = number,
                    .timestamp = packet.timestamp,
                    .marker = packet.marker,
                    .payload_type = packet.payload_type,
                    .payload = packet.payload,
                    .info = {},
                    .audio_level = packet.audio_level};
  if (!packet.payload.empty()) {
    auto info = reader->depacketizer->inspect(packet.payload);
    if (info) {
      taken.info = *info;
    } else {
      taken.payload = {};  // it fills its number
    }
  }
  const bool inserted = buffer_.insert(taken, now);
  // A repetition of what came in the end is late, too, but nothing was lost by that.
  if (!inserted && arrival == Arrival::First && buffer_.is_past(number)) ++counters_.late_packets;
  note_blocked(now);
  return inserted && !taken.payload.empty() ? std::optional(taken.info) : std::nullopt;
}

std::int64_t ReceiveStream::near_highest(std::uint16_t number) const {
  return highest_ +
         static_cast<std::int16_t>(static_cast<std::uint16_t>(number - static_cast<std::uint16_t>(highest_)));
}

/// A repair does not move the count: one that somebody holds back for half of all numbers seems to be far ahead.
std::optional<std::int64_t> ReceiveStream::number_of(std::uint16_t number, Arrival arrival) {
  constexpr std::int64_t kMostAhead = 1000;
  const std::int64_t counted = near_highest(number);
  // During a pause more than half of all numbers may have been used: what seems to be far behind is far ahead.
  if (paused_ && arrival == Arrival::First && highest_ - counted > kMostAhead) unwrapper_.go_on_at(counted + 0x10000);
  if (arrival == Arrival::First || highest_ < 0) return unwrapper_.unwrap(number);
  return counted - highest_ > kMostAhead ? std::nullopt : std::optional(counted);
}

void ReceiveStream::count_packet(const StreamPacket& packet, Arrival arrival, TimePoint now) {
  if (arrival == Arrival::Recovered) return;  // those that it was made of have been counted
  if (arrival == Arrival::First) {
    ++counters_.packets;
    counters_.payload_bytes += packet.payload_bytes;
  } else {
    ++counters_.repaired_packets;
    counters_.repaired_bytes += packet.payload_bytes;
  }
  counters_.header_bytes += packet.header_bytes;
  counters_.last_packet = now;
  if (packet.protects) {
    ++counters_.protecting_packets;
    counters_.protecting_bytes += packet.payload_bytes;
  } else if (!packet.payload.empty()) {
    counters_.payload_type = packet.payload_type;
  }
}

void ReceiveStream::receive_padding(std::size_t bytes, TimePoint now) {
  ++counters_.padding_packets;
  counters_.header_bytes += bytes;
  counters_.last_packet = now;
}

void ReceiveStream::receive_protection(std::size_t header_bytes, std::size_t payload_bytes, TimePoint now) {
  ++counters_.protecting_packets;
  counters_.protecting_bytes += payload_bytes;
  ++counters_.separate_packets;
  counters_.separate_bytes += payload_bytes;
  counters_.header_bytes += header_bytes;
  counters_.last_packet = now;
}

bool ReceiveStream::receive_repetition(std::uint16_t number, std::uint32_t timestamp, std::size_t bytes) {
  ++counters_.protecting_packets;
  counters_.protecting_bytes += bytes;
  // Before the first packet nothing is missing, nor is what has been passed already.
  const bool timely = counters_.frames == 0 || rtp::is_later(timestamp, counters_.last_timestamp);
  const bool lacks = highest_ >= 0 && timely && buffer_.lacks(near_highest(number));
  if (!lacks) ++counters_.useless_protection;
  return lacks;
}

void ReceiveStream::note_missing(std::int64_t number, TimePoint now) {
  if (highest_ >= 0 && repairs()) {
    if (number > highest_ + 1) nacks_.missing(highest_ + 1, number, now);
    if (number < highest_) nacks_.arrived(number);
  }
  highest_ = std::max(highest_, number);
}

/// Remembers how long something is waited for that nobody asks for, or that others may do without: several gaps are
/// waited for at the same time, not one after the other.
void ReceiveStream::note_blocked(TimePoint now) {
  const auto missing = buffer_.missing();
  const bool asked_for = missing && nacks_.awaits(*missing) && !ended_;
  if (!missing || (asked_for && !buffer_.may_do_without_missing())) {
    blocked_.reset();
  } else if (!blocked_ || blocked_->number != *missing || blocked_->asked_for != asked_for) {
    const Duration wait = asked_for ? std::max<Duration>(kReorderingWait, 2 * round_trip_) : kReorderingWait;
    blocked_ = {.number = *missing, .asked_for = asked_for, .until = buffer_.missing_since() + wait};
  }
  if (!buffer_.needs_key_frame() || ended_) {
    keyless_since_.reset();
  } else if (!keyless_since_) {
    keyless_since_ = now;
  }
}

/// Whether the next frame is complete, but not due. A buffer that fills up does not wait.
bool ReceiveStream::hold_back(TimePoint now) {
  held_until_.reset();
  if (playout_.target() == Duration::zero() || buffer_.reach() > FrameBuffer::kMost / 2) return false;
  const auto head = buffer_.head();
  const Format* of = head ? format(head->payload_type) : nullptr;
  if (of == nullptr) return false;
  const TimePoint due = playout_.due(media_time_.at(head->timestamp, of->clock_rate), head->last_arrival);
  if (due <= now) return false;
  held_until_ = due;
  return true;
}

std::optional<ArrivedFrame> ReceiveStream::next_frame(TimePoint now) {
  if (hold_back(now)) return std::nullopt;
  auto arrived = buffer_.next([this](PayloadType payload_type) {
    Decoder* reader = decoder(payload_type);
    return reader ? reader->depacketizer.get() : nullptr;
  });
  if (!arrived) {
    note_blocked(now);  // the buffer may have looked for a beginning
    return std::nullopt;
  }
  nacks_.forget_before(arrived->last + 1);
  keyless_since_.reset();
  if (arrived->frame.info.key_frame) key_frame_wanted_ = false;
  count_frame(*arrived, now);
  return arrived;
}

void ReceiveStream::count_frame(const ArrivedFrame& arrived, TimePoint now) {
  const formats::FrameInfo& info = arrived.frame.info;
  ++counters_.frames;
  counters_.last_frame = now;
  counters_.last_timestamp = arrived.timestamp;
  std::uint32_t units = 1;
  if (kind_ == Kind::Video) {
    pace_.shown(now);
    if (info.key_frame) ++counters_.key_frames;
    if (info.width > 0) {
      counters_.width = info.width;
      counters_.height = info.height;
    }
    if (arrived.first != arrived.last) {
      ++counters_.frames_of_many;
      counters_.assembly += arrived.last_arrival - arrived.first_arrival;
    }
  } else if (const Format* sound = format(arrived.payload_type)) {
    units = formats::samples_of(sound->name, sound->channels, arrived.frame.data).value_or(0);
    counters_.sound.add(units, sound->clock_rate, arrived.audio_level);
  }
  const auto seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
  // Held back or not, it was ready when all of it and what is before it had come.
  last_ready_ = playout_.target() == Duration::zero() ? now : std::max(arrived.last_arrival, last_ready_);
  counters_.waited += seconds(now - arrived.first_arrival) * units;
  counters_.waited_at_least += seconds(last_ready_ - arrived.first_arrival) * units;
  counters_.target += seconds(playout_.target()) * units;
  counters_.emitted += units;
}

std::vector<std::uint16_t> ReceiveStream::numbers_to_ask_for(TimePoint now, Duration round_trip) {
  std::vector<std::uint16_t> numbers;
  round_trip_ = round_trip;
  if (ended_) return numbers;
  for (const std::int64_t number : nacks_.due(now, round_trip)) numbers.push_back(static_cast<std::uint16_t>(number));
  if (!numbers.empty()) ++counters_.nacks;
  return numbers;
}

bool ReceiveStream::is_heard(TimePoint now) const {
  return counters_.last_packet && now - *counters_.last_packet < kGone;
}

/// When a key frame is to be asked for because nothing can be shown without. Whether its sender is there was to be seen
/// then: whoever comes late asks once more, and not for ever.
std::optional<TimePoint> ReceiveStream::key_frame_due() const {
  if (!keyless_since_) return std::nullopt;
  const TimePoint first = counters_.frames > 0 ? *keyless_since_ : *keyless_since_ + kFirstKeyFrameWait;
  const TimePoint due = std::max(first, key_frame_again_.value_or(first));
  return is_heard(due) ? std::optional(due) : std::nullopt;
}

bool ReceiveStream::should_ask_for_key_frame(TimePoint now, Duration round_trip) {
  if (kind_ == Kind::Audio || highest_ < 0) return false;
  const auto due = key_frame_due();
  const bool lacks = due && *due <= now;
  if (!lacks && !key_frame_wanted_) return false;
  if (key_frame_again_ && now < *key_frame_again_) return false;
  key_frame_again_ = now + std::max<Duration>(kKeyFramePause, round_trip + round_trip / 2);
  key_frame_wanted_ = false;
  return true;
}

void ReceiveStream::advance(TimePoint now) {
  nacks_.expire(now);
  // What is given up is not in the list any more.
  const auto missing = buffer_.missing();
  const bool given_up = missing && repairs() && !nacks_.awaits(*missing);
  // What is held back comes before what is missing.
  if (held_until_) {
    note_blocked(now);
    return;
  }
  bool late = blocked_ && now >= blocked_->until;
  if (late && blocked_->asked_for && !given_up && !buffer_.can_do_without_missing()) {
    blocked_->until = now + kLookAgain;
    late = false;
  }
  if (given_up || late) {
    buffer_.skip();
    nacks_.forget_before(buffer_.oldest());
    if (buffer_.needs_key_frame()) nacks_.clear();  // what came before it is of no use
  }
  note_blocked(now);
}

void ReceiveStream::drop(TimePoint now) {
  buffer_.drop();
  nacks_.clear();
  note_blocked(now);
}

void ReceiveStream::end(TimePoint now) {
  ended_ = true;
  key_frame_wanted_ = false;
  note_blocked(now);
}

void ReceiveStream::pause() {
  paused_ = highest_ >= 0;
  ended_ = false;
  buffer_.begin_anew();
  nacks_.clear();
  const Duration target = playout_.target();
  playout_ = {};
  playout_.set_target(target);
  held_until_.reset();
  blocked_.reset();
  keyless_since_.reset();
  key_frame_again_.reset();
  key_frame_wanted_ = false;
}

void ReceiveStream::resume(std::int64_t number) {
  paused_ = false;
  highest_ = std::max(highest_, number - 1);
  statistics_.resume(number);
}

std::optional<TimePoint> ReceiveStream::next_deadline() const {
  std::optional<TimePoint> next = ended_ ? std::nullopt : nacks_.next_deadline();
  if (held_until_) return earlier(next, held_until_);
  if (blocked_) next = earlier(next, blocked_->until);
  next = earlier(next, key_frame_due());
  if (key_frame_wanted_) next = earlier(next, key_frame_again_);
  return next;
}

}  // namespace parley::media
