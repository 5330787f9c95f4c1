#include "ice/server_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.hpp"
#include "ice/address.hpp"

namespace parley::ice {
namespace {

struct SchemeRow {
  std::string_view name;
  Scheme scheme;
  std::uint16_t port;  // RFC 7064 section 3.2, RFC 7065 section 3.2
};
constexpr SchemeRow kSchemes[] = {{"stun", Scheme::Stun, 3478},
                                  {"stuns", Scheme::Stuns, 5349},
                                  {"turn", Scheme::Turn, 3478},
                                  {"turns", Scheme::Turns, 5349}};

constexpr std::size_t kMaxName = 253;  // RFC 1035 section 2.3.4, as text

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

Unexpected<Error> bad(std::string_view url, std::string_view what) {
  return fail(ErrorKind::SyntaxError, "\"" + std::string(url) + "\" is not a STUN or TURN URL: " + std::string(what));
}

/// reg-name of RFC 3986 section 3.2.2, percent-encoding undone; nothing where the grammar is broken.
std::optional<std::string> read_name(std::string_view text) {
  constexpr std::string_view kOther = "-._~!$&'()*+,;=";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      unsigned code = 0;
      const auto digits = text.substr(i + 1, 2);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
      if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
      if (code <= 0x20 || code == 0x7F) return std::nullopt;
      out += static_cast<char>(code);
      i += 2;
      continue;
    }
    const bool alphanumeric = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
    if (!alphanumeric && kOther.find(c) == std::string_view::npos) return std::nullopt;
    out += c;
  }
  return out;
}

/// Takes the host off the front of `rest`.
std::optional<std::string> take_host(std::string_view& rest) {
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string literal(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    const auto address = SocketAddress::parse(literal, 0);
    if (!address || address->family() != AF_INET6) return std::nullopt;
    return literal;
  }
  const std::size_t end = std::min(rest.find(':'), rest.size());
  const std::string_view raw = rest.substr(0, end);
  rest.remove_prefix(end);
  auto name = read_name(raw);
  if (!name || name->empty() || name->size() > kMaxName) return std::nullopt;
  return name;
}

/// ":port" or nothing. False where that is broken.
bool read_port(std::string_view text, std::uint16_t& port) {
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  text.remove_prefix(1);
  if (text.empty()) return true;  // RFC 3986 section 3.2.3: as if it were not there
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return false;
  port = value;
  return true;
}

}  // namespace

Result<ServerUrl> parse_server_url(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos) return bad(url, "no scheme");
  const std::string scheme = lowered(url.substr(0, colon));
  const auto* row = std::find_if(std::begin(kSchemes), std::end(kSchemes),
                                 [&](const SchemeRow& known) { return known.name == scheme; });
  if (row == std::end(kSchemes)) return bad(url, "unknown scheme");
  const bool turn = row->scheme == Scheme::Turn || row->scheme == Scheme::Turns;
  const bool secure = row->scheme == Scheme::Stuns || row->scheme == Scheme::Turns;
  ServerUrl result{.scheme = row->scheme,
                   .host = {},
                   .port = row->port,
                   .transport = secure ? ServerTransport::Tcp : ServerTransport::Udp,
                   .text = std::string(url)};

  // In the order of webrtc-pc section 4.4.1.6, "validate an ICE server URL".
  std::string_view rest = url.substr(colon + 1);
  const std::size_t question = rest.find('?');
  const bool has_query = question != std::string_view::npos;
  const std::string query = has_query ? lowered(rest.substr(question + 1)) : std::string();
  rest = rest.substr(0, question);
  if (rest.find_first_of("/@") != std::string_view::npos) return bad(url, "neither a path nor a user belongs in it");
  if (url.find('#') != std::string_view::npos) return bad(url, "fragment");
  if (!turn && has_query) return bad(url, "a STUN URL has no query");
  if (secure)
    return fail(
        ErrorKind::NotSupportedError,
        "\"" + result.text + "\": TLS and DTLS to a server are not supported, and plain text is not a substitute");
  auto host = take_host(rest);
  if (!host) return bad(url, "host");
  result.host = std::move(*host);
  if (!read_port(rest, result.port)) return bad(url, "port");
  if (has_query && query != "transport=udp" && query != "transport=tcp") return bad(url, "transports are udp and tcp");
  if (query == "transport=tcp") result.transport = ServerTransport::Tcp;
  return result;
}

}  // namespace parley::ice
