// The packets of a stream: plain ones, and those that are in RED and protected by ULPFEC.
#include "media/send_stream_writer.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {
namespace {

/// Of the only block of RED.
constexpr std::size_t kRedHeader = 1;

}  // namespace

SendStream::Writer::Writer(SendStream& stream, const rtp::Header& header, const Extensions& extensions, Sink& sink)
    : stream_(stream), header_(header), sink_(sink) {
  use(extensions);
}

SendStream::Writer::Writer(SendStream& stream, const rtp::Header& header, const FrameExtensions& extensions, Sink& sink)
    : Writer(stream, header, extensions.first ? *extensions.first : extensions.rest, sink) {
  rest_ = &extensions.rest;
}

std::size_t SendStream::Writer::room() const {
  const std::size_t header = rest_ == nullptr ? header_size_ : std::max(header_size_, rtp::header_size(rest_->list()));
  const std::size_t extensions = header - rtp::kFixedHeader;
  const std::size_t protection = shield_ == nullptr ? 0 : kRedHeader + rtp::kUlpfecHeader + extensions;
  return kMaxPacket - header - kOriginalNumber - protection;
}

void SendStream::Writer::use(const Extensions& extensions) {
  extensions_ = &extensions;
  header_size_ = rtp::header_size(extensions.list());
  extensions.mark(marks_);
}

/// The flags of its dependency descriptor (section A.8 of the format for AV1).
void SendStream::Writer::place_in_frame(bool last) {
  constexpr std::uint8_t kFirst = 0x80, kLast = 0x40;
  if (!first_) use(*rest_);
  Bytes& value = first_ ? stream_.descriptors_.first : stream_.descriptors_.rest;
  if (!value.empty())
    value[0] = static_cast<std::uint8_t>((value[0] & 0x3F) | (first_ ? kFirst : 0) | (last ? kLast : 0));
  first_ = false;
}

void SendStream::Writer::on_payload(std::span<const ByteView> pieces, bool last) {
  std::size_t size = 0;
  for (const ByteView piece : pieces) size += piece.size();
  if (stream_.kind_ == Kind::Video) header_.marker = last && ends_picture_;
  header_.sequence_number = static_cast<std::uint16_t>(stream_.next_number_++);
  if (rest_ != nullptr) place_in_frame(last);
  if (shield_ != nullptr) return on_protected(pieces, size);
  cc::Packet& packet = begin(header_size_ + size);
  auto at = packet.head.begin() + static_cast<std::ptrdiff_t>(header_size_);
  for (const ByteView piece : pieces) at = std::ranges::copy(piece, at).out;
  finish(packet, size);
}

void SendStream::Writer::on_copied(ByteView payload) {
  cc::Packet& packet = begin(header_size_ + payload.size());
  std::ranges::copy(payload, packet.head.begin() + static_cast<std::ptrdiff_t>(header_size_));
  finish(packet, payload.size());
}

void SendStream::Writer::on_shared(const OutgoingPacket& given) {
  cc::Packet& packet = begin(header_size_);
  packet.payload = given.payload;
  packet.owner = given.owner;
  finish(packet, given.payload.size());
}

void SendStream::Writer::on_protected(std::span<const ByteView> pieces, std::size_t size) {
  Bytes& plain = shield_->plain;
  plain.resize(header_size_ + size);
  rtp::write_header(header_, extensions_->list(), plain);
  auto at = plain.begin() + static_cast<std::ptrdiff_t>(header_size_);
  for (const ByteView piece : pieces) at = std::ranges::copy(piece, at).out;
  on_red(header_.payload_type, ByteView(plain).subspan(header_size_));
  if (const auto made = shield_->protector.add(header_.sequence_number, plain)) on_protection(*made);
}

void SendStream::Writer::on_red(PayloadType inside, ByteView payload) {
  const PayloadType outside = std::exchange(header_.payload_type, shield_->red);
  cc::Packet& packet = begin(header_size_ + kRedHeader + payload.size());
  packet.head[header_size_] = inside.get();
  std::ranges::copy(payload, packet.head.begin() + static_cast<std::ptrdiff_t>(header_size_ + kRedHeader));
  header_.payload_type = outside;
  finish(packet, kRedHeader + payload.size());
}

void SendStream::Writer::on_protection(const rtp::Protection& protection) {
  Bytes payload;
  rtp::write_ulpfec(protection, payload);
  if (header_size_ + kRedHeader + payload.size() + kOriginalNumber > kMaxPacket) return;
  const bool marker = std::exchange(header_.marker, false);
  header_.sequence_number = static_cast<std::uint16_t>(stream_.next_number_++);
  on_red(shield_->ulpfec, payload);
  header_.marker = marker;
  ++stream_.counters_.protecting_packets;
  stream_.counters_.protecting_bytes += header_size_ + kRedHeader + payload.size();
}

cc::Packet& SendStream::Writer::begin(std::size_t size) {
  cc::Packet& packet = stream_.history_.store(header_.sequence_number, size);
  packet.send_time = marks_.send_time;
  packet.transport_number = marks_.transport_number;
  rtp::write_header(header_, extensions_->list(), packet.head);
  return packet;
}

void SendStream::Writer::finish(cc::Packet& packet, std::size_t payload_size) {
  ++stream_.counters_.packets;
  stream_.counters_.payload_bytes += payload_size;
  stream_.counters_.header_bytes += header_size_;
  sink_.on_packet(packet);
}

}  // namespace parley::media
