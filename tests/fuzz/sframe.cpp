// The first byte chooses the suite and the codec and what the rest is: a frame that arrives, or one to encrypt, which
// is then read as it is and damaged. Fails if a damaged frame is taken for a whole one, or a whole one is not.
#include <cstdlib>
#include <string_view>

#include "formats/cover.hpp"
#include "sframe/context.hpp"

namespace {

using namespace parley;

constexpr std::string_view kCodecs[] = {"VP8", "VP9", "H264", "H265", "AV1", "opus"};

void require(bool condition) {
  if (!condition) std::abort();
}

std::optional<Bytes> open(sframe::Context& context, std::string_view codec, ByteView frame) {
  auto parts = formats::uncover(codec, frame);
  if (!parts) return std::nullopt;
  auto plain = context.decrypt(parts->clear, parts->content);
  if (!std::holds_alternative<Bytes>(plain)) return std::nullopt;
  parts->content = std::get<Bytes>(plain);
  return formats::restore(std::move(*parts));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  sframe::Context context(static_cast<sframe::CipherSuite>(1 + data[0] % 5));
  require(context.set_key(data[0] / 5, Bytes(16, 7)));
  const std::string_view codec = kCodecs[data[1] % 6];
  const Bytes frame(data + 3, data + size);
  if ((data[1] & 0x80) != 0) {
    // With a tag of 32 bits somebody may guess right.
    require(data[0] % 5 == 2 || !open(context, codec, frame));
    return 0;
  }
  auto parts = formats::divide(codec, frame);
  if (!parts) return 0;
  const Bytes plain = formats::restore(formats::CoveredFrame(*parts));
  auto sealed = context.encrypt(parts->clear, parts->content);
  require(sealed.has_value());
  parts->content = std::move(*sealed);
  Bytes sent = formats::cover(codec, *parts);
  require(open(context, codec, sent) == plain);
  sent[data[2] % sent.size()] ^= 0x40;
  const auto damaged = open(context, codec, sent);
  require(!damaged || *damaged == plain);  // a carrier's header is nobody's secret
  return 0;
}
