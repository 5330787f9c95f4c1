#pragma once

#include <string_view>

#include "parley/export.hpp"

namespace parley {

/// How much of what there is something gets while others want it, too: 1, 2, 4 or 8 parts (RFC 8835 section 4.1). It is
/// often better to say what matters less than what matters more. webrtc-priority section 2.
enum class RTCPriorityType { VeryLow, Low, Medium, High };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCPriorityType priority);

}  // namespace parley
