#include "formats/opus.hpp"

#include <array>

namespace parley::formats {
namespace {

constexpr unsigned kSamplesPerMillisecond = 48;
constexpr unsigned kLongest = 120 * kSamplesPerMillisecond;

/// Table 2: the configurations of SILK, of both together, and of CELT.
unsigned samples_of_frame(unsigned configuration) {
  constexpr std::array<unsigned, 4> kSilk{480, 960, 1920, 2880}, kCelt{120, 240, 480, 960};
  constexpr std::array<unsigned, 2> kHybrid{480, 960};
  if (configuration < 12) return kSilk[configuration % 4];
  if (configuration < 16) return kHybrid[configuration % 2];
  return kCelt[configuration % 4];
}

/// nullopt if the number is behind the end.
std::optional<std::uint8_t> count_frames(ByteView packet) {
  switch (packet[0] & 3) {
    case 0:
      return std::uint8_t{1};
    case 1:
    case 2:
      return std::uint8_t{2};
    default:
      return packet.size() > 1 ? std::optional<std::uint8_t>(packet[1] & 0x3F) : std::nullopt;
  }
}

}  // namespace

std::optional<OpusPacket> read_opus_packet(ByteView packet) {
  if (packet.empty()) return std::nullopt;
  const auto frames = count_frames(packet);
  if (!frames) return std::nullopt;
  const unsigned samples = *frames * samples_of_frame(packet[0] >> 3);
  if (samples == 0 || samples > kLongest) return std::nullopt;
  // What is no longer than its headers has no sound in it.
  const std::size_t headers = (packet[0] & 3) == 0 ? 1 : 2;
  return OpusPacket{.samples = static_cast<std::uint16_t>(samples),
                    .frames = *frames,
                    .stereo = (packet[0] & 4) != 0,
                    .silent = packet.size() <= headers};
}

}  // namespace parley::formats
