#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/last_second.hpp"
#include "base/time.hpp"
#include "formats/layers.hpp"
#include "media/descriptor_reader.hpp"
#include "media/layer_selector.hpp"

namespace parley::media {

/// How much each encoding and layer of a stream takes at the moment, and so, which of them fits.
class LayerRates {
 public:
  void add(const LayerPacket& packet, TimePoint now);
  /// Bits per second, with all layers below it.
  [[nodiscard]] double rate(const Layer& layer, TimePoint now) const;
  /// The one that takes most of `bits_per_second` and not more; the one that takes least, if none fits. `current` is
  /// left for a larger one only if there is room to spare. nullopt if nothing has come for a second.
  [[nodiscard]] std::optional<Layer> best(double bits_per_second, const std::optional<Layer>& current,
                                          TimePoint now) const;

 private:
  static constexpr std::size_t kMost = 32;
  struct Entry {
    Layer layer;
    LastSecond bytes{};
  };
  /// A source whose packets have dependency descriptors.
  struct Described {
    Ssrc id;
    rtp::SequenceUnwrapper numbers{};
    DescriptorReader reader{};
  };
  static constexpr std::size_t kMostSources = 16;
  std::optional<formats::LayerInfo> layer_of(const OutgoingPacket& packet);
  std::vector<Entry> entries_;
  std::vector<Described> sources_;  // in the order of their first packets
};

}  // namespace parley::media
