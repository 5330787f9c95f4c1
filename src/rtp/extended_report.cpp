#include "rtp/extended_report.hpp"

namespace parley::rtp {
namespace {

/// Section 3: type, a byte of the type's own, length in words.
constexpr std::uint8_t kReceiverReferenceTime = 4, kDelaySinceReference = 5;
constexpr std::size_t kReferenceWords = 2, kAnswerWords = 3;

void begin_block(ByteWriter& writer, std::uint8_t type, std::size_t words) {
  writer.number(type).number(std::uint8_t{0}).number(static_cast<std::uint16_t>(words));
}

void read_answers(ByteReader block, std::vector<ExtendedReport::Answer>& answers) {
  while (block.remaining() >= kAnswerWords * 4)
    answers.push_back({.source = Ssrc(*block.number<std::uint32_t>()),
                       .last_reference = *block.number<std::uint32_t>(),
                       .delay_since_reference = *block.number<std::uint32_t>()});
}

}  // namespace

std::optional<ExtendedReport> parse_extended_report(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  const auto sender = reader.number<std::uint32_t>();
  if (!sender) return std::nullopt;
  ExtendedReport report{.sender = Ssrc(*sender)};
  while (reader.remaining() > 0) {
    const auto type = reader.number<std::uint8_t>(), own = reader.number<std::uint8_t>();
    const auto words = reader.number<std::uint16_t>();
    const auto block = type && own && words ? reader.take(std::size_t{*words} * 4) : std::nullopt;
    if (!block) return std::nullopt;
    if (*type == kReceiverReferenceTime && *words == kReferenceWords)
      report.reference = NtpTime{*ByteReader(*block).number<std::uint64_t>()};
    if (*type == kDelaySinceReference) read_answers(ByteReader(*block), report.answers);
  }
  return report;
}

void write(const ExtendedReport& report, Bytes& out) {
  const RtcpWriter frame(out, RtcpType::ExtendedReport, 0);
  ByteWriter writer(out);
  writer.number(report.sender.get());
  if (report.reference) {
    begin_block(writer, kReceiverReferenceTime, kReferenceWords);
    writer.number(report.reference->value);
  }
  if (report.answers.empty()) return;
  begin_block(writer, kDelaySinceReference, kAnswerWords * report.answers.size());
  for (const ExtendedReport::Answer& answer : report.answers)
    writer.number(answer.source.get()).number(answer.last_reference).number(answer.delay_since_reference);
}

}  // namespace parley::rtp
