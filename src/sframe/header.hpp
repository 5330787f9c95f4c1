#pragma once

#include <optional>

#include "base/bytes.hpp"

namespace parley::sframe {

/// What is in front of each ciphertext: RFC 9605 section 4.3.
struct Header {
  std::uint64_t key_id = 0;
  std::uint64_t counter = 0;
  bool operator==(const Header&) const = default;
};

/// One byte, and each number that is 8 or more in as few further bytes as it needs.
void append(Bytes& out, const Header& header);
/// Leaves the reader behind it. nullopt if it is cut off.
std::optional<Header> read_header(ByteReader& reader);

}  // namespace parley::sframe
