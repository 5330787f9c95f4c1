#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace parley::av {

/// How long a packet sounds, by its first two bytes: RFC 6716 section 3.1. 20 ms if it is none.
inline std::chrono::microseconds opus_duration(std::span<const std::uint8_t> packet) {
  constexpr std::chrono::microseconds kUsual{20'000};
  if (packet.empty()) return kUsual;
  const unsigned configuration = packet[0] >> 3;
  const unsigned place = configuration % 4;
  // SILK has 10, 20, 40 and 60 ms, hybrid 10 and 20, CELT 2.5, 5, 10 and 20.
  unsigned frame = 0;
  if (configuration < 12) {
    frame = place == 3 ? 60'000 : 10'000U << place;
  } else if (configuration < 16) {
    frame = 10'000U << (configuration % 2);
  } else {
    frame = 2'500U << place;
  }
  unsigned frames = 1;
  switch (packet[0] & 3) {
    case 0:
      break;
    case 1:
    case 2:
      frames = 2;
      break;
    default:
      frames = packet.size() > 1 ? packet[1] & 0x3FU : 0;
  }
  const unsigned whole = frame * frames;
  return whole == 0 || whole > 120'000 ? kUsual : std::chrono::microseconds(whole);
}

}  // namespace parley::av
