#pragma once

#include <cstdint>
#include <optional>

#include "media/loudness.hpp"

namespace parley::media {

/// How much sound there was and how loud: webrtc-stats section 8.4, by what frames tell of themselves (RFC 6464).
struct Sound {
  std::uint64_t samples = 0;
  double seconds = 0;
  /// Of what told its level: 0 to 1, and the sum of its squares times seconds. No level: nothing has told.
  std::optional<double> level = std::nullopt;
  double energy = 0;

  void add(std::uint32_t count, std::uint32_t clock_rate, std::optional<Loudness> loudness) {
    const double length = clock_rate == 0 ? 0 : static_cast<double>(count) / clock_rate;
    samples += count;
    seconds += length;
    if (!loudness) return;
    level = linear_level(*loudness);
    energy += *level * *level * length;
  }
};

}  // namespace parley::media
