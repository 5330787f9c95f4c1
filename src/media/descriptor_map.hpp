#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "media/descriptor_reader.hpp"

namespace parley::media {

/// Dependency descriptors as the receiver of several sources, one after the other, sees them: the numbers of frames and
/// the ids of templates go on where the last source stopped. Frames that are left out leave gaps, since others are
/// named by their distance.
class DescriptorMap {
 public:
  /// What comes from here on is another source's. `first`: what its first packet says, if it can be read.
  void begin(const std::optional<DescriptorReader::Told>& first);
  /// The value for the receiver, valid until the next call. `told`: what it says, if it can be read; `active`: the
  /// decode targets that are told to be there.
  ByteView map(ByteView value, const std::optional<DescriptorReader::Told>& told, std::optional<std::uint32_t> active);

 private:
  void note(const DescriptorReader::Told& told);
  bool write_anew(rtp::DependencyDescriptor descriptor, const rtp::DependencyStructure& structure,
                  std::optional<std::uint32_t> active);

  std::uint16_t frame_offset_ = 0;
  std::uint8_t template_offset_ = 0;
  std::optional<std::uint16_t> last_frame_;          // as the receiver sees it
  std::optional<std::uint8_t> after_last_template_;  // likewise
  Bytes written_;
};

}  // namespace parley::media
