#include "media/layer_rates.hpp"

#include <algorithm>

namespace parley::media {

/// By the dependency descriptor, or else by the payload.
std::optional<formats::LayerInfo> LayerRates::layer_of(const OutgoingPacket& packet) {
  if (!packet.descriptor.empty()) {
    auto source = std::ranges::find(sources_, packet.source, &Described::id);
    if (source == sources_.end()) {
      if (sources_.size() == kMostSources) sources_.erase(sources_.begin());
      source = sources_.insert(sources_.end(), Described{.id = packet.source});
    }
    const auto told = source->reader.read(source->numbers.unwrap(packet.number), packet.descriptor);
    if (told)
      return formats::LayerInfo{.spatial_index = told->descriptor.frame.spatial,
                                .temporal_index = told->descriptor.frame.temporal};
  }
  return formats::read_layer(packet.codec, packet.payload);
}

void LayerRates::add(const LayerPacket& given, TimePoint now) {
  const auto info = layer_of(given.packet);
  if (!info) return;
  auto found = std::ranges::find_if(entries_, [&](const Entry& one) {
    return one.layer.rid == given.rid && one.layer.spatial_index == info->spatial_index &&
           one.layer.temporal_index == info->temporal_index;
  });
  if (found == entries_.end()) {
    std::erase_if(entries_, [&](const Entry& one) { return one.bytes.sum(now) == 0; });
    if (entries_.size() >= kMost) return;
    found = entries_.insert(entries_.end(), {.layer = {.rid = std::string(given.rid),
                                                       .spatial_index = info->spatial_index,
                                                       .temporal_index = info->temporal_index}});
  }
  found->bytes.add(now, static_cast<std::uint32_t>(given.packet.payload.size()));
}

double LayerRates::rate(const Layer& layer, TimePoint now) const {
  double bytes = 0;
  for (const Entry& one : entries_)
    if (one.layer.rid == layer.rid && one.layer.spatial_index <= layer.spatial_index &&
        one.layer.temporal_index <= layer.temporal_index)
      bytes += one.bytes.sum(now);
  return bytes * 8;
}

std::optional<Layer> LayerRates::best(double bits_per_second, const std::optional<Layer>& current,
                                      TimePoint now) const {
  constexpr double kToSpare = 1.2;
  const double kept = current ? rate(*current, now) : 0;
  const Entry* best = nullptr;
  double best_rate = 0;
  bool best_fits = false;
  for (const Entry& one : entries_) {
    if (one.bytes.sum(now) == 0) continue;
    const double needed = rate(one.layer, now);
    const bool fits = needed * (kept > 0 && needed > kept ? kToSpare : 1) <= bits_per_second;
    const bool better = fits != best_fits ? fits : fits == (needed > best_rate);
    if (best != nullptr && !better) continue;
    best = &one;
    best_rate = needed;
    best_fits = fits;
  }
  return best ? std::optional(best->layer) : std::nullopt;
}

}  // namespace parley::media
