#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace parley::ice {

enum class Scheme { Stun, Stuns, Turn, Turns };
enum class ServerTransport { Udp, Tcp };

/// A "stun:" or "turn:" URL. RFC 7064, RFC 7065.
struct ServerUrl {
  Scheme scheme = Scheme::Stun;
  /// A name, an IPv4 literal or an IPv6 literal without brackets.
  std::string host;
  std::uint16_t port = 3478;
  ServerTransport transport = ServerTransport::Udp;
  /// As it was given.
  std::string text;
};

/// Error: SyntaxError for what is not such a URL (webrtc-pc section 4.4.1.2); NotSupportedError for "stuns:" and
/// "turns:", which would need TLS to the server, and for a transport other than udp and tcp.
Result<ServerUrl> parse_server_url(std::string_view url);

}  // namespace parley::ice
