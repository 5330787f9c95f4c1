#include "rtp/protection.hpp"

namespace parley::rtp {
namespace {

/// Section 4.2: R (a packet that is sent again), F (rows and columns instead of masks), then as in the header of RTP.
constexpr std::uint8_t kNotByMask = 0xC0;

/// The three parts of a mask. Each begins with a bit that says whether it is the last one.
struct Part {
  std::size_t first, bits;
};
constexpr Part kParts[] = {{0, 15}, {15, 31}, {46, 63}};

std::optional<std::uint64_t> read_part(ByteReader& reader, std::size_t bits) {
  const auto bytes = reader.take((bits + 1) / 8);
  if (!bytes) return std::nullopt;
  std::uint64_t part = 0;
  for (const std::uint8_t byte : *bytes) part = part << 8 | byte;
  return part;
}

bool is_last(const Protection& protection, const Part& part) {
  for (std::size_t i = part.first + part.bits; i < Protection::kMost; ++i)
    if (protection.mask[i]) return false;
  return true;
}

}  // namespace

Result<Protection> parse_flexfec(ByteView payload) {
  ByteReader reader(payload);
  const auto first = reader.number<std::uint8_t>(), second = reader.number<std::uint8_t>();
  const auto length = reader.number<std::uint16_t>();
  const auto timestamp = reader.number<std::uint32_t>();
  const auto sources = reader.number<std::uint8_t>();
  (void)reader.take(3);  // reserved
  const auto source = reader.number<std::uint32_t>();
  const auto base = reader.number<std::uint16_t>();
  if (!first || !base) return fail(ErrorKind::DataError, "the header of FlexFEC is cut off");
  if ((*first & kNotByMask) != 0 || *sources != 1)
    return fail(ErrorKind::NotSupportedError, "FlexFEC of several sources, or without a mask");
  Protection protection{.source = Ssrc(*source), .base = *base};
  for (const Part& part : kParts) {
    const auto bits = read_part(reader, part.bits);
    if (!bits) return fail(ErrorKind::DataError, "the mask of FlexFEC is cut off");
    for (std::size_t i = 0; i < part.bits; ++i)
      protection.mask[part.first + i] = (*bits >> (part.bits - 1 - i) & 1) != 0;
    if ((*bits >> part.bits & 1) != 0) break;
    if (part.first + part.bits == Protection::kMost) return fail(ErrorKind::DataError, "a mask without an end");
  }
  const auto content = reader.take(reader.remaining());
  if (protection.mask.none() || !content) return fail(ErrorKind::DataError, "FlexFEC that protects nothing");
  protection.parity = {.flags = {static_cast<std::uint8_t>(*first & Parity::kFlags), *second},
                       .length = *length,
                       .timestamp = *timestamp,
                       .content = Bytes(content->begin(), content->end())};
  return protection;
}

void write_flexfec(const Protection& protection, Bytes& out) {
  const Parity& parity = protection.parity;
  ByteWriter writer(out);
  writer.number(static_cast<std::uint8_t>(parity.flags[0] & Parity::kFlags));
  writer.number(parity.flags[1]);
  writer.number(parity.length);
  writer.number(parity.timestamp);
  writer.number(std::uint32_t{1} << 24);  // one source
  writer.number(protection.source.get());
  writer.number(protection.base);
  for (const Part& part : kParts) {
    const bool last = is_last(protection, part);
    std::uint64_t bits = last ? 1 : 0;
    for (std::size_t i = 0; i < part.bits; ++i) bits = bits << 1 | (protection.mask[part.first + i] ? 1U : 0U);
    for (std::size_t shift = part.bits + 1; shift > 0; shift -= 8)
      writer.number(static_cast<std::uint8_t>(bits >> (shift - 8)));
    if (last) break;
  }
  writer.bytes(parity.content);
}

}  // namespace parley::rtp
