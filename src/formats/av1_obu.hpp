#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "formats/format.hpp"

/// Open bitstream units: AV1 bitstream specification section 5.3.
namespace parley::formats {

enum class ObuType : std::uint8_t {
  SequenceHeader = 1,
  TemporalDelimiter = 2,
  FrameHeader = 3,
  Frame = 6,
  TileList = 8,
  Padding = 15,
};

struct Obu {
  ByteView header;  ///< one or two bytes
  ByteView content;
  [[nodiscard]] std::uint8_t type() const { return header[0] >> 3 & 0x0F; }
  [[nodiscard]] bool is(ObuType other) const { return type() == static_cast<std::uint8_t>(other); }
};

/// A number of seven bits a byte, the lowest first (section 4.10.5).
std::optional<std::uint32_t> read_leb128(ByteReader& reader);
void append_leb128(Bytes& out, std::uint32_t value);

/// The next unit of a stream; one without size field reaches to the end. nullopt if it is broken.
std::optional<Obu> read_obu(ByteReader& reader);
/// With a size field.
void append_obu(Bytes& out, const Obu& obu);

/// The size of a sequence header's pictures, and how many there are a second, if all are equally long.
void read_sequence_header(ByteView content, FrameInfo& info);

}  // namespace parley::formats
