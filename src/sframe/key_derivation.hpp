#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "sframe/primitives.hpp"

namespace parley::sframe {

/// What a base key becomes for one key id: RFC 9605 section 4.4.2. Whoever is done with it wipes it.
struct DerivedKey {
  Bytes key;  // of as many bytes as the suite has
  Nonce salt{};
};

/// nullopt if the base key is empty, or OpenSSL refuses.
std::optional<DerivedKey> derive(CipherSuite suite, std::uint64_t key_id, ByteView base_key);

}  // namespace parley::sframe
