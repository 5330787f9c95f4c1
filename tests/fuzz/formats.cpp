// Payload formats: what arrives, and what a program sends.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "formats/format.hpp"
#include "formats/generic.hpp"
#include "formats/layers.hpp"
#include "formats/opus.hpp"
#include "formats/red.hpp"
#include "formats/telephone_event.hpp"

namespace {

using namespace parley;
using namespace parley::formats;

void check(bool condition) {
  if (!condition) std::abort();
}

/// The last one stands for what the library does not know.
constexpr std::array kNames{"opus", "VP8", "VP9", "H264", "H265", "AV1", "x-unknown"};

std::unique_ptr<Packetizer> packetizer_of(std::string_view name) {
  auto known = make_packetizer(name);
  return known ? std::move(known) : std::make_unique<GenericPacketizer>();
}
std::unique_ptr<Depacketizer> depacketizer_of(std::string_view name) {
  auto known = make_depacketizer(name);
  return known ? std::move(known) : std::make_unique<GenericDepacketizer>();
}

/// Insists on the contract of PayloadSink.
class Payloads final : public PayloadSink {
 public:
  explicit Payloads(std::size_t most) : most_(most) {}
  void on_payload(std::span<const ByteView> pieces, bool last) override {
    check(!ended_);
    ended_ = last;
    Bytes& payload = all_.emplace_back();
    for (const ByteView piece : pieces) payload.insert(payload.end(), piece.begin(), piece.end());
    check(!payload.empty() && payload.size() <= most_);
  }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::vector<ByteView> views() const { return {all_.begin(), all_.end()}; }

 private:
  std::size_t most_;
  bool ended_ = false;
  std::vector<Bytes> all_;
};

/// Other ids are read where they were written, and nothing else has changed.
void change_ids(std::string_view name, ByteView payload) {
  const auto layer = read_layer(name, payload);
  if (!layer) return;
  Bytes changed(payload.begin(), payload.end());
  replace_ids(changed, *layer, 0x55AA, 0x77);
  const auto again = read_layer(name, changed);
  check(again && again->temporal_index == layer->temporal_index && again->spatial_index == layer->spatial_index);
  check(again->picture_id.has_value() == layer->picture_id.has_value());
  check(!again->picture_id || *again->picture_id == 0x55AA || *again->picture_id == 0x2A);
  check(again->base_index.value_or(0x77) == 0x77);
}

/// Payloads, each behind its length in two bytes. A unit of one byte gets a start code of four.
void receive(std::string_view name, Depacketizer& depacketizer, ByteView bytes) {
  ByteReader reader(bytes);
  std::vector<ByteView> payloads;
  std::size_t total = 0;
  while (const auto size = reader.number<std::uint16_t>()) {
    const auto payload = reader.take(std::min<std::size_t>(*size % 2048, reader.remaining()));
    if (!payload || payload->empty()) continue;
    (void)depacketizer.inspect(*payload);
    change_ids(name, *payload);
    payloads.push_back(*payload);
    total += payload->size();
  }
  const auto frame = depacketizer.assemble(payloads);
  check(!frame || (!frame->data.empty() && frame->data.size() <= 5 * total));
}

/// What has been sent once comes back the same ever after.
void send(std::string_view name, const FrameInfo& info, std::size_t most, ByteView bytes) {
  const auto packetizer = packetizer_of(name);
  const auto depacketizer = depacketizer_of(name);
  Payloads first(most);
  if (!packetizer->packetize(bytes, info, most, first)) {
    check(first.views().empty());
    return;
  }
  check(first.ended());
  for (const ByteView payload : first.views()) check(depacketizer->inspect(payload).has_value());
  const auto once = depacketizer->assemble(first.views());
  check(once.has_value());
  Payloads second(most);
  check(packetizer->packetize(once->data, once->info, most, second).has_value() && second.ended());
  const auto twice = depacketizer->assemble(second.views());
  check(twice && twice->data == once->data && twice->info.key_frame == once->info.key_frame);
  check(twice->info.width == once->info.width && twice->info.height == once->info.height);
}

void read_audio(ByteView bytes) {
  if (const auto packet = read_opus_packet(bytes)) check(packet->samples > 0 && packet->samples <= 5760);
  if (const auto events = read_telephone_events(bytes)) {
    Bytes written;
    for (const TelephoneEvent& event : *events) append_telephone_event(written, event);
    check(*read_telephone_events(written) == *events);
  }
  const auto blocks = read_red(bytes);
  if (!blocks) return;
  // Each is repeated by the payload after it.
  RedWriter writer(1);
  const RedBlock* before = nullptr;
  for (const RedBlock& block : *blocks) {
    const auto again = writer.write(block.payload_type, std::uint32_t{1} << 14 | (0x3FFFU - block.timestamp_offset),
                                    block.data, bytes.size() * 2);
    const auto read = again ? read_red(*again) : Result<std::vector<RedBlock>>(Unexpected(again.error()));
    check(read && !read->empty() && read->size() <= 2 && std::ranges::equal(read->back().data, block.data));
    check(read->size() == 1 || std::ranges::equal(read->front().data, before->data));
    before = &block;
  }
}

}  // namespace

/// A byte chooses the format and the layer, one the room in a packet.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view name = kNames[data[0] % kNames.size()];
  const ByteView rest(data + 2, size - 2);
  read_audio(rest);
  receive(name, *depacketizer_of(name), rest);
  FrameInfo info;
  const std::size_t layer = data[0] / kNames.size() % 8;
  if (layer % 4 > 0) info.temporal_index = static_cast<std::uint8_t>(layer % 4 - 1);
  info.regular_layers = layer >= 4;
  send(name, info, 100 + data[1] * std::size_t{8}, rest);
  return 0;
}
