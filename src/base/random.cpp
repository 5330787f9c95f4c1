#include "base/random.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

namespace parley {

std::uint32_t Random::u32() { return static_cast<std::uint32_t>(u64()); }

std::uint64_t Random::u64() {
  std::uint8_t raw[8];
  fill(raw);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : raw) value = (value << 8) | byte;
  return value;
}

std::string Random::text(std::size_t count, std::string_view alphabet) {
  // Rejection keeps the draw even when the alphabet does not divide 256.
  const std::size_t limit = 256 - 256 % alphabet.size();
  std::string out;
  std::uint8_t raw[64];
  while (out.size() < count) {
    fill(raw);
    for (const std::uint8_t byte : raw)
      if (byte < limit && out.size() < count) out.push_back(alphabet[byte % alphabet.size()]);
  }
  return out;
}

namespace {
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    // getentropy gives at most 256 bytes a call and fails only without kernel support: nothing safe can go on then.
    for (; !out.empty(); out = out.subspan(std::min<std::size_t>(out.size(), 256)))
      if (getentropy(out.data(), std::min<std::size_t>(out.size(), 256)) != 0) std::abort();
  }
};
}  // namespace

Random& system_random() {
  static SystemRandom& random = *new SystemRandom;  // never destroyed: loops use it until the very end
  return random;
}

}  // namespace parley
