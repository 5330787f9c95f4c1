#include "formats/layers.hpp"

#include "base/ascii.hpp"
#include "formats/picture_id.hpp"
#include "formats/vp8_descriptor.hpp"
#include "formats/vp9_descriptor.hpp"

namespace parley::formats {
namespace {

std::optional<LayerInfo> read_vp8(ByteView payload) {
  const auto descriptor = read_vp8_descriptor(payload);
  if (!descriptor) return std::nullopt;
  return LayerInfo{.temporal_index = descriptor->temporal_index.value_or(0),
                   .switch_up = descriptor->layer_sync ? SwitchUp::ThisPicture : SwitchUp::No,
                   .picture_id = descriptor->picture_id,
                   .picture_id_offset = descriptor->picture_id_offset,
                   .base_index = descriptor->base_index,
                   .base_index_offset = descriptor->base_index_offset,
                   .counts_pictures = true};
}

std::optional<LayerInfo> read_vp9(ByteView payload) {
  const auto descriptor = read_vp9_descriptor(payload);
  if (!descriptor) return std::nullopt;
  return LayerInfo{.spatial_index = descriptor->spatial_index,
                   .temporal_index = descriptor->temporal_index.value_or(0),
                   .ends_layer = descriptor->ends,
                   .intra = !descriptor->predicted && descriptor->spatial_index == 0,
                   .switch_up = descriptor->may_switch_up ? SwitchUp::NextPicture : SwitchUp::No,
                   .references = descriptor->references,
                   .picture_id = descriptor->picture_id,
                   .picture_id_offset = descriptor->picture_id_offset,
                   .base_index = descriptor->base_index,
                   .base_index_offset = descriptor->base_index_offset};
}

}  // namespace

std::optional<LayerInfo> read_layer(std::string_view name, ByteView payload) {
  if (equal_ignoring_case(name, "VP8")) return read_vp8(payload);
  if (equal_ignoring_case(name, "VP9")) return read_vp9(payload);
  return LayerInfo{};
}

void replace_ids(std::span<std::uint8_t> payload, const LayerInfo& info, std::uint16_t picture_id,
                 std::uint8_t base_index) {
  if (info.picture_id) replace_picture_id(payload.subspan(info.picture_id_offset), picture_id & 0x7FFF);
  if (info.base_index) payload[info.base_index_offset] = base_index;
}

}  // namespace parley::formats
