#include "formats/describe.hpp"

#include <algorithm>
#include <vector>

#include "base/ascii.hpp"
#include "formats/opus.hpp"

namespace parley::formats {
namespace {

/// Keeps payloads, as a receiver would see them.
class Kept final : public PayloadSink {
 public:
  void on_payload(std::span<const ByteView> pieces, bool) override {
    Bytes& payload = payloads_.emplace_back();
    for (const ByteView piece : pieces) payload.insert(payload.end(), piece.begin(), piece.end());
  }
  [[nodiscard]] std::vector<ByteView> views() const { return {payloads_.begin(), payloads_.end()}; }

 private:
  std::vector<Bytes> payloads_;
};

}  // namespace

/// What a receiver would learn from it: so what each format reads is written once.
FrameInfo describe_frame(std::string_view codec, ByteView frame) {
  constexpr std::size_t kLarge = 60'000;  // some formats count in 16 bits
  const auto packetizer = make_packetizer(codec);
  const auto depacketizer = make_depacketizer(codec);
  Kept kept;
  if (!packetizer || !depacketizer || !packetizer->packetize(frame, {}, kLarge, kept)) return {};
  const auto assembled = depacketizer->assemble(kept.views());
  return assembled ? assembled->info : FrameInfo();
}

std::optional<std::uint32_t> samples_of(std::string_view codec, unsigned channels, ByteView frame) {
  if (equal_ignoring_case(codec, "opus")) {
    const auto packet = read_opus_packet(frame);
    return packet ? std::optional<std::uint32_t>(packet->samples) : std::nullopt;
  }
  // A byte a sample; G.722 has two of its samples in it, but a clock as if there was one.
  for (const std::string_view plain : {"PCMU", "PCMA", "G722"})
    if (equal_ignoring_case(codec, plain)) return static_cast<std::uint32_t>(frame.size() / std::max(channels, 1U));
  return std::nullopt;
}

}  // namespace parley::formats
