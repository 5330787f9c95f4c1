#include "formats/vp8_descriptor.hpp"

#include "formats/picture_id.hpp"

namespace parley::formats {

namespace {

/// False if it is cut off, or nothing follows it.
bool read(ByteView payload, Vp8Descriptor& descriptor) {
  ByteReader reader(payload);
  const auto position = [&] { return payload.size() - reader.remaining(); };
  const auto first = reader.number<std::uint8_t>();
  if (!first) return false;
  descriptor.begins = (*first & 0x10) != 0 && (*first & 0x07) == 0;
  if ((*first & 0x80) != 0) {
    const auto extension = reader.number<std::uint8_t>();
    if (!extension) return false;
    if ((*extension & 0x80) != 0) {  // I
      descriptor.picture_id_offset = position();
      descriptor.picture_id = read_picture_id(reader);
      if (!descriptor.picture_id) return false;
    }
    if ((*extension & 0x40) != 0) {  // L
      descriptor.base_index_offset = position();
      descriptor.base_index = reader.number<std::uint8_t>();
      if (!descriptor.base_index) return false;
    }
    if ((*extension & 0x30) != 0) {  // T, K
      const auto layer = reader.number<std::uint8_t>();
      if (!layer) return false;
      if ((*extension & 0x20) != 0) {
        descriptor.temporal_index = *layer >> 6;
        descriptor.layer_sync = (*layer & 0x20) != 0;
      }
    }
  }
  if (reader.remaining() == 0) return false;
  descriptor.size = position();
  return true;
}

}  // namespace

std::optional<Vp8Descriptor> read_vp8_descriptor(ByteView payload) {
  // In the place where it is returned: this is done twice for every packet.
  std::optional<Vp8Descriptor> descriptor(std::in_place);
  if (!read(payload, *descriptor)) descriptor.reset();
  return descriptor;
}

}  // namespace parley::formats
