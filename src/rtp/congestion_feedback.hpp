#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"
#include "base/time.hpp"
#include "rtp/rtcp.hpp"

namespace parley::rtp {

/// Which packets of which sources have arrived, and when: RFC 8888 section 3.1.
struct CongestionFeedback {
  /// In 1/1024 s before the report; the two highest mean "earlier than that" and "not known".
  static constexpr std::uint16_t kTooEarly = 0x1FFE, kUnknown = 0x1FFF;
  /// A report of more packets of one source would not say which they are.
  static constexpr std::size_t kMostPackets = 16384;

  struct Packet {
    bool arrived = false;
    std::uint8_t ecn = 0;      ///< RFC 3168; of packets that have arrived
    std::uint16_t offset = 0;  ///< likewise
    bool operator==(const Packet&) const = default;
  };
  struct Source {
    Ssrc source{};
    std::uint16_t first = 0;
    std::vector<Packet> packets;  ///< without a gap in the numbers
    bool operator==(const Source&) const = default;
  };
  Ssrc sender{};
  std::vector<Source> sources;
  std::uint32_t time = 0;  ///< the middle of the reporter's NTP time, 1/65536 s
  bool operator==(const CongestionFeedback&) const = default;
};

/// How long before a report a packet came, as the report can say it.
std::uint16_t arrival_offset(Duration before);

std::optional<CongestionFeedback> parse_congestion_feedback(const RtcpPacket& packet);
void write(const CongestionFeedback& feedback, Bytes& out);

}  // namespace parley::rtp
