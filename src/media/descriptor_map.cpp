#include "media/descriptor_map.hpp"

namespace parley::media {
namespace {

constexpr std::size_t kMandatory = 3;
constexpr std::size_t kMostBytes = 255;  // RFC 8285 section 4.3
constexpr unsigned kTemplates = rtp::DependencyStructure::kMostTemplates;

std::uint8_t moved(std::uint8_t template_id, std::uint8_t offset) {
  return static_cast<std::uint8_t>((template_id + offset) % kTemplates);
}

}  // namespace

void DescriptorMap::begin(const std::optional<DescriptorReader::Told>& first) {
  if (!first) return;
  if (last_frame_) frame_offset_ = static_cast<std::uint16_t>(*last_frame_ + 1 - first->descriptor.frame_number);
  // Other ids, so that packets which overtake the new structure are not read by it, nor by the old one.
  if (after_last_template_)
    template_offset_ =
        static_cast<std::uint8_t>((*after_last_template_ + kTemplates - first->structure->first_template) % kTemplates);
}

void DescriptorMap::note(const DescriptorReader::Told& told) {
  const auto number = static_cast<std::uint16_t>(told.descriptor.frame_number + frame_offset_);
  if (!last_frame_ || rtp::is_later(number, *last_frame_)) last_frame_ = number;
  const std::size_t behind = told.structure->first_template + told.structure->templates.size() + template_offset_;
  after_last_template_ = static_cast<std::uint8_t>(behind % kTemplates);
}

ByteView DescriptorMap::map(ByteView value, const std::optional<DescriptorReader::Told>& told,
                            std::optional<std::uint32_t> active) {
  if (value.size() < kMandatory) return value;
  if (told) note(*told);
  const bool same_targets = !told || !active || active == told->descriptor.active_targets;
  if (frame_offset_ == 0 && template_offset_ == 0 && same_targets) return value;
  if (same_targets && (!told || !told->descriptor.structure)) {
    written_.assign(value.begin(), value.end());
  } else if (!write_anew(told->descriptor, *told->structure, active)) {
    return value;
  }
  // What is mandatory can be changed without the structure.
  written_[0] = static_cast<std::uint8_t>((value[0] & 0xC0) | moved(value[0] & 0x3F, template_offset_));
  const auto number = static_cast<std::uint16_t>((value[1] << 8 | value[2]) + frame_offset_);
  written_[1] = static_cast<std::uint8_t>(number >> 8);
  written_[2] = static_cast<std::uint8_t>(number);
  return written_;
}

/// With other targets, and a structure whose templates have other ids.
bool DescriptorMap::write_anew(rtp::DependencyDescriptor descriptor, const rtp::DependencyStructure& structure,
                               std::optional<std::uint32_t> active) {
  written_.clear();
  if (active) descriptor.active_targets = active;
  if (!descriptor.structure) return write(descriptor, structure, written_) && written_.size() <= kMostBytes;
  descriptor.structure->first_template = moved(structure.first_template, template_offset_);
  descriptor.template_id = moved(descriptor.template_id, template_offset_);
  return write(descriptor, *descriptor.structure, written_) && written_.size() <= kMostBytes;
}

}  // namespace parley::media
