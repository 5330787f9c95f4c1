#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"
#include "base/time.hpp"
#include "rtp/rtcp.hpp"

namespace parley::rtp {

/// When the packets of a transport have arrived: draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.
struct TransportFeedback {
  struct Packet {
    std::uint16_t number = 0;
    /// On the receiver's clock, in steps of 250 µs from any beginning; it wraps after 12 days. Nothing: not arrived.
    std::optional<Duration> arrival = std::nullopt;
    bool operator==(const Packet&) const = default;
  };
  Ssrc sender{}, source{};
  std::uint8_t count = 0;  ///< of the messages
  /// Without a gap in the numbers.
  std::vector<Packet> packets;
  bool operator==(const TransportFeedback&) const = default;
};

/// Nothing also for a message that tells of more than 8192 packets.
std::optional<TransportFeedback> parse_transport_feedback(const RtcpPacket& packet);
/// Writes as many of the packets as one message can tell of, and says how many. Arrivals are rounded to 250 µs.
std::size_t write(const TransportFeedback& feedback, Bytes& out);

}  // namespace parley::rtp
