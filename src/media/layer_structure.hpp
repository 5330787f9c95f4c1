#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "rtp/dependency_descriptor.hpp"

namespace parley::media {

/// How many layers a stream has, and what is known of how they need each other. Nothing more: a frame may need the last
/// one of every layer that it can. `Regular`: as in the modes of webrtc-svc called LnTm, where it needs no other frame
/// of its own layer, but in the lowest one.
struct LayerMode {
  enum class Needs { Unknown, Regular };
  static constexpr std::uint8_t kMostSpatial = 3, kMostTemporal = 3;

  std::uint8_t spatial = 1, temporal = 1;
  Needs needs = Needs::Unknown;
  bool operator==(const LayerMode&) const = default;
};

/// Of webrtc-svc section 6, those called L1T1 to L3T3. nullopt for others.
std::optional<LayerMode> read_scalability_mode(std::string_view name);

/// What frames need that are sent one after the other, layer by layer, unless somebody knows better.
class LayerReferences {
 public:
  explicit LayerReferences(const LayerMode& mode) : mode_(mode) {}
  enum class Picture { Key, Other };
  /// Of the next frame. Its layers are of the mode, the spatial ones of a picture in rising order.
  rtp::FrameDependencies next(Picture picture, std::uint8_t spatial, std::uint8_t temporal, std::int64_t number);

 private:
  using Number = std::optional<std::int64_t>;
  [[nodiscard]] rtp::DecodeTargetUse use_of(Picture picture, const rtp::FrameDependencies& frame,
                                            std::size_t target) const;
  void add_distances(Picture picture, std::int64_t number, rtp::FrameDependencies& frame) const;
  void note(std::int64_t number, const rtp::FrameDependencies& frame);

  LayerMode mode_;
  std::array<std::array<Number, LayerMode::kMostTemporal>, LayerMode::kMostSpatial> last_;
  std::array<Number, LayerMode::kMostSpatial> chains_;
  Number below_;  // the frame of this picture's last smaller size
};

/// With the templates that such a stream needs, if its layers follow each other as usual: 0 1 0 1, 0 2 1 2. Its decode
/// targets are every choice of a spatial and a temporal layer, its chains the lowest temporal layers.
rtp::DependencyStructure structure_of(const LayerMode& mode);

}  // namespace parley::media
