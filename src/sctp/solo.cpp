#include "sctp/solo.hpp"

#include <algorithm>

namespace parley::sctp {
namespace {

constexpr std::size_t kCommonHeader = 12;
constexpr std::uint8_t kIData = 0x40;      // RFC 8260 section 2.1
constexpr std::uint8_t kLastFragment = 1;  // its E bit

}  // namespace

void Solo::watch(ByteView packet) {
  ByteReader reader(packet);
  reader.take(kCommonHeader);
  for (;;) {
    const auto type = reader.number<std::uint8_t>();
    const auto flags = reader.number<std::uint8_t>();
    const auto length = reader.number<std::uint16_t>();
    if (!length || *length < 4) return;
    const auto body = reader.take(*length - 4u);
    if (!body) return;
    reader.take(std::min<std::size_t>(-*length & 3, reader.remaining()));
    if (*type != kIData) continue;
    const auto tsn = ByteReader(*body).number<std::uint32_t>();
    if (!tsn || (last_tsn_ && static_cast<std::int32_t>(*tsn - *last_tsn_) <= 0)) continue;  // sent again
    last_tsn_ = *tsn;
    if ((*flags & kLastFragment) != 0 && left_ < begun_) ++left_;
  }
}

}  // namespace parley::sctp
