#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/rtp_numbers.hpp"
#include "rtp/ntp.hpp"
#include "rtp/rtcp.hpp"

/// Sender and receiver reports, source descriptions, goodbyes: RFC 3550 sections 6.4 to 6.6.
namespace parley::rtp {

/// What a receiver says of one source.
struct ReportBlock {
  Ssrc source{};
  std::uint8_t fraction_lost = 0;
  std::int32_t cumulative_lost = 0;  ///< 24 bits
  std::uint32_t extended_highest = 0;
  std::uint32_t jitter = 0;
  std::uint32_t last_report = 0;              ///< LSR: when the last sender report was sent; 0 if there was none
  std::uint32_t delay_since_last_report = 0;  ///< DLSR, in 65536ths of a second
  bool operator==(const ReportBlock&) const = default;
};

struct SenderReport {
  Ssrc sender{};
  NtpTime ntp;
  std::uint32_t timestamp = 0;
  std::uint32_t packets = 0, octets = 0;
  std::vector<ReportBlock> blocks;
  bool operator==(const SenderReport&) const = default;
};

struct ReceiverReport {
  Ssrc sender{};
  std::vector<ReportBlock> blocks;
  bool operator==(const ReceiverReport&) const = default;
};

/// The most blocks of one report.
inline constexpr std::size_t kMostReportBlocks = 31;

std::optional<SenderReport> parse_sender_report(const RtcpPacket& packet);
std::optional<ReceiverReport> parse_receiver_report(const RtcpPacket& packet);
void write(const SenderReport& report, Bytes& out);
void write(const ReceiverReport& report, Bytes& out);

/// The CNAME of one source: of SDES, all that matters here.
struct CanonicalName {
  Ssrc source{};
  std::string name;
  bool operator==(const CanonicalName&) const = default;
};
std::vector<CanonicalName> parse_source_description(const RtcpPacket& packet);
/// At most 31 sources.
void write_source_description(const std::vector<Ssrc>& sources, std::string_view cname, Bytes& out);

std::vector<Ssrc> parse_goodbye(const RtcpPacket& packet);
inline constexpr std::size_t kMostGoodbyes = 31;
/// At most that many sources.
void write_goodbye(const std::vector<Ssrc>& sources, Bytes& out);

}  // namespace parley::rtp
