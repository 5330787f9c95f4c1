#include "dcep/message.hpp"

#include <algorithm>
#include <limits>

#include "dcep/utf8.hpp"

namespace parley::dcep {
namespace {

// RFC 8832 section 8.2.1.
constexpr std::uint8_t kAck = 0x02;
constexpr std::uint8_t kOpen = 0x03;

// RFC 8832 section 8.2.2.
constexpr std::uint8_t kReliable = 0x00;
constexpr std::uint8_t kPartialReliableRexmit = 0x01;
constexpr std::uint8_t kPartialReliableTimed = 0x02;
constexpr std::uint8_t kUnordered = 0x80;

std::uint16_t to_16_bits(std::uint32_t value) {
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(value, std::numeric_limits<std::uint16_t>::max()));
}

Result<Reliability> reliability_of(std::uint8_t channel_type, std::uint32_t parameter) {
  Reliability reliability{.ordered = (channel_type & kUnordered) == 0};
  switch (channel_type & ~kUnordered) {
    case kReliable:
      return reliability;
    case kPartialReliableRexmit:
      reliability.max_retransmits = to_16_bits(parameter);
      return reliability;
    case kPartialReliableTimed:
      reliability.max_packet_life_time = to_16_bits(parameter);
      return reliability;
  }
  return fail(ErrorKind::DataError, "DATA_CHANNEL_OPEN has an unknown channel type");
}

Result<Message> parse_open(ByteReader reader) {
  const auto channel_type = reader.number<std::uint8_t>();
  const auto priority = reader.number<std::uint16_t>();
  const auto parameter = reader.number<std::uint32_t>();
  const auto label_length = reader.number<std::uint16_t>();
  const auto protocol_length = reader.number<std::uint16_t>();
  if (!protocol_length) return fail(ErrorKind::DataError, "DATA_CHANNEL_OPEN is too short");
  const auto label = reader.take(*label_length);
  const auto protocol = reader.take(*protocol_length);
  if (!protocol || reader.remaining() != 0)
    return fail(ErrorKind::DataError, "the lengths in DATA_CHANNEL_OPEN do not add up");
  auto reliability = reliability_of(*channel_type, *parameter);
  if (!reliability) return Unexpected<Error>(std::move(reliability).error());
  return Message(OpenMessage{
      .label = to_utf8(*label), .protocol = to_utf8(*protocol), .reliability = *reliability, .priority = *priority});
}

}  // namespace

Result<Message> parse(ByteView message) {
  ByteReader reader(message);
  const auto type = reader.number<std::uint8_t>();
  if (!type) return fail(ErrorKind::DataError, "an empty DCEP message");
  switch (*type) {
    case kOpen:
      return parse_open(reader);
    case kAck:
      return Message(AckMessage{});
  }
  return Message(UnknownMessage{*type});
}

Bytes write(const OpenMessage& message) {
  const Reliability& r = message.reliability;
  std::uint8_t type = kReliable;
  if (r.max_retransmits) type = kPartialReliableRexmit;
  if (r.max_packet_life_time) type = kPartialReliableTimed;
  if (!r.ordered) type |= kUnordered;
  const std::uint32_t parameter = r.max_packet_life_time.value_or(r.max_retransmits.value_or(0));
  Bytes out;
  out.reserve(12 + message.label.size() + message.protocol.size());
  ByteWriter(out)
      .number(kOpen)
      .number(type)
      .number(message.priority)
      .number(parameter)
      .number(static_cast<std::uint16_t>(message.label.size()))
      .number(static_cast<std::uint16_t>(message.protocol.size()))
      .bytes(as_bytes(message.label))
      .bytes(as_bytes(message.protocol));
  return out;
}

Bytes write(const AckMessage&) { return {kAck}; }

}  // namespace parley::dcep
