#include "dcep/utf8.hpp"

#include <cstring>

namespace parley::dcep {
namespace {

/// What may follow a lead byte: the range of the second byte and how many plain continuation bytes come after it.
struct Lead {
  std::uint8_t first, last;  // lead bytes this row is about
  std::uint8_t second_low, second_high;
  std::uint8_t more;
};
// Unicode 15, table 3-7, without the ASCII row.
constexpr Lead kLeads[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 0}, {0xE0, 0xE0, 0xA0, 0xBF, 1}, {0xE1, 0xEC, 0x80, 0xBF, 1}, {0xED, 0xED, 0x80, 0x9F, 1},
    {0xEE, 0xEF, 0x80, 0xBF, 1}, {0xF0, 0xF0, 0x90, 0xBF, 2}, {0xF1, 0xF3, 0x80, 0xBF, 2}, {0xF4, 0xF4, 0x80, 0x8F, 2},
};

/// The run of ASCII at the front, eight bytes at a time.
std::size_t ascii_prefix(ByteView text) {
  std::size_t n = 0;
  for (; n + 8 <= text.size(); n += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + n, 8);
    if ((eight & 0x8080808080808080u) != 0) break;
  }
  while (n < text.size() && text[n] < 0x80) ++n;
  return n;
}

/// A sequence at the front of a text that is not empty: its length if it is well-formed, else the length of the part
/// that one U+FFFD replaces.
struct Sequence {
  std::size_t length;
  bool valid;
};
Sequence sequence(ByteView text) {
  for (const Lead& lead : kLeads) {
    if (text[0] < lead.first || text[0] > lead.last) continue;
    if (text.size() < 2 || text[1] < lead.second_low || text[1] > lead.second_high) return {1, false};
    std::size_t n = 2;
    for (; n < 2u + lead.more; ++n)
      if (n >= text.size() || text[n] < 0x80 || text[n] > 0xBF) return {n, false};
    return {n, true};
  }
  return {1, text[0] < 0x80};
}

}  // namespace

bool is_utf8(ByteView text) {
  for (;;) {
    text = text.subspan(ascii_prefix(text));
    if (text.empty()) return true;
    // Texts in other scripts have long runs of sequences: the outer loop pays only when ASCII comes again.
    while (!text.empty() && text[0] >= 0x80) {
      const Sequence next = sequence(text);
      if (!next.valid) return false;
      text = text.subspan(next.length);
    }
  }
}

std::string to_utf8(ByteView text) {
  if (is_utf8(text)) return std::string(as_text(text));
  std::string out;
  out.reserve(text.size() + 8);
  while (!text.empty()) {
    const Sequence next = sequence(text);
    out += next.valid ? as_text(text.first(next.length)) : std::string_view("\xEF\xBF\xBD");
    text = text.subspan(next.length);
  }
  return out;
}

}  // namespace parley::dcep
