#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "rtp/ntp.hpp"

namespace parley::rtp {

/// When a frame was captured: http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time, 8 or 16 bytes.
struct CaptureTime {
  /// On the clock of the system that captured it.
  NtpTime time;
  /// What the sender believes has to be added to its own clock to have that one, in 2^-32 s. Senders that capture
  /// themselves may leave it out.
  std::optional<std::int64_t> offset = std::nullopt;
  bool operator==(const CaptureTime&) const = default;
};

std::optional<CaptureTime> parse_capture_time(ByteView value);
void write(const CaptureTime& capture, Bytes& out);

}  // namespace parley::rtp
