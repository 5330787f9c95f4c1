#include "rtp/playout_delay.hpp"

#include <algorithm>
#include <cstdint>

namespace parley::rtp {

std::optional<PlayoutDelay> parse_playout_delay(ByteView value) {
  if (value.size() != 3) return std::nullopt;
  const unsigned both = static_cast<unsigned>(value[0] << 16 | value[1] << 8 | value[2]);
  const PlayoutDelay delay{.least = std::chrono::milliseconds(10 * (both >> 12)),
                           .most = std::chrono::milliseconds(10 * (both & 0xFFF))};
  return delay.least > delay.most ? std::nullopt : std::optional(delay);
}

void write(const PlayoutDelay& delay, Bytes& out) {
  const auto steps = [](std::chrono::milliseconds time) {
    return static_cast<std::uint32_t>(std::clamp(time, std::chrono::milliseconds(0), PlayoutDelay::kMost).count() / 10);
  };
  const std::uint32_t both = steps(delay.least) << 12 | steps(delay.most);
  ByteWriter(out).number(static_cast<std::uint8_t>(both >> 16)).number(static_cast<std::uint16_t>(both));
}

}  // namespace parley::rtp
