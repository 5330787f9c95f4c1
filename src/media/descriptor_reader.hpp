#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/bytes.hpp"
#include "rtp/dependency_descriptor.hpp"
#include "rtp/sequence.hpp"

namespace parley::media {

/// Reads the dependency descriptors of one source whose packets overtake each other: one from before the last structure
/// is read by the structure before.
class DescriptorReader {
 public:
  struct Told {
    rtp::DependencyDescriptor descriptor;
    const rtp::DependencyStructure* structure;  ///< until the next one is read
    std::int64_t frame;                         ///< its number, which does not wrap
  };
  /// `packet`: its number, which does not wrap. nullopt for what is broken, or refers to a structure that has not come.
  std::optional<Told> read(std::int64_t packet, ByteView value);

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  rtp::DependencyReader now_, before_;
  std::int64_t since_ = kNever;  // the packet that had the structure of `now_`
  rtp::Unwrapper<std::uint16_t> frames_;
};

}  // namespace parley::media
