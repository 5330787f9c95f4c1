// Packets that are passed on, or that a program has made, instead of frames.
#include <algorithm>
#include <array>
#include <utility>

#include "media/send_stream.hpp"
#include "media/send_stream_writer.hpp"
#include "rtp/packet.hpp"
#include "rtp/sequence.hpp"

namespace parley::media {

/// What others cut is not cut again; a path may carry it or not.
static constexpr std::size_t kMaxForeignPayload = 1500;

/// The dependency descriptor of a packet that is passed on: what refers to something that there was
/// no room for is not sent either.
ByteView SendStream::descriptor_to_send(ByteView descriptor) {
  const std::uint8_t id = extensions_.id(rtp::ExtensionKind::DependencyDescriptor);
  const bool has_room = extensions_.has_room(id, descriptor.size());
  // The fourth byte's first bit: a structure follows (section A.8 of the format for AV1).
  if (descriptor.size() > 3 && (descriptor[3] & 0x80) != 0) structure_left_out_ = !has_room;
  return has_room && !structure_left_out_ ? descriptor : ByteView();
}

/// Another source goes on where the last one stopped, as much later as it comes later. The first one begins as frames
/// would.
SendStream::Mapping SendStream::map(const OutgoingPacket& packet, std::uint32_t clock_rate, TimePoint now) {
  using std::chrono::microseconds;
  const auto since = std::chrono::duration_cast<microseconds>(now - last_frame_);
  const std::uint32_t begin = last_clock_rate_ == 0 ? clock_.timestamp(std::nullopt, {}, clock_rate, now)
                                                    : last_timestamp_ + std::max(1U, ticks(since, clock_rate));
  return {.source = packet.source,
          .number = static_cast<std::uint16_t>(next_number_ - packet.number),
          .timestamp = begin - packet.timestamp,
          .first = next_number_};
}

/// The one that is nearest to what comes next.
std::int64_t SendStream::mapped_number(const OutgoingPacket& packet) const {
  const auto number = static_cast<std::uint16_t>(packet.number + mapping_->number);
  return next_number_ +
         static_cast<std::int16_t>(static_cast<std::uint16_t>(number - static_cast<std::uint16_t>(next_number_)));
}

Result<void> SendStream::send(const OutgoingPacket& packet, TimePoint now, Sink& sink) {
  const Encoder* const chosen = encoder(packet.codec);
  if (chosen == nullptr) return fail(ErrorKind::InvalidAccessError, "the codec was not negotiated");
  if (packet.payload.size() > kMaxForeignPayload) return fail(ErrorKind::InvalidAccessError, "the packet is too long");
  if (playing_) return {};  // as with frames
  // Whoever passes packets on knows where to begin. That something is missing in front of others, the receiver is to
  // see.
  if (std::exchange(needs_key_frame_, false) && !mapping_ && !packet.begins_key_frame) ++next_number_;
  if (!mapping_ || mapping_->source != packet.source) mapping_ = map(packet, chosen->format.clock_rate, now);
  // Who jumps so far has begun anew, or wants what comes later to seem old (to the receiver, too).
  constexpr std::int64_t kMostAhead = 0x4000;
  if (mapped_number(packet) - next_number_ > kMostAhead) mapping_ = map(packet, chosen->format.clock_rate, now);
  // What seems to be older than anything that could still be sent, but is of a later time or comes after a pause, in
  // which more than half of all numbers may have been used, is far ahead. That something is missing, the receiver is to
  // see.
  constexpr Duration kPause = 2s;
  const auto reach = static_cast<std::int64_t>(history_.reach());
  if (next_number_ - mapped_number(packet) > reach &&
      (now - last_frame_ > kPause || rtp::is_later(packet.timestamp + mapping_->timestamp, last_timestamp_))) {
    ++next_number_;
    mapping_ = map(packet, chosen->format.clock_rate, now);
  }
  const std::int64_t full = mapped_number(packet);
  const auto number = static_cast<std::uint16_t>(full);
  const rtp::Header header{.payload_type = chosen->format.payload_type,
                           .marker = packet.marker,
                           .sequence_number = number,
                           .timestamp = packet.timestamp + mapping_->timestamp,
                           .ssrc = encoding_.source};
  // No number may be given to two packets (RFC 3711 section 9.1), so what may have been sent is not sent now.
  if (full < mapping_->first || next_number_ - full > reach ||
      (full < next_number_ && history_.find(number) != nullptr))
    return {};
  history_.pass(now);
  const bool is_newest = full >= next_number_;
  next_number_ = std::max(next_number_, full + 1);
  if (counters_.frames == 0 || rtp::is_later(header.timestamp, last_timestamp_)) {
    ++counters_.frames;
    pace_.add(now);
  }
  const std::array<std::uint8_t, 1> level{packet.audio_level.value_or(0)};
  Extensions list = extensions(packet.audio_level ? ByteView(level) : ByteView(), packet.contributing);
  add_notes(packet.notes, header, chosen->format.clock_rate, list);
  list.add(rtp::ExtensionKind::DependencyDescriptor, descriptor_to_send(packet.descriptor));
  dependencies_.pass(packet.descriptor);
  Writer writer(*this, header, list, sink);
  // ULPFEC would take numbers that belong to packets yet to come.
  if (shield_ && !shield_->red && shield_->protector.group() > 0) writer.protect(*shield_);
  if (packet.owner) {
    writer.on_shared(packet);
  } else {
    writer.on_copied(packet.payload);
  }
  if (!is_newest) return {};
  clock_.pass(header.timestamp, chosen->format.clock_rate, now);
  sent(header, chosen->format, now);
  return {};
}

}  // namespace parley::media
