#include "rtp/congestion_feedback.hpp"

#include <algorithm>

namespace parley::rtp {
namespace {

constexpr std::size_t kTimeBytes = 4;

CongestionFeedback::Packet read_packet(std::uint16_t block) {
  if ((block & 0x8000) == 0) return {};
  return {.arrived = true,
          .ecn = static_cast<std::uint8_t>(block >> 13 & 3),
          .offset = static_cast<std::uint16_t>(block & 0x1FFF)};
}

std::optional<CongestionFeedback::Source> read_source(ByteReader& reader) {
  const auto source = reader.number<std::uint32_t>();
  const auto first = reader.number<std::uint16_t>(), count = reader.number<std::uint16_t>();
  if (!count || *count > CongestionFeedback::kMostPackets) return std::nullopt;
  const auto blocks = reader.take((std::size_t{*count} + *count % 2U) * 2);
  if (!blocks) return std::nullopt;
  CongestionFeedback::Source told{.source = Ssrc(*source), .first = *first, .packets = {}};
  told.packets.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i)
    told.packets.push_back(read_packet(static_cast<std::uint16_t>((*blocks)[2 * i] << 8 | (*blocks)[2 * i + 1])));
  return told;
}

}  // namespace

std::uint16_t arrival_offset(Duration before) {
  if (before < Duration::zero()) return CongestionFeedback::kUnknown;
  using Steps = std::chrono::duration<std::int64_t, std::ratio<1, 1024>>;
  const std::int64_t steps = std::chrono::floor<Steps>(before).count();
  return static_cast<std::uint16_t>(std::min<std::int64_t>(steps, CongestionFeedback::kTooEarly));
}

std::optional<CongestionFeedback> parse_congestion_feedback(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  const auto sender = reader.number<std::uint32_t>();
  if (!sender) return std::nullopt;
  CongestionFeedback told{.sender = Ssrc(*sender), .sources = {}};
  while (reader.remaining() > kTimeBytes) {
    auto source = read_source(reader);
    if (!source) return std::nullopt;
    told.sources.push_back(*std::move(source));
  }
  const auto time = reader.number<std::uint32_t>();
  if (!time || reader.remaining() != 0) return std::nullopt;
  told.time = *time;
  return told;
}

void write(const CongestionFeedback& feedback, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::TransportFeedback, feedback_format::kCongestion);
  ByteWriter writer(out);
  writer.number(feedback.sender.get());
  for (const CongestionFeedback::Source& source : feedback.sources) {
    writer.number(source.source.get()).number(source.first).number(static_cast<std::uint16_t>(source.packets.size()));
    for (const CongestionFeedback::Packet& packet : source.packets)
      writer.number(static_cast<std::uint16_t>(
          packet.arrived ? 0x8000 | (packet.ecn & 3) << 13 | (packet.offset & CongestionFeedback::kUnknown) : 0));
    if (source.packets.size() % 2 != 0) writer.number(std::uint16_t{0});
  }
  writer.number(feedback.time);
}

}  // namespace parley::rtp
