#include "sframe/header.hpp"

#include <bit>

namespace parley::sframe {
namespace {

/// Of four bits: a number stands behind the byte, whose length less one the other three tell.
constexpr unsigned kExtended = 8;

unsigned length(std::uint64_t value) { return (static_cast<unsigned>(std::bit_width(value)) + 7) / 8; }

unsigned field(std::uint64_t value) {
  return value < kExtended ? static_cast<unsigned>(value) : kExtended | (length(value) - 1);
}

void append_behind(Bytes& out, std::uint64_t value) {
  if (value < kExtended) return;
  for (unsigned left = length(value); left > 0; --left)
    out.push_back(static_cast<std::uint8_t>(value >> (8 * (left - 1))));
}

/// More bytes than a number needs are taken as well: what was sent is what is authenticated.
std::optional<std::uint64_t> read(ByteReader& reader, unsigned field) {
  if ((field & kExtended) == 0) return field;
  const auto bytes = reader.take((field & (kExtended - 1)) + 1);
  if (!bytes) return std::nullopt;
  std::uint64_t value = 0;
  for (const std::uint8_t byte : *bytes) value = value << 8 | byte;
  return value;
}

}  // namespace

void append(Bytes& out, const Header& header) {
  out.push_back(static_cast<std::uint8_t>(field(header.key_id) << 4 | field(header.counter)));
  append_behind(out, header.key_id);
  append_behind(out, header.counter);
}

std::optional<Header> read_header(ByteReader& reader) {
  const auto config = reader.number<std::uint8_t>();
  if (!config) return std::nullopt;
  const auto key_id = read(reader, *config >> 4);
  const auto counter = read(reader, *config & 0x0F);
  return key_id && counter ? std::optional(Header{*key_id, *counter}) : std::nullopt;
}

}  // namespace parley::sframe
