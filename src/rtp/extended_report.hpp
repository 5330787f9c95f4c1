#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"
#include "rtp/ntp.hpp"
#include "rtp/rtcp.hpp"

/// Extended reports, RFC 3611: of their blocks, the two by which whoever only receives measures round trips.
namespace parley::rtp {

struct ExtendedReport {
  /// What one receiver is told about the time it has sent (section 4.5, DLRR).
  struct Answer {
    Ssrc source{};                            ///< the receiver
    std::uint32_t last_reference = 0;         ///< LRR: the middle of the time that came last; 0 if none has
    std::uint32_t delay_since_reference = 0;  ///< DLRR, in 65536ths of a second
    bool operator==(const Answer&) const = default;
  };
  Ssrc sender{};
  /// The receiver's time when it sent this (section 4.4, RRTR).
  std::optional<NtpTime> reference = std::nullopt;
  std::vector<Answer> answers = {};
  bool operator==(const ExtendedReport&) const = default;
};

/// Blocks of other types are skipped.
std::optional<ExtendedReport> parse_extended_report(const RtcpPacket& packet);
void write(const ExtendedReport& report, Bytes& out);

}  // namespace parley::rtp
