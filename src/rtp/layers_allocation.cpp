#include "rtp/layers_allocation.hpp"

#include <algorithm>
#include <array>

#include "base/bit_reader.hpp"
#include "base/bit_writer.hpp"

namespace parley::rtp {
namespace {

constexpr std::size_t kMostStreams = 4, kMostSpatial = 4, kMostTemporal = 4;
constexpr std::size_t kSizeBytes = 5;

/// Which spatial layers each stream has, bits.
using Masks = std::array<std::uint8_t, kMostStreams>;

/// AV1 bitstream specification, section 4.10.5; at most 32 bits.
std::optional<std::uint32_t> read_leb128(ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const auto byte = reader.number<std::uint8_t>();
    if (!byte) return std::nullopt;
    value |= static_cast<std::uint64_t>(*byte & 0x7F) << shift;
    if ((*byte & 0x80) == 0)
      return value > 0xFFFFFFFF ? std::nullopt : std::optional(static_cast<std::uint32_t>(value));
  }
  return std::nullopt;
}

void write_leb128(std::uint32_t value, Bytes& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::optional<Masks> read_masks(ByteReader& reader, std::uint8_t same, std::size_t streams) {
  Masks masks{};
  std::fill_n(masks.begin(), streams, same);
  if (same != 0) return masks;
  const auto told = reader.take((streams + 1) / 2);
  if (!told) return std::nullopt;
  for (std::size_t i = 0; i < streams; ++i)
    masks[i] = static_cast<std::uint8_t>((*told)[i / 2] >> (i % 2 ? 0 : 4) & 15);
  return masks;
}

/// The layers, each with as many rates as it has temporal ones.
bool read_layers(ByteReader& reader, const Masks& masks, std::vector<LayersAllocation::Layer>& layers) {
  for (std::size_t stream = 0; stream < kMostStreams; ++stream)
    for (std::size_t spatial = 0; spatial < kMostSpatial; ++spatial)
      if ((masks[stream] >> spatial & 1) != 0)
        layers.push_back({.stream = static_cast<std::uint8_t>(stream), .spatial = static_cast<std::uint8_t>(spatial)});
  const auto counts = reader.take((layers.size() + 3) / 4);
  if (!counts || layers.empty()) return false;
  BitReader bits(*counts);
  for (LayersAllocation::Layer& layer : layers) layer.rates.resize(bits.bits(2) + 1);
  for (LayersAllocation::Layer& layer : layers)
    for (std::uint32_t& rate : layer.rates) {
      const auto told = read_leb128(reader);
      if (!told) return false;
      rate = *told;
    }
  return true;
}

std::optional<Masks> masks_of(const LayersAllocation& allocation) {
  Masks masks{};
  const LayersAllocation::Layer* before = nullptr;
  for (const LayersAllocation::Layer& layer : allocation.layers) {
    const bool in_order = before == nullptr || before->stream < layer.stream ||
                          (before->stream == layer.stream && before->spatial < layer.spatial);
    if (!in_order || layer.stream >= allocation.streams || layer.spatial >= kMostSpatial || layer.rates.empty() ||
        layer.rates.size() > kMostTemporal)
      return std::nullopt;
    masks[layer.stream] = static_cast<std::uint8_t>(masks[layer.stream] | 1U << layer.spatial);
    before = &layer;
  }
  return masks;
}

void write_masks(const Masks& masks, const LayersAllocation& allocation, Bytes& out) {
  const bool all_same = std::all_of(masks.begin(), masks.begin() + allocation.streams,
                                    [&](std::uint8_t mask) { return mask == masks[0] && mask != 0; });
  BitWriter writer(out);
  writer.bits(allocation.stream, 2).bits(allocation.streams - 1U, 2).bits(all_same ? masks[0] : 0, 4);
  for (std::size_t i = 0; !all_same && i < allocation.streams; ++i) writer.bits(masks[i], 4);
}

}  // namespace

std::optional<LayersAllocation> parse_layers_allocation(ByteView value) {
  ByteReader reader(value);
  const auto head = reader.number<std::uint8_t>();
  if (!head) return std::nullopt;
  if (*head == 0 && value.size() == 1) return LayersAllocation{};
  LayersAllocation told{.stream = static_cast<std::uint8_t>(*head >> 6),
                        .streams = static_cast<std::uint8_t>((*head >> 4 & 3) + 1),
                        .layers = {}};
  const auto masks = read_masks(reader, *head & 15, told.streams);
  if (told.stream >= told.streams || !masks || !read_layers(reader, *masks, told.layers)) return std::nullopt;
  if (reader.remaining() == 0) return told;
  if (reader.remaining() != told.layers.size() * kSizeBytes) return std::nullopt;
  told.has_sizes = true;
  for (LayersAllocation::Layer& layer : told.layers) {
    layer.width = *reader.number<std::uint16_t>() + 1U;
    layer.height = *reader.number<std::uint16_t>() + 1U;
    layer.frame_rate = *reader.number<std::uint8_t>();
  }
  return told;
}

bool write(const LayersAllocation& allocation, Bytes& out) {
  if (allocation.streams < 1 || allocation.streams > kMostStreams || allocation.stream >= allocation.streams)
    return false;
  if (allocation.layers.empty()) {
    out.push_back(0);
    return true;
  }
  const auto masks = masks_of(allocation);
  const auto is_size = [](std::uint32_t one) { return one >= 1 && one <= 65536; };
  if (!masks || (allocation.has_sizes && !std::ranges::all_of(allocation.layers, [&](const auto& layer) {
                   return is_size(layer.width) && is_size(layer.height);
                 })))
    return false;
  write_masks(*masks, allocation, out);
  BitWriter counts(out);
  for (const LayersAllocation::Layer& layer : allocation.layers)
    counts.bits(static_cast<std::uint32_t>(layer.rates.size() - 1), 2);
  for (const LayersAllocation::Layer& layer : allocation.layers)
    for (const std::uint32_t rate : layer.rates) write_leb128(rate, out);
  if (!allocation.has_sizes) return true;
  for (const LayersAllocation::Layer& layer : allocation.layers)
    ByteWriter(out)
        .number(static_cast<std::uint16_t>(layer.width - 1))
        .number(static_cast<std::uint16_t>(layer.height - 1))
        .number(layer.frame_rate);
  return true;
}

}  // namespace parley::rtp
