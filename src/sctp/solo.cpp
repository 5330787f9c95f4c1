#include "sctp/solo.hpp"

#include "sctp/chunks.hpp"

namespace parley::sctp {
namespace {

constexpr std::uint8_t kLastFragment = 1;  // I-DATA's E bit (RFC 8260 section 2.1)

}  // namespace

void Solo::watch(ByteView packet) {
  each_chunk(packet, [this](ChunkType type, ByteView chunk) {
    if (type != ChunkType::IData) return true;
    const auto tsn = ByteReader(chunk.subspan(4)).number<std::uint32_t>();
    if (!tsn || (last_tsn_ && static_cast<std::int32_t>(*tsn - *last_tsn_) <= 0)) return true;  // sent again
    last_tsn_ = *tsn;
    if ((chunk[1] & kLastFragment) != 0 && left_ < begun_) ++left_;
    return true;
  });
}

}  // namespace parley::sctp
