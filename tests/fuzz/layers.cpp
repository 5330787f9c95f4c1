// A forwarder's choice of layers, of packets of any kind in any order, with descriptors that are nearly right or not at
// all.
#include <cstdlib>

#include "media/layer_rates.hpp"
#include "media/layer_selector.hpp"
#include "rtp/dependency_descriptor.hpp"

namespace {

using namespace parley;
using namespace parley::media;

void check(bool condition) {
  if (!condition) std::abort();
}

/// The input, whose end is followed by zeros.
class Input {
 public:
  explicit Input(ByteView bytes) : reader_(bytes) {}
  [[nodiscard]] bool is_over() const { return reader_.remaining() == 0; }
  std::uint8_t u8() { return reader_.number<std::uint8_t>().value_or(0); }
  ByteView bytes(std::size_t most) {
    const std::size_t count = u8() % (most + 1);
    return reader_.take(std::min(count, reader_.remaining())).value_or(ByteView());
  }

 private:
  ByteReader reader_;
};

constexpr const char* kCodecs[] = {"AV1", "VP8", "VP9", "H264"};

/// A receiver who reads what is forwarded to it.
class Driver {
 public:
  explicit Driver(ByteView bytes) : input_(bytes) { selector_.select(Layer{}); }
  void run() {
    for (int steps = 0; !input_.is_over() && steps < 1000; ++steps) step();
  }

 private:
  void step() {
    const std::uint8_t what = input_.u8();
    if (what % 8 == 0) {
      selector_.select(what > 240 ? std::nullopt
                                  : std::optional(Layer{.spatial_index = input_.u8(), .temporal_index = input_.u8()}));
      return;
    }
    const std::uint8_t source = what >> 3 & 3;
    number_[source] = static_cast<std::uint16_t>(number_[source] + (what % 8 == 1 ? input_.u8() - 128 : 1));
    if (what % 8 < 5) timestamp_ += what % 8 == 2 ? std::uint32_t{input_.u8()} << 24 : 3000;
    const ByteView descriptor = input_.bytes(255), payload = input_.bytes(20);
    const LayerPacket packet{.packet = {.payload = payload,
                                        .source = Ssrc(source),
                                        .number = number_[source],
                                        .timestamp = timestamp_,
                                        .codec = kCodecs[what >> 5 & 3],
                                        .descriptor = descriptor},
                             .rid = "",
                             .begins_key_frame = what >= 128};
    rates_.add(packet, now_);
    now_ += 1ms;
    const auto out = selector_.forward(packet, now_);
    (void)selector_.key_frame_request(now_);
    (void)rates_.best(1e6, selector_.current(), now_);
    if (!out) return;
    check(out->payload.size() == payload.size() || out->payload.empty());
    check(out->descriptor.size() <= 255 && (out->payload.empty() || out->descriptor.empty() == descriptor.empty()));
    (void)reader_.read(out->descriptor);
  }

  Input input_;
  LayerSelector selector_;
  LayerRates rates_;
  rtp::DependencyReader reader_;
  std::uint16_t number_[4] = {};
  std::uint32_t timestamp_ = 0;
  TimePoint now_{10s};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Driver(ByteView(data, size)).run();
  return 0;
}
