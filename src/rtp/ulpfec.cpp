#include "rtp/protection.hpp"

namespace parley::rtp {
namespace {

/// Section 7.3: E, L, and then as in the header of RTP. With L, masks have 48 bits instead of 16.
constexpr std::uint8_t kExtended = 0x80, kLongMask = 0x40;
constexpr std::size_t kShort = 16, kLong = 48;

bool needs_long_mask(const Protection& protection) {
  for (std::size_t i = kShort; i < kLong; ++i)
    if (protection.mask[i]) return true;
  return false;
}

}  // namespace

Result<Protection> parse_ulpfec(ByteView payload) {
  ByteReader reader(payload);
  const auto first = reader.number<std::uint8_t>(), second = reader.number<std::uint8_t>();
  const auto base = reader.number<std::uint16_t>();
  const auto timestamp = reader.number<std::uint32_t>();
  const auto length = reader.number<std::uint16_t>(), protected_length = reader.number<std::uint16_t>();
  const auto mask = reader.number<std::uint16_t>();
  if (!first || !mask) return fail(ErrorKind::DataError, "the header of ULPFEC is cut off");
  // Section 7.3: a receiver ignores what a later version has extended.
  if ((*first & kExtended) != 0) return fail(ErrorKind::DataError, "an extension of ULPFEC");
  std::uint64_t bits = std::uint64_t{*mask} << 32;
  if ((*first & kLongMask) != 0) {
    const auto more = reader.number<std::uint32_t>();
    if (!more) return fail(ErrorKind::DataError, "the mask of ULPFEC is cut off");
    bits |= *more;
  }
  const auto content = reader.take(*protected_length);
  if (bits == 0 || !content) return fail(ErrorKind::DataError, "ULPFEC that protects nothing");
  Protection protection{.base = *base};
  for (std::size_t i = 0; i < kLong; ++i) protection.mask[i] = (bits >> (kLong - 1 - i) & 1) != 0;
  protection.parity = {.flags = {static_cast<std::uint8_t>(*first & Parity::kFlags), *second},
                       .length = *length,
                       .timestamp = *timestamp,
                       .content = Bytes(content->begin(), content->end())};
  return protection;
}

void write_ulpfec(const Protection& protection, Bytes& out) {
  const bool is_long = needs_long_mask(protection);
  const Parity& parity = protection.parity;
  ByteWriter writer(out);
  writer.number(static_cast<std::uint8_t>((parity.flags[0] & Parity::kFlags) | (is_long ? kLongMask : 0)));
  writer.number(parity.flags[1]);
  writer.number(protection.base);
  writer.number(parity.timestamp);
  writer.number(parity.length);
  writer.number(static_cast<std::uint16_t>(parity.content.size()));
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kLong; ++i) bits = bits << 1 | (protection.mask[i] ? 1U : 0U);
  writer.number(static_cast<std::uint16_t>(bits >> 32));
  if (is_long) writer.number(static_cast<std::uint32_t>(bits));
  writer.bytes(parity.content);
}

}  // namespace parley::rtp
