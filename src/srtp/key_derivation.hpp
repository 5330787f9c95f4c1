#pragma once

#include "srtp/packet.hpp"
#include "srtp/profile.hpp"

namespace parley::srtp {

/// RFC 3711 section 4.3.2, the labels of one kind of packet's keys, counted from the kind's first.
enum class Purpose : std::uint8_t { Encryption = 0, Authentication = 1, Salt = 2 };

/// RFC 3711 section 4.3.3 without key derivation rate, RFC 7714 section 11: fills `out` with a session key.
/// `key_length` is that of the master key without its salt, 16 or 32.
bool derive_key(const MasterKey& master, std::size_t key_length, Kind kind, Purpose purpose,
                std::span<std::uint8_t> out);

}  // namespace parley::srtp
