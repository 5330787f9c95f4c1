#pragma once

#include <vector>

#include "base/bytes.hpp"

namespace parley::formats {

/// The NAL units of a byte stream, ITU-T H.264 and H.265 Annex B: start codes of three or four bytes, zeros behind.
/// Empty if it does not begin with one.
std::vector<ByteView> nal_units(ByteView stream);
void append_nal_unit(Bytes& stream, ByteView unit);
/// A NAL unit's content without emulation prevention bytes, of at most `most` bytes.
Bytes without_emulation_prevention(ByteView unit, std::size_t most);

}  // namespace parley::formats
