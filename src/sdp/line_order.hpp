#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parley::sdp {

/// The order of lines before the attributes, RFC 8866 section 5.
inline constexpr std::string_view kSessionOrder = "vosiuepcbtzk";
inline constexpr std::string_view kMediaOrder = "icbk";

/// Where in `order` lines of a type belong; types that are unknown come last. An r= belongs to the t= before it.
inline std::size_t place_of(char type, std::string_view order) {
  return std::min(order.find(type == 'r' ? 't' : type), order.size());
}

}  // namespace parley::sdp
