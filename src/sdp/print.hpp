#pragma once

#include <string>

#include "sdp/model.hpp"

namespace parley::sdp {

/// The text of a description: CRLF, lines in the order of RFC 8866 section 5, attributes in the order of RFC 9429
/// section 7's examples. parse(print(d)) == d for every d that parse() returned. A CR, LF or NUL inside a value is left
/// out, so that no value can become a second line.
std::string print(const Description& description);

}  // namespace parley::sdp
