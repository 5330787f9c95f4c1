#include "ice/candidate.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"

namespace parley::ice {
namespace {

/// Bounds the work that a hostile text can cause; real candidates stay below 300.
constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxFoundation = 32;  // RFC 8839 section 5.1: 1*32ice-char

constexpr std::pair<std::string_view, Protocol> kProtocols[] = {{"udp", Protocol::Udp}, {"tcp", Protocol::Tcp}};
constexpr std::pair<std::string_view, CandidateType> kTypes[] = {{"host", CandidateType::Host},
                                                                 {"srflx", CandidateType::Srflx},
                                                                 {"prflx", CandidateType::Prflx},
                                                                 {"relay", CandidateType::Relay}};
constexpr std::pair<std::string_view, TcpType> kTcpTypes[] = {
    {"active", TcpType::Active}, {"passive", TcpType::Passive}, {"so", TcpType::SimultaneousOpen}};

template <class Table>
auto find_token(const Table& table, std::string_view token) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const auto& row) { return equal_ignoring_case(row.first, token); });
  return found == std::end(table) ? std::nullopt : std::optional(found->second);
}

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) {
  for (const auto& [name, of] : table)
    if (of == value) return name;
  return "";
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

bool is_ice_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// Control characters would let a candidate break out of its line when it is printed again.
bool is_text(std::string_view token) {
  return std::all_of(token.begin(), token.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (true) {
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return tokens;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    tokens.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

Unexpected<Error> bad(std::string_view what) {
  return fail(ErrorKind::OperationError, "not an ICE candidate: " + std::string(what));
}

Result<void> read_fixed(const std::vector<std::string_view>& tokens, Candidate& out) {
  out.foundation = tokens[0];
  if (out.foundation.empty() || out.foundation.size() > kMaxFoundation) return bad("foundation");
  // ice-char is what the grammar has; others are known to occur and harm nothing.
  const auto component = number<unsigned>(tokens[1]);
  if (!component || *component < 1 || *component > 256) return bad("component id");
  out.component = *component;
  const auto protocol = find_token(kProtocols, tokens[2]);
  out.protocol = protocol.value_or(Protocol::Other);
  if (!protocol) out.other_protocol = tokens[2];
  const auto priority = number<std::uint32_t>(tokens[3]);
  if (!priority) return bad("priority");
  out.priority = *priority;
  out.address = tokens[4];
  const auto port = number<std::uint16_t>(tokens[5]);
  if (!port) return bad("port");
  out.port = *port;
  if (!equal_ignoring_case(tokens[6], "typ")) return bad("no \"typ\"");
  const auto type = find_token(kTypes, tokens[7]);
  out.type = type.value_or(CandidateType::Other);
  if (!type) out.other_type = tokens[7];
  return {};
}

Result<void> read_extension(std::string_view name, std::string_view value, Candidate& out) {
  if (equal_ignoring_case(name, "raddr")) {
    out.related_address = value;
  } else if (equal_ignoring_case(name, "rport")) {
    out.related_port = number<std::uint16_t>(value);
    if (!out.related_port) return bad("rport");
  } else if (equal_ignoring_case(name, "tcptype")) {
    out.tcp_type = find_token(kTcpTypes, value);
    if (!out.tcp_type) return bad("tcptype");
  } else if (equal_ignoring_case(name, "ufrag")) {
    if (!std::all_of(value.begin(), value.end(), is_ice_char) || value.size() > 256) return bad("ufrag");
    out.username_fragment = value;
  } else {
    out.extensions.emplace_back(name, value);
  }
  return {};
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

std::string_view to_string(Protocol protocol) { return name_of(kProtocols, protocol); }
std::string_view to_string(CandidateType type) { return name_of(kTypes, type); }
std::string_view to_string(TcpType type) { return name_of(kTcpTypes, type); }

Result<Candidate> parse_candidate(std::string_view text) {
  if (text.size() > kMaxText) return bad("too long");
  text = trim(text);
  if (text.starts_with("a=")) text.remove_prefix(2);
  constexpr std::string_view kName = "candidate:";
  if (text.size() < kName.size() || !equal_ignoring_case(text.substr(0, kName.size()), kName))
    return bad("no \"candidate:\"");
  const auto tokens = split(text.substr(kName.size()));
  if (tokens.size() < 8) return bad("too short");
  if (!std::all_of(tokens.begin(), tokens.end(), is_text)) return bad("control character");
  Candidate result;
  if (auto read = read_fixed(tokens, result); !read) return Unexpected(std::move(read).error());
  // Extensions come in pairs; a last name without a value says nothing.
  for (std::size_t i = 8; i + 1 < tokens.size(); i += 2)
    if (auto read = read_extension(tokens[i], tokens[i + 1], result); !read) return Unexpected(std::move(read).error());
  return result;
}

std::string print_candidate(const Candidate& c) {
  std::string out = "candidate:" + c.foundation + ' ' + std::to_string(c.component) + ' ';
  out += c.protocol == Protocol::Other ? c.other_protocol : to_string(c.protocol);
  out += ' ' + std::to_string(c.priority) + ' ' + c.address + ' ' + std::to_string(c.port) + " typ ";
  out += c.type == CandidateType::Other ? c.other_type : to_string(c.type);
  if (c.related_address) out += " raddr " + *c.related_address;
  if (c.related_port) out += " rport " + std::to_string(*c.related_port);
  if (c.tcp_type) (out += " tcptype ") += to_string(*c.tcp_type);
  for (const auto& [name, value] : c.extensions) out.append(1, ' ').append(name).append(1, ' ').append(value);
  if (!c.username_fragment.empty()) out += " ufrag " + c.username_fragment;
  return out;
}

bool is_mdns_name(std::string_view address) {
  constexpr std::string_view kSuffix = ".local";
  return address.size() > kSuffix.size() &&
         equal_ignoring_case(address.substr(address.size() - kSuffix.size()), kSuffix);
}

}  // namespace parley::ice
