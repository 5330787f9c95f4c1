#include "formats/av1_obu.hpp"

#include "formats/bit_reader.hpp"

namespace parley::formats {

std::optional<std::uint32_t> read_leb128(ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const auto byte = reader.number<std::uint8_t>();
    if (!byte) return std::nullopt;
    value |= static_cast<std::uint64_t>(*byte & 0x7F) << (i * 7);
    if ((*byte & 0x80) == 0)
      return value <= UINT32_MAX ? std::optional(static_cast<std::uint32_t>(value)) : std::nullopt;
  }
  return std::nullopt;
}

void append_leb128(Bytes& out, std::uint32_t value) {
  for (; value > 0x7F; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::optional<Obu> read_obu(ByteReader& reader) {
  ByteReader ahead = reader;
  const auto first = ahead.number<std::uint8_t>();
  if (!first || (*first & 0x80) != 0) return std::nullopt;
  const auto header = reader.take((*first & 0x04) != 0 ? 2 : 1);
  if (!header) return std::nullopt;
  std::size_t size = reader.remaining();
  if ((*first & 0x02) != 0) {
    const auto told = read_leb128(reader);
    if (!told) return std::nullopt;
    size = *told;
  }
  const auto content = reader.take(size);
  if (!content) return std::nullopt;
  return Obu{*header, *content};
}

void append_obu(Bytes& out, const Obu& obu) {
  out.push_back(obu.header[0] | 0x02);
  if (obu.header.size() > 1) out.push_back(obu.header[1]);
  append_leb128(out, static_cast<std::uint32_t>(obu.content.size()));
  out.insert(out.end(), obu.content.begin(), obu.content.end());
}

/// AV1 bitstream specification section 5.5.1.
void read_sequence_header(ByteView content, FrameInfo& info) {
  BitReader reader(content);
  double rate = 0;
  reader.skip(4);
  if (reader.flag()) {  // reduced_still_picture_header
    reader.skip(5);
  } else {
    bool has_model = false;
    unsigned delay_bits = 0;
    if (reader.flag()) {  // timing_info
      const std::uint32_t ticks = reader.bits(32), scale = reader.bits(32);
      if (reader.flag()) {  // equal_picture_interval; uvlc has the form of Exp-Golomb
        const double picture = ticks * (reader.unsigned_golomb() + 1.0);
        if (picture > 0) rate = scale / picture;
      }
      has_model = reader.flag();
      if (has_model) {
        delay_bits = reader.bits(5) + 1;
        reader.skip(32);
        reader.skip(10);
      }
    }
    const bool has_delay = reader.flag();
    const std::uint32_t points = reader.bits(5) + 1;
    for (std::uint32_t i = 0; i < points; ++i) {
      reader.skip(12);
      if (reader.bits(5) > 7) reader.skip(1);
      if (has_model && reader.flag()) {
        reader.skip(delay_bits);
        reader.skip(delay_bits);
        reader.skip(1);
      }
      if (has_delay && reader.flag()) reader.skip(4);
    }
  }
  const unsigned width_bits = reader.bits(4) + 1, height_bits = reader.bits(4) + 1;
  const std::uint32_t width = reader.bits(width_bits) + 1, height = reader.bits(height_bits) + 1;
  if (reader.failed() || width > 0xFFFF || height > 0xFFFF) return;
  info.width = static_cast<std::uint16_t>(width);
  info.height = static_cast<std::uint16_t>(height);
  info.frame_rate = rate;
}

}  // namespace parley::formats
