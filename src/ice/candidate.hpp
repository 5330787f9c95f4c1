#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace parley::ice {

/// The transport of a candidate. Other: one that we do not know (its token is kept), to be ignored.
enum class Protocol { Udp, Tcp, Other };
/// RFC 8839 section 5.1. Other: a type that we do not know, to be ignored.
enum class CandidateType { Host, Srflx, Prflx, Relay, Other };
/// RFC 6544 section 4.5.
enum class TcpType { Active, Passive, SimultaneousOpen };

/// The tokens of the candidate line: "udp", "tcp"; "host", "srflx", "prflx", "relay"; "active", "passive", "so".
std::string_view to_string(Protocol protocol);
std::string_view to_string(CandidateType type);
std::string_view to_string(TcpType type);

/// One ICE candidate as a value; what RFC 8839 section 5.1 calls candidate-attribute.
struct Candidate {
  std::string foundation;
  unsigned component = 1;
  Protocol protocol = Protocol::Udp;
  std::uint32_t priority = 0;
  /// An IPv4 or IPv6 literal, or a name (mDNS). Without brackets; a zone id stays as it came.
  std::string address;
  std::uint16_t port = 0;
  CandidateType type = CandidateType::Host;
  std::optional<TcpType> tcp_type = std::nullopt;
  std::optional<std::string> related_address = std::nullopt;
  std::optional<std::uint16_t> related_port = std::nullopt;
  /// The `ufrag` extension; empty when there is none.
  std::string username_fragment = {};
  /// All other extensions, in order.
  std::vector<std::pair<std::string, std::string>> extensions = {};
  /// The tokens as they came where protocol or type is Other.
  std::string other_protocol = {};
  std::string other_type = {};

  bool operator==(const Candidate&) const = default;
};

/// Reads "candidate:…", also with "a=" before and white space or a line end after. Error: OperationError naming what is
/// wrong. Unknown transports, types and extensions are not errors.
Result<Candidate> parse_candidate(std::string_view text);
/// "candidate:…", the extensions in the order raddr, rport, tcptype, the unknown ones, ufrag.
std::string print_candidate(const Candidate& candidate);

/// The address is a name of multicast DNS (RFC 6762), "….local".
bool is_mdns_name(std::string_view address);

}  // namespace parley::ice
