#include "rtp/feedback.hpp"

#include <algorithm>

namespace parley::rtp {
namespace {

constexpr std::uint32_t kRemb = 0x52454D42;  // "REMB"
/// What fits into one datagram.
constexpr std::size_t kMostNackPairs = 250;

struct Sources {
  Ssrc sender, source;
};
std::optional<Sources> read_sources(ByteReader& reader) {
  const auto sender = reader.number<std::uint32_t>();
  const auto source = reader.number<std::uint32_t>();
  if (!source) return std::nullopt;
  return Sources{Ssrc(*sender), Ssrc(*source)};
}

}  // namespace

std::optional<Nack> parse_nack(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  const auto sources = read_sources(reader);
  if (!sources) return std::nullopt;
  Nack nack{sources->sender, sources->source, {}};
  while (reader.remaining() >= 4) {
    const auto first = *reader.number<std::uint16_t>();
    const auto following = *reader.number<std::uint16_t>();
    nack.numbers.push_back(first);
    for (unsigned bit = 0; bit < 16; ++bit)
      if ((following >> bit & 1) != 0) nack.numbers.push_back(static_cast<std::uint16_t>(first + bit + 1));
  }
  return nack;
}

void write(const Nack& nack, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::TransportFeedback, feedback_format::kNack);
  ByteWriter writer(out);
  writer.number(nack.sender.get()).number(nack.source.get());
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < nack.numbers.size() && pairs < kMostNackPairs; ++pairs) {
    const std::uint16_t first = nack.numbers[i++];
    std::uint16_t following = 0;
    for (; i < nack.numbers.size(); ++i) {
      const auto distance = static_cast<std::uint16_t>(nack.numbers[i] - first);
      if (distance == 0 || distance > 16) break;
      following = static_cast<std::uint16_t>(following | 1U << (distance - 1));
    }
    writer.number(first).number(following);
  }
}

std::optional<PictureLoss> parse_picture_loss(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  const auto sources = read_sources(reader);
  if (!sources) return std::nullopt;
  return PictureLoss{sources->sender, sources->source};
}

void write(const PictureLoss& loss, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::PayloadFeedback, feedback_format::kPictureLoss);
  ByteWriter(out).number(loss.sender.get()).number(loss.source.get());
}

std::optional<FullIntraRequest> parse_full_intra_request(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  const auto sources = read_sources(reader);
  if (!sources) return std::nullopt;
  FullIntraRequest request{sources->sender, {}};
  while (reader.remaining() >= 8) {
    const auto source = *reader.number<std::uint32_t>();
    const auto number = *reader.number<std::uint32_t>();
    request.entries.push_back({Ssrc(source), static_cast<std::uint8_t>(number >> 24)});
  }
  return request;
}

void write(const FullIntraRequest& request, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::PayloadFeedback, feedback_format::kFullIntraRequest);
  ByteWriter writer(out);
  writer.number(request.sender.get()).number(std::uint32_t{0});
  for (const FullIntraRequest::Entry& entry : request.entries)
    writer.number(entry.source.get()).number(static_cast<std::uint32_t>(entry.number) << 24);
}

std::optional<RemoteLimit> parse_remote_limit(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  const auto sources = read_sources(reader);
  const auto name = reader.number<std::uint32_t>();
  const auto value = reader.number<std::uint32_t>();
  if (!sources || !value || *name != kRemb) return std::nullopt;
  const std::uint32_t exponent = *value >> 18 & 0x3F;
  const std::uint64_t mantissa = *value & 0x3FFFF;
  // More than 64 bits say: without end.
  if (exponent > 46) return std::nullopt;
  RemoteLimit limit{sources->sender, mantissa << exponent, {}};
  for (std::uint32_t i = 0; i < *value >> 24; ++i) {
    const auto source = reader.number<std::uint32_t>();
    if (!source) return std::nullopt;
    limit.sources.emplace_back(*source);
  }
  return limit;
}

void write(const RemoteLimit& limit, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::PayloadFeedback, feedback_format::kApplication);
  ByteWriter writer(out);
  std::uint32_t exponent = 0;
  std::uint64_t mantissa = limit.rate;
  for (; mantissa > 0x3FFFF; mantissa >>= 1) ++exponent;
  writer.number(limit.sender.get()).number(std::uint32_t{0}).number(kRemb);
  writer.number(static_cast<std::uint32_t>(limit.sources.size()) << 24 | exponent << 18 |
                static_cast<std::uint32_t>(mantissa));
  for (const Ssrc source : limit.sources) writer.number(source.get());
}

}  // namespace parley::rtp
