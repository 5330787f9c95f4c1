#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace parley::media {

/// Of RFC 6464 and 6465, in -dBov: 0 is the loudest, 127 silence.
using Loudness = std::uint8_t;
inline constexpr Loudness kSilent = 127;

/// As W3C tells it: 1 is the loudest, 0 silence.
inline double linear_level(Loudness loudness) { return loudness >= kSilent ? 0 : std::pow(10.0, loudness / -20.0); }

inline Loudness loudness_of(double level) {
  if (!(level > 0)) return kSilent;
  return static_cast<Loudness>(std::lround(std::clamp(-20 * std::log10(level), 0.0, double{kSilent})));
}

}  // namespace parley::media
