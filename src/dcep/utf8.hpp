#pragma once

#include <string>

#include "base/bytes.hpp"

namespace parley::dcep {

/// True for well-formed UTF-8 (Unicode 15, table 3-7): shortest forms only, no surrogates, nothing above U+10FFFF.
bool is_utf8(ByteView text);

/// The text with every maximal ill-formed part replaced by U+FFFD, which is what the Encoding Standard's decoder does.
std::string to_utf8(ByteView text);

}  // namespace parley::dcep
