#include "sctp/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

namespace parley::sctp {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // 0x1EDC6F41, bit-reversed

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    table[i] = value;
  }
  return table;
}
constexpr auto kTable = make_table();

template <class T>
T load(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(ByteView bytes) {
  std::uint64_t crc = 0xFFFFFFFF;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) crc = _mm_crc32_u64(crc, load<std::uint64_t>(bytes.data() + i));
  auto low = static_cast<std::uint32_t>(crc);
  for (; i < bytes.size(); ++i) low = _mm_crc32_u8(low, bytes[i]);
  return ~low;
}
bool has_instruction() { return __builtin_cpu_supports("sse4.2") != 0; }
#elif defined(__aarch64__) && defined(__linux__)
__attribute__((target("+crc"))) std::uint32_t by_instruction(ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) crc = __crc32cd(crc, load<std::uint64_t>(bytes.data() + i));
  for (; i < bytes.size(); ++i) crc = __crc32cb(crc, bytes[i]);
  return ~crc;
}
bool has_instruction() { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }
#else
std::uint32_t by_instruction(ByteView bytes) { return crc32c_by_table(bytes); }
bool has_instruction() { return false; }
#endif

}  // namespace

std::uint32_t crc32c_by_table(ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) crc = (crc >> 8) ^ kTable[(crc ^ byte) & 0xFF];
  return ~crc;
}

std::uint32_t crc32c(ByteView bytes) {
  static const bool fast = has_instruction();
  return fast ? by_instruction(bytes) : crc32c_by_table(bytes);
}

}  // namespace parley::sctp
