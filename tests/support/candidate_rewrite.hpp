#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/endpoint.hpp"

namespace parley::test {

/// Where a candidate line ("candidate:…" or "a=candidate:…", RFC 8839 section 5.1) says its peer is, if it is a UDP
/// candidate of type host with an IP literal; the link emulator can stand in for no other kind.
std::optional<Endpoint> host_endpoint(std::string_view candidate);

/// The same line with another address and port, under the same conditions.
std::optional<std::string> move_candidate(std::string_view candidate, const Endpoint& to);

/// A session description whose candidates all lead to `to`: the first host candidate is moved there, all others go.
struct MovedDescription {
  std::string sdp;
  /// Where the first host candidate led before, if there was one.
  std::optional<Endpoint> from;
};
MovedDescription move_description(std::string_view sdp, const Endpoint& to);

}  // namespace parley::test
