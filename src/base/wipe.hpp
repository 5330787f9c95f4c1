#pragma once

#include <cstdint>
#include <span>

namespace parley {

/// Overwrites a secret in a way that the compiler does not leave out.
inline void wipe(std::span<std::uint8_t> secret) {
  volatile std::uint8_t* const bytes = secret.data();
  for (std::size_t i = 0; i < secret.size(); ++i) bytes[i] = 0;
}

}  // namespace parley
