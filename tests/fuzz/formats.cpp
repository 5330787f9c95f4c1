// Payload formats: payloads of a hostile peer, and frames of a careless program.
#include <cstdlib>
#include <vector>

#include "formats/format.hpp"

namespace {

using namespace parley;

struct Collector final : formats::PayloadSink {
  void on_payload(std::span<const ByteView> pieces, bool) override {
    Bytes& payload = payloads.emplace_back();
    for (const ByteView piece : pieces) payload.insert(payload.end(), piece.begin(), piece.end());
    if (payload.size() > kMost) std::abort();
  }
  static constexpr std::size_t kMost = 200;
  std::vector<Bytes> payloads;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kNames[] = {"VP8", "VP9", "H264", "AV1", "opus"};
  if (size < 2) return 0;
  const std::string_view name = kNames[data[0] % std::size(kNames)];
  ByteView rest(data + 1, size - 1);
  const auto depacketizer = formats::make_depacketizer(name);

  Collector made;
  if (formats::make_packetizer(name)->packetize(rest, {}, Collector::kMost, made)) {
    std::vector<ByteView> views(made.payloads.begin(), made.payloads.end());
    if (views.empty()) std::abort();
    (void)depacketizer->assemble(views);
  }

  std::vector<ByteView> payloads;
  while (!rest.empty()) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    const ByteView payload = rest.subspan(1, length);
    (void)depacketizer->inspect(payload);
    if (!payload.empty()) payloads.push_back(payload);
    rest = rest.subspan(1 + length);
  }
  if (const auto frame = depacketizer->assemble(payloads); frame && frame->data.size() > size * 8 + 64) std::abort();
  return 0;
}
