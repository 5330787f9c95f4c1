// The packets of a stream: plain ones, those that are in RED and protected by ULPFEC, and FlexFEC beside them.
#include "media/send_stream_writer.hpp"

#include <algorithm>
#include <utility>

#include "rtp/packet.hpp"

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
  const std::size_t header = rest_ == nullptr ? header_size_ : std::max(header_size_, rest_->header_size());
  const std::size_t left = kMaxPacket - header - kOriginalNumber;
  if (shield_ == nullptr) return left;
  return left - (shield_->red ? kRedHeader + rtp::kUlpfecHeader + header - rtp::kFixedHeader
                              : protection_header() + rtp::kFlexfecHeader - rtp::kFixedHeader);
}

void SendStream::Writer::use(const Extensions& extensions) {
  extensions_ = &extensions;
  header_size_ = extensions.header_size();
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
  if (shield_ != nullptr && shield_->red) return on_protected(pieces, size);
  cc::Packet& packet = begin(header_size_ + size);
  auto rest = std::span(packet.head).subspan(header_size_);
  for (const ByteView piece : pieces) rest = copy_bytes(piece, rest);
  finish(packet, size);
}

void SendStream::Writer::on_copied(ByteView payload) {
  cc::Packet& packet = begin(header_size_ + payload.size());
  copy_bytes(payload, std::span(packet.head).subspan(header_size_));
  finish(packet, payload.size());
}

void SendStream::Writer::on_shared(const OutgoingPacket& given) {
  cc::Packet& packet = begin(header_size_);
  packet.payload = given.payload;
  packet.owner = given.owner;
  finish(packet, given.payload.size());
}

void SendStream::Writer::on_protected(std::span<const ByteView> pieces, std::size_t size) {
  Bytes& plain = shield_->bytes;
  plain.resize(header_size_ + size);
  extensions_->write(header_, plain);
  auto rest = std::span(plain).subspan(header_size_);
  for (const ByteView piece : pieces) rest = copy_bytes(piece, rest);
  on_red(header_.payload_type, ByteView(plain).subspan(header_size_));
  if (const auto made = shield_->protector.add(header_.sequence_number, plain)) on_protection(*made);
}

void SendStream::Writer::on_red(PayloadType inside, ByteView payload) {
  const PayloadType outside = std::exchange(header_.payload_type, *shield_->red);
  cc::Packet& packet = begin(header_size_ + kRedHeader + payload.size());
  packet.head[header_size_] = inside.get();
  copy_bytes(payload, std::span(packet.head).subspan(header_size_ + kRedHeader));
  header_.payload_type = outside;
  finish(packet, kRedHeader + payload.size());
}

/// It is of no frame, so nothing is said of what that needs.
void SendStream::Writer::on_protection(const rtp::Protection& protection) {
  Bytes payload;
  rtp::write_ulpfec(protection, payload);
  if (header_size_ + kRedHeader + payload.size() + kOriginalNumber > kMaxPacket) return;
  const Extensions& of_frame = *extensions_;
  const Extensions own = of_frame.of_no_frame();
  use(own);
  const bool marker = std::exchange(header_.marker, false);
  header_.sequence_number = static_cast<std::uint16_t>(stream_.next_number_++);
  on_red(shield_->protection, payload);
  header_.marker = marker;
  ++stream_.counters_.protecting_packets;
  stream_.counters_.protecting_bytes += kRedHeader + payload.size();
  stream_.counters_.protecting_header_bytes += header_size_;
  use(of_frame);
}

/// Nobody reports on the source of FlexFEC, so its packets tell whose they are for ever.
SendStream::Extensions SendStream::Writer::protection_extensions() const {
  Extensions list(stream_.extensions_);
  list.add(rtp::ExtensionKind::Mid, as_bytes(stream_.mid_));
  list.add_what_comes_later();
  return list;
}

std::size_t SendStream::Writer::protection_header() const { return protection_extensions().header_size(); }

/// What protects this packet and others, if it is time for that. Before the packet leaves, since then it is written to.
std::optional<rtp::Protection> SendStream::Writer::protect(const cc::Packet& packet) {
  // Others cut packets as they like.
  if (protection_header() + rtp::kFlexfecHeader + packet.size() - rtp::kFixedHeader > kMaxPacket) return std::nullopt;
  if (packet.payload.empty()) return shield_->protector.add(header_.sequence_number, packet.head);
  Bytes& whole = shield_->bytes;
  whole.assign(packet.head.begin(), packet.head.end());
  whole.insert(whole.end(), packet.payload.begin(), packet.payload.end());
  return shield_->protector.add(header_.sequence_number, whole);
}

void SendStream::Writer::send_apart(rtp::Protection protection) {
  protection.source = stream_.encoding_.source;
  const rtp::Header header{.payload_type = shield_->protection,
                           .sequence_number = stream_.next_protection_number_++,
                           .timestamp = header_.timestamp,
                           .ssrc = *stream_.encoding_.protection};
  const Extensions list = protection_extensions();
  Bytes& bytes = shield_->bytes;
  bytes.resize(list.header_size());
  list.write(header, bytes);
  const std::size_t head = bytes.size();
  rtp::write_flexfec(protection, bytes);
  Counters& counters = stream_.counters_;
  ++counters.protecting_packets;
  counters.protecting_bytes += bytes.size() - head;
  counters.protecting_header_bytes += head;
  ++counters.separate_packets;
  counters.separate_bytes += bytes.size() - head;
  counters.header_bytes += head;
  cc::Packet packet{.head = bytes};
  list.mark(packet);
  sink_.on_packet(packet);
}

cc::Packet& SendStream::Writer::begin(std::size_t size) {
  cc::Packet& packet = stream_.history_.store(header_.sequence_number, size);
  packet.send_time = marks_.send_time;
  packet.transport_number = marks_.transport_number;
  extensions_->write(header_, packet.head);
  return packet;
}

void SendStream::Writer::finish(cc::Packet& packet, std::size_t payload_size) {
  ++stream_.counters_.packets;
  stream_.counters_.payload_bytes += payload_size;
  stream_.counters_.header_bytes += header_size_;
  const bool apart = shield_ != nullptr && !shield_->red;
  auto protection = apart ? protect(packet) : std::nullopt;
  sink_.on_packet(packet);
  if (protection) send_apart(*std::move(protection));
}

}  // namespace parley::media
