#pragma once

#include <chrono>
#include <optional>

#include "base/bytes.hpp"

namespace parley::rtp {

/// How long the sender wants frames to wait between capture and display:
/// http://www.webrtc.org/experiments/rtp-hdrext/playout-delay, twice 12 bits in steps of 10 ms.
struct PlayoutDelay {
  static constexpr std::chrono::milliseconds kMost{40950};
  std::chrono::milliseconds least{}, most{};
  bool operator==(const PlayoutDelay&) const = default;
};

/// Nothing for a minimum above the maximum.
std::optional<PlayoutDelay> parse_playout_delay(ByteView value);
/// What is too long becomes the longest that can be said.
void write(const PlayoutDelay& delay, Bytes& out);

}  // namespace parley::rtp
