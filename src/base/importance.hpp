#pragma once

namespace parley {

/// RTCPriorityType, webrtc-priority section 2, in its order.
enum class Importance { VeryLow, Low, Medium, High };

/// RFC 8835 section 4.1: each level gets twice as much as the one below.
constexpr unsigned weight(Importance importance) { return 1U << static_cast<unsigned>(importance); }

}  // namespace parley
