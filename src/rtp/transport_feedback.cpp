#include "rtp/transport_feedback.hpp"

#include <algorithm>

namespace parley::rtp {
namespace {

/// What arrival times are counted in.
using Steps = std::chrono::duration<std::int64_t, std::ratio<1, 4000>>;
/// The reference is in steps of 64 ms.
constexpr unsigned kBitsOfReference = 8;
/// More than any sender remembers: a few bytes could tell of that many.
constexpr std::size_t kMostRead = 8192;
/// Of one message: a datagram holds it whatever the deltas are.
constexpr std::size_t kMostWritten = 400;

enum class Status : std::uint8_t { Lost = 0, Small = 1, Large = 2 };

/// Run lengths and status vectors, section 3.1.3 and 3.1.4. False if they are cut off.
bool read_statuses(ByteReader& reader, std::size_t count, std::vector<Status>& statuses) {
  while (statuses.size() < count) {
    const auto chunk = reader.number<std::uint16_t>();
    if (!chunk) return false;
    if ((*chunk & 0x8000) == 0) {
      const std::size_t run = std::min<std::size_t>(*chunk & 0x1FFF, count - statuses.size());
      statuses.insert(statuses.end(), run, static_cast<Status>(*chunk >> 13 & 3));
      if (run == 0) return false;
      continue;
    }
    const bool two_bits = (*chunk & 0x4000) != 0;
    const int symbols = two_bits ? 7 : 14;
    for (int i = 0; i < symbols && statuses.size() < count; ++i)
      statuses.push_back(static_cast<Status>(two_bits ? *chunk >> (12 - 2 * i) & 3 : *chunk >> (13 - i) & 1));
  }
  return true;
}

std::int64_t in_steps(Duration time) { return std::chrono::floor<Steps>(time).count(); }

/// Vectors of seven, and runs where seven and more are the same.
void write_statuses(const std::vector<Status>& statuses, ByteWriter& writer) {
  for (std::size_t i = 0; i < statuses.size();) {
    std::size_t run = 1;
    while (i + run < statuses.size() && statuses[i + run] == statuses[i] && run < 0x1FFF) ++run;
    if (run >= 7 || i + run == statuses.size()) {
      writer.number(static_cast<std::uint16_t>(static_cast<unsigned>(statuses[i]) << 13 | run));
      i += run;
      continue;
    }
    unsigned chunk = 0xC000;
    for (unsigned symbol = 0; symbol < 7 && i < statuses.size(); ++symbol, ++i)
      chunk |= static_cast<unsigned>(statuses[i]) << (12 - 2 * symbol);
    writer.number(static_cast<std::uint16_t>(chunk));
  }
}

}  // namespace

std::optional<TransportFeedback> parse_transport_feedback(const RtcpPacket& packet) {
  ByteReader reader(packet.body);
  TransportFeedback feedback;
  const auto sender = reader.number<std::uint32_t>(), source = reader.number<std::uint32_t>();
  const auto base = reader.number<std::uint16_t>(), count = reader.number<std::uint16_t>();
  const auto reference = reader.number<std::uint32_t>();
  if (!reference || *count == 0 || *count > kMostRead) return std::nullopt;
  feedback.sender = Ssrc(*sender);
  feedback.source = Ssrc(*source);
  feedback.count = static_cast<std::uint8_t>(*reference);
  std::vector<Status> statuses;
  if (!read_statuses(reader, *count, statuses)) return std::nullopt;
  // 24 bits, signed.
  std::int64_t steps = static_cast<std::int64_t>(static_cast<std::int32_t>(*reference) >> 8) << kBitsOfReference;
  feedback.packets.reserve(statuses.size());
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    TransportFeedback::Packet told{.number = static_cast<std::uint16_t>(*base + i)};
    if (statuses[i] == Status::Small) {
      const auto delta = reader.number<std::uint8_t>();
      if (!delta) return std::nullopt;
      steps += *delta;
      told.arrival = Steps(steps);
    } else if (statuses[i] == Status::Large) {
      const auto delta = reader.number<std::uint16_t>();
      if (!delta) return std::nullopt;
      steps += static_cast<std::int16_t>(*delta);
      told.arrival = Steps(steps);
    }
    feedback.packets.push_back(told);
  }
  return feedback;
}

std::size_t write(const TransportFeedback& feedback, Bytes& out) {
  const auto first =
      std::ranges::find_if(feedback.packets, [](const auto& packet) { return packet.arrival.has_value(); });
  if (first == feedback.packets.end()) return feedback.packets.size();
  const std::int64_t reference = in_steps(*first->arrival) >> kBitsOfReference;
  std::int64_t steps = reference << kBitsOfReference;
  std::vector<Status> statuses;
  Bytes deltas;
  const std::size_t most = std::min(feedback.packets.size(), kMostWritten);
  statuses.reserve(most);
  deltas.reserve(2 * most);
  for (const TransportFeedback::Packet& packet : feedback.packets) {
    if (statuses.size() == kMostWritten) break;
    if (!packet.arrival) {
      statuses.push_back(Status::Lost);
      continue;
    }
    const std::int64_t delta = in_steps(*packet.arrival) - steps;
    if (delta < INT16_MIN || delta > INT16_MAX) break;  // a new message begins with a new reference
    steps += delta;
    if (delta >= 0 && delta <= 0xFF) {
      statuses.push_back(Status::Small);
      deltas.push_back(static_cast<std::uint8_t>(delta));
    } else {
      statuses.push_back(Status::Large);
      ByteWriter(deltas).number(static_cast<std::uint16_t>(delta));
    }
  }
  const RtcpWriter frame(out, RtcpType::TransportFeedback, feedback_format::kTransportWide);
  ByteWriter writer(out);
  writer.number(feedback.sender.get()).number(feedback.source.get());
  writer.number(feedback.packets.front().number).number(static_cast<std::uint16_t>(statuses.size()));
  writer.number(static_cast<std::uint32_t>(reference) << 8 | feedback.count);
  write_statuses(statuses, writer);
  writer.bytes(deltas);
  return statuses.size();
}

}  // namespace parley::rtp
