#include "formats/vp9_descriptor.hpp"

#include "formats/picture_id.hpp"

namespace parley::formats {
namespace {

/// SS, section 4.2.1: of its content only the sizes are needed, and where it ends.
bool read_structure(ByteReader& reader, std::array<Vp9Descriptor::Size, 8>& sizes) {
  const auto head = reader.number<std::uint8_t>();
  if (!head) return false;
  const std::size_t layers = (*head >> 5) + 1U;
  for (std::size_t i = 0; i < layers && (*head & 0x10) != 0; ++i) {  // Y
    const auto width = reader.number<std::uint16_t>(), height = reader.number<std::uint16_t>();
    if (!width || !height) return false;
    sizes[i] = {.width = *width, .height = *height};
  }
  if ((*head & 0x08) == 0) return true;  // G
  const auto pictures = reader.number<std::uint8_t>();
  if (!pictures) return false;
  for (unsigned i = 0; i < *pictures; ++i) {
    const auto picture = reader.number<std::uint8_t>();
    if (!picture || !reader.take(*picture >> 2 & 3)) return false;
  }
  return true;
}

/// At most three, each with a bit that says whether another one follows.
bool read_references(ByteReader& reader, std::array<std::uint8_t, 3>& references) {
  for (std::uint8_t& each : references) {
    const auto reference = reader.number<std::uint8_t>();
    if (!reference) return false;
    each = *reference >> 1;
    if ((*reference & 1) == 0) return true;
  }
  return false;
}

}  // namespace

std::optional<Vp9Descriptor> read_vp9_descriptor(ByteView payload) {
  ByteReader reader(payload);
  const auto position = [&] { return payload.size() - reader.remaining(); };
  const auto head = reader.number<std::uint8_t>();
  if (!head) return std::nullopt;
  Vp9Descriptor descriptor;
  const bool has_id = (*head & 0x80) != 0, has_layers = (*head & 0x20) != 0;
  descriptor.predicted = (*head & 0x40) != 0;
  descriptor.flexible = (*head & 0x10) != 0;
  descriptor.begins = (*head & 0x08) != 0;
  descriptor.ends = (*head & 0x04) != 0;
  descriptor.has_structure = (*head & 0x02) != 0;
  if (has_id) {
    descriptor.picture_id_offset = position();
    descriptor.picture_id = read_picture_id(reader);
    if (!descriptor.picture_id) return std::nullopt;
  }
  if (has_layers) {
    const auto layer = reader.number<std::uint8_t>();
    if (!layer) return std::nullopt;
    descriptor.temporal_index = *layer >> 5;
    descriptor.may_switch_up = (*layer & 0x10) != 0;
    descriptor.spatial_index = *layer >> 1 & 7;
    descriptor.needs_smaller = (*layer & 1) != 0;
    if (!descriptor.flexible) {
      descriptor.base_index_offset = position();
      descriptor.base_index = reader.number<std::uint8_t>();
      if (!descriptor.base_index) return std::nullopt;
    }
  }
  if (descriptor.flexible && descriptor.predicted && !read_references(reader, descriptor.references))
    return std::nullopt;
  if (descriptor.has_structure && !read_structure(reader, descriptor.sizes)) return std::nullopt;
  if (reader.remaining() == 0) return std::nullopt;
  descriptor.size = position();
  return descriptor;
}

}  // namespace parley::formats
