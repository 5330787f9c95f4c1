#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

namespace parley::rtp {

/// What a sender of several layers gives to each, for whoever chooses among them:
/// http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00.
struct LayersAllocation {
  struct Layer {
    std::uint8_t stream = 0, spatial = 0;
    /// In kbit/s, with all that the layer needs, for each temporal layer up to it: 1 to 4.
    std::vector<std::uint32_t> rates;
    /// If they are told: 1 to 65536 pixels, pictures a second.
    std::uint32_t width = 0, height = 0;
    std::uint8_t frame_rate = 0;
    bool operator==(const Layer&) const = default;
  };
  std::uint8_t stream = 0;   ///< the one that says it
  std::uint8_t streams = 1;  ///< 1 to 4
  bool has_sizes = false;
  std::vector<Layer> layers;  ///< by stream and spatial layer; empty: nothing is sent
  bool operator==(const LayersAllocation&) const = default;
};

std::optional<LayersAllocation> parse_layers_allocation(ByteView value);
/// False, and nothing written, for what cannot be said.
bool write(const LayersAllocation& allocation, Bytes& out);

}  // namespace parley::rtp
