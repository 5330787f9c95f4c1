#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "formats/format.hpp"
#include "media/layer_structure.hpp"
#include "rtp/dependency_descriptor.hpp"

namespace parley::media {

/// Which frame it is and which it needs, in numbers of whoever made them.
struct FrameIdentity {
  std::optional<std::uint64_t> id = std::nullopt;
  /// Empty in a frame that is no key frame: not known.
  std::span<const std::uint64_t> needs = {};
};

/// Makes the dependency descriptors of frames that are sent: RTP payload format for AV1, appendix A. The structure
/// comes with key frames, so a stream of frames has descriptors from its first key frame on.
class DependencyWriter {
 public:
  /// The first packet of a frame has one value, all others another one. In both the flags of the first and the last
  /// packet are yet to be set.
  struct Values {
    Bytes first, rest;
  };

  /// How the program makes layers, as webrtc-svc has it; anything else: not known.
  void set_scalability_mode(std::string_view name);
  /// Whether the frame's temporal layer is one of the mode's, whose layers need each other as FrameInfo has it.
  [[nodiscard]] bool has_regular_layers(const formats::FrameInfo& info) const;
  /// Of the next frame; false, and nothing in `values`, if there was no key frame.
  bool describe(const formats::FrameInfo& info, const FrameIdentity& identity, Values& values);
  /// Packets of others were sent, this one last: it has this descriptor.
  void pass(ByteView descriptor);
  /// The receiver has forgotten what was said.
  void reset() { structure_.reset(); }

 private:
  /// A frame that was sent, by both numbers.
  struct Sent {
    std::uint64_t id;
    std::int64_t number;
  };
  static constexpr std::size_t kMostSent = 256;

  void begin(const formats::FrameInfo& info);
  std::int64_t number_of(const FrameIdentity& identity);
  [[nodiscard]] std::optional<std::vector<std::uint16_t>> distances(const FrameIdentity& identity,
                                                                    std::int64_t number) const;
  [[nodiscard]] std::size_t template_for(const rtp::FrameDependencies& frame) const;

  std::optional<LayerMode> told_mode_;
  LayerMode mode_;
  std::optional<rtp::DependencyStructure> structure_;
  std::size_t next_template_ = 0;
  LayerReferences references_{LayerMode()};
  LayerReferences::Picture picture_ = LayerReferences::Picture::Other;
  std::int64_t last_number_ = -1;
  std::optional<std::uint64_t> last_id_;
  std::vector<Sent> sent_;  // a ring
  std::size_t next_sent_ = 0;
};

}  // namespace parley::media
