#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "formats/format.hpp"

/// What payloads tell those who forward some layers of a stream and not others.
namespace parley::formats {

/// Which part of a picture, and of which layer. What a format does not tell is as in a stream without layers.
struct LayerInfo {
  std::uint8_t spatial_index = 0, temporal_index = 0;
  /// The last payload of its spatial layer's part of the picture.
  bool ends_layer = false;
  /// The picture refers to none before it.
  bool intra = false;
  SwitchUp switch_up = SwitchUp::No;
  /// Which pictures it refers to, as distances of picture ids; the rest is zero.
  std::array<std::uint8_t, 3> references{};

  std::optional<std::uint16_t> picture_id = std::nullopt;
  std::size_t picture_id_offset = 0;
  /// Which picture of the lowest temporal layer it belongs to.
  std::optional<std::uint8_t> base_index = std::nullopt;
  std::size_t base_index_offset = 0;
  /// Receivers take a picture id that is left out for a picture that is missing.
  bool counts_pictures = false;
};

/// By the encoding name. nullopt for a payload that is not of the format. Only VP8 and VP9 tell anything.
std::optional<LayerInfo> read_layer(std::string_view name, ByteView payload);

/// Writes other ids into a payload of which `info` was read, as far as it has ids.
void replace_ids(std::span<std::uint8_t> payload, const LayerInfo& info, std::uint16_t picture_id,
                 std::uint8_t base_index);

}  // namespace parley::formats
