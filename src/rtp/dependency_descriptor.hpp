#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

/// Which frames a frame needs and who can do without it, for all codecs: the dependency descriptor of the RTP payload
/// format for AV1 (v1.0, appendix A).
namespace parley::rtp {

/// What a frame is for a decode target, which is a choice of layers to decode (section A.4).
enum class DecodeTargetUse : std::uint8_t { NotPresent = 0, Discardable = 1, Switch = 2, Required = 3 };

/// What is the same in many frames, or what is said of one frame.
struct FrameDependencies {
  std::uint8_t spatial = 0, temporal = 0;
  std::vector<DecodeTargetUse> uses;  ///< for each decode target
  /// How many frames before this one those are that it needs, 1 to 4096 (in templates: to 16).
  std::vector<std::uint16_t> distances;
  /// For each chain how many frames before this one its last frame is; 0: it begins here.
  std::vector<std::uint8_t> chains;
  bool operator==(const FrameDependencies&) const = default;
};

/// What frames of a stream refer to until the next one: comes with the first packet of a key frame.
struct DependencyStructure {
  struct Size {
    std::uint32_t width = 0, height = 0;  ///< 1 to 65536
    bool operator==(const Size&) const = default;
  };
  static constexpr std::size_t kMostTemplates = 64, kMostDecodeTargets = 32;
  static constexpr unsigned kMostSpatial = 4, kMostTemporal = 8;

  std::uint8_t first_template = 0;  ///< the id of the first template; ids go round after 63
  std::size_t decode_targets = 1, chains = 0;
  std::vector<std::uint8_t> protected_by;  ///< the chain of each decode target; empty without chains
  /// Ordered by spatial, then by temporal layer.
  std::vector<FrameDependencies> templates;
  std::vector<Size> sizes;  ///< of each spatial layer, if they are told
  bool operator==(const DependencyStructure&) const = default;
};

/// What one packet says.
struct DependencyDescriptor {
  static constexpr unsigned kMostDistance = 4096;
  bool first_packet = false, last_packet = false;  ///< of the frame
  std::uint8_t template_id = 0;
  std::uint16_t frame_number = 0;
  std::optional<DependencyStructure> structure = std::nullopt;
  std::optional<std::uint32_t> active_targets = std::nullopt;  ///< bits; not told: as before, all after a structure
  FrameDependencies frame;
  bool operator==(const DependencyDescriptor&) const = default;
};

/// Reads the descriptors of a stream, in the order of decoding: most of them refer to the last structure.
class DependencyReader {
 public:
  /// Nothing for what is broken, or refers to a structure that has not come.
  std::optional<DependencyDescriptor> read(ByteView value);
  /// The last one, to which what comes next refers.
  [[nodiscard]] const std::optional<DependencyStructure>& structure() const { return structure_; }

 private:
  std::optional<DependencyStructure> structure_;
};

/// `structure`: the one that the frame refers to, its own if it has one. False, and nothing written, for what cannot be
/// said: another order of templates, numbers that are too large, a frame that does not fit the structure.
bool write(const DependencyDescriptor& descriptor, const DependencyStructure& structure, Bytes& out);

}  // namespace parley::rtp
