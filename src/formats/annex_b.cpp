#include "formats/annex_b.hpp"

#include <algorithm>
#include <array>

namespace parley::formats {
namespace {

/// Where "00 00 01" is, or the end.
std::size_t find_start(ByteView stream, std::size_t from) {
  for (std::size_t i = from; i + 3 <= stream.size(); ++i)
    if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) return i;
  return stream.size();
}

}  // namespace

std::vector<ByteView> nal_units(ByteView stream) {
  std::vector<ByteView> units;
  std::size_t start = find_start(stream, 0);
  if (std::any_of(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(start),
                  [](std::uint8_t byte) { return byte != 0; }))
    return units;
  while (start < stream.size()) {
    const std::size_t begin = start + 3;
    const std::size_t next = find_start(stream, begin);
    std::size_t end = next;
    while (end > begin && stream[end - 1] == 0) --end;
    if (end > begin) units.push_back(stream.subspan(begin, end - begin));
    start = next;
  }
  return units;
}

void append_nal_unit(Bytes& stream, ByteView unit) {
  constexpr std::array<std::uint8_t, 4> kStart{0, 0, 0, 1};
  stream.insert(stream.end(), kStart.begin(), kStart.end());
  stream.insert(stream.end(), unit.begin(), unit.end());
}

Bytes without_emulation_prevention(ByteView unit, std::size_t most) {
  Bytes content;
  unsigned zeros = 0;
  for (const std::uint8_t byte : unit) {
    if (content.size() >= most) break;
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    content.push_back(byte);
  }
  return content;
}

}  // namespace parley::formats
