#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ecn.hpp"
#include "base/time.hpp"

/// Congestion control: from what was sent, and what the peer says of it, to how much may be sent. Pure; time is an
/// argument. Rates are bits per second.
namespace parley::cc {

/// A packet as it left.
struct SentPacket {
  std::int64_t number = 0;
  std::size_t size = 0;
  TimePoint sent{};
  /// Which probe it belongs to.
  std::optional<std::uint32_t> probe = std::nullopt;
  Ecn ecn = Ecn::NotCapable;
};

/// What became of it.
struct PacketResult {
  SentPacket packet;
  /// On the peer's clock, which begins anywhere; nothing if it did not arrive.
  std::optional<Duration> arrival = std::nullopt;
  /// How the network has marked it, if the peer tells.
  Ecn ecn = Ecn::NotCapable;
};

/// What one message of the peer tells, in the order of sending.
struct Feedback {
  TimePoint received{};
  std::vector<PacketResult> packets;
};

inline double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
inline Duration from_seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

}  // namespace parley::cc
