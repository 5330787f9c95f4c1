#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"
#include "sdp/model.hpp"

namespace parley::sdp {

/// The largest description that is looked at; what is larger is refused, so that hostile text costs bounded time and
/// memory.
inline constexpr std::size_t kMaxBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxLines = 100'000;
inline constexpr std::size_t kMaxMedia = 1024;

/// Reads a description in time linear in its size.
/// Tolerated: LF for CRLF, no end of the last line, blank lines, spaces at the end of lines or between words, s= or t=
/// missing, lines in another order, lines and attributes that are unknown or at an unknown level. Refused: a first line
/// other than v=0, no o=, and a line with a field in the model that does not follow its grammar or contradicts an
/// earlier one (RFC 9429 section 5.8); the error is an RTCError with errorDetail SdpSyntaxError and sdpLineNumber
/// counted from 1.
Result<Description> parse(std::string_view text);

}  // namespace parley::sdp
