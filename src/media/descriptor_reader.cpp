#include "media/descriptor_reader.hpp"

#include <utility>

namespace parley::media {

std::optional<DescriptorReader::Told> DescriptorReader::read(std::int64_t packet, ByteView value) {
  if (value.empty()) return std::nullopt;
  rtp::DependencyReader& reader = packet < since_ ? before_ : now_;
  // The fourth byte's first bit: a structure follows (section A.8).
  const bool brings_structure = value.size() > 3 && (value[3] & 0x80) != 0;
  std::optional<rtp::DependencyReader> old;
  if (brings_structure && packet >= since_) old = now_;
  auto descriptor = reader.read(value);
  if (!descriptor) return std::nullopt;
  if (old) {
    before_ = *std::move(old);
    since_ = packet;
  }
  const std::int64_t frame = frames_.unwrap(descriptor->frame_number);
  return Told{.descriptor = *std::move(descriptor), .structure = &*reader.structure(), .frame = frame};
}

}  // namespace parley::media
