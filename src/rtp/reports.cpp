#include "rtp/reports.hpp"

#include <algorithm>

namespace parley::rtp {
namespace {

constexpr std::size_t kBlockSize = 24;
constexpr std::uint8_t kCname = 1;

std::optional<std::vector<ReportBlock>> read_blocks(ByteReader& reader, std::size_t count) {
  if (reader.remaining() < count * kBlockSize) return std::nullopt;
  std::vector<ReportBlock> blocks;
  blocks.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    ReportBlock block;
    block.source = Ssrc(*reader.number<std::uint32_t>());
    const std::uint32_t lost = *reader.number<std::uint32_t>();
    block.fraction_lost = static_cast<std::uint8_t>(lost >> 24);
    block.cumulative_lost = static_cast<std::int32_t>(lost << 8) >> 8;  // a signed number of 24 bits
    block.extended_highest = *reader.number<std::uint32_t>();
    block.jitter = *reader.number<std::uint32_t>();
    block.last_report = *reader.number<std::uint32_t>();
    block.delay_since_last_report = *reader.number<std::uint32_t>();
    blocks.push_back(block);
  }
  return blocks;
}

void write_blocks(const std::vector<ReportBlock>& blocks, ByteWriter& writer) {
  for (const ReportBlock& block : blocks) {
    writer.number(block.source.get())
        .number(static_cast<std::uint32_t>(block.fraction_lost) << 24 |
                (static_cast<std::uint32_t>(block.cumulative_lost) & 0xFFFFFF))
        .number(block.extended_highest)
        .number(block.jitter)
        .number(block.last_report)
        .number(block.delay_since_last_report);
  }
}

}  // namespace

std::optional<SenderReport> parse_sender_report(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  if (reader.remaining() < 24) return std::nullopt;
  SenderReport report;
  report.sender = Ssrc(*reader.number<std::uint32_t>());
  report.ntp.value = *reader.number<std::uint64_t>();
  report.timestamp = *reader.number<std::uint32_t>();
  report.packets = *reader.number<std::uint32_t>();
  report.octets = *reader.number<std::uint32_t>();
  auto blocks = read_blocks(reader, packet.count);
  if (!blocks) return std::nullopt;
  report.blocks = *std::move(blocks);
  return report;
}

std::optional<ReceiverReport> parse_receiver_report(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  const auto sender = reader.number<std::uint32_t>();
  if (!sender) return std::nullopt;
  auto blocks = read_blocks(reader, packet.count);
  if (!blocks) return std::nullopt;
  return ReceiverReport{Ssrc(*sender), *std::move(blocks)};
}

void write(const SenderReport& report, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::SenderReport, static_cast<std::uint8_t>(report.blocks.size()));
  ByteWriter writer(out);
  writer.number(report.sender.get())
      .number(report.ntp.value)
      .number(report.timestamp)
      .number(report.packets)
      .number(report.octets);
  write_blocks(report.blocks, writer);
}

void write(const ReceiverReport& report, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::ReceiverReport, static_cast<std::uint8_t>(report.blocks.size()));
  ByteWriter writer(out);
  writer.number(report.sender.get());
  write_blocks(report.blocks, writer);
}

std::vector<CanonicalName> parse_source_description(const RtcpPacket& packet) {
  std::vector<CanonicalName> names;
  ByteView rest = packet.body;
  for (std::size_t chunk = 0; chunk < packet.count && rest.size() >= 4; ++chunk) {
    const auto source = ByteReader(rest).number<std::uint32_t>();
    std::size_t at = 4;
    while (at < rest.size() && rest[at] != 0) {
      if (at + 2 > rest.size() || at + 2 + rest[at + 1] > rest.size()) return names;
      if (rest[at] == kCname)
        names.push_back({Ssrc(*source), std::string(as_text(rest.subspan(at + 2, rest[at + 1])))});
      at += 2U + rest[at + 1];
    }
    at = (at / 4 + 1) * 4;  // at least one zero, up to the next word
    if (at > rest.size()) return names;
    rest = rest.subspan(at);
  }
  return names;
}

void write_source_description(const std::vector<Ssrc>& sources, std::string_view cname, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::SourceDescription, static_cast<std::uint8_t>(sources.size()));
  ByteWriter writer(out);
  const std::string_view name = cname.substr(0, 255);
  for (const Ssrc source : sources) {
    const std::size_t start = out.size();
    writer.number(source.get()).number(kCname).number(static_cast<std::uint8_t>(name.size())).bytes(as_bytes(name));
    do out.push_back(0);
    while ((out.size() - start) % 4 != 0);
  }
}

std::vector<Ssrc> parse_goodbye(const RtcpPacket& packet) {
  std::vector<Ssrc> sources;
  ByteReader reader(packet.body);
  for (std::size_t i = 0; i < packet.count; ++i) {
    const auto source = reader.number<std::uint32_t>();
    if (!source) break;
    sources.emplace_back(*source);
  }
  return sources;
}

void write_goodbye(const std::vector<Ssrc>& sources, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::Goodbye, static_cast<std::uint8_t>(sources.size()));
  for (const Ssrc source : sources) ByteWriter(out).number(source.get());
}

}  // namespace parley::rtp
