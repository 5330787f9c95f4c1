// RTP packets as peers may send them: read whole, written again with the same extensions, and read back. Each extension
// is read as every one that is known, and what can be read can be written.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "rtp/capture_time.hpp"
#include "rtp/color_space.hpp"
#include "rtp/content_type.hpp"
#include "rtp/dependency_descriptor.hpp"
#include "rtp/layers_allocation.hpp"
#include "rtp/packet.hpp"
#include "rtp/playout_delay.hpp"
#include "rtp/protection.hpp"
#include "rtp/video_orientation.hpp"
#include "rtp/video_timing.hpp"

namespace {

using namespace parley;
using namespace parley::rtp;

void check(bool condition) {
  if (!condition) std::abort();
}

bool same(const Header& a, const Header& b) {
  return a.payload_type == b.payload_type && a.marker == b.marker && a.sequence_number == b.sequence_number &&
         a.timestamp == b.timestamp && a.ssrc == b.ssrc;
}

std::vector<Extension> extensions(const PacketView& view, ByteView packet) {
  std::vector<Extension> found;
  for (unsigned id = 0; id < 256; ++id) {
    const auto value = view.extension(static_cast<std::uint8_t>(id));
    if (!value) continue;
    check(id != 0);
    check(value->empty() ||
          (value->data() >= packet.data() + 16 && value->data() + value->size() <= packet.data() + view.header_size()));
    found.push_back({static_cast<std::uint8_t>(id), *value});
  }
  return found;
}

void write_again(const PacketView& view, const std::vector<Extension>& list) {
  const std::size_t size = header_size(list);
  if ((size - 12) / 4 > 65535) return;
  Bytes packet(size, 0xEE);
  write_header(view.header(), list, packet);
  packet.insert(packet.end(), view.payload().begin(), view.payload().end());
  const auto read = PacketView::parse(packet);
  check(read.has_value() && same(read->header(), view.header()));
  check(std::ranges::equal(read->payload(), view.payload()));
  for (const Extension& one : list) {
    const auto value = read->extension(one.id);
    check(value && std::ranges::equal(*value, one.value));
    check(value->data() == packet.data() + value_offset(list, one.id));
  }
}

/// What protects others is written as it was read, and a packet made of it is one.
void read_protection(ByteView bytes) {
  const auto look = [](const Result<Protection>& read, auto parse, auto write) {
    if (!read) return;
    check(read->mask.any());
    Bytes written;
    write(*read, written);
    check(*parse(written) == *read);
    if (const auto packet = read->parity.packet(read->source, read->base))
      check(packet->size() == kFixedHeader + read->parity.length);
    Protection folded = *read;
    folded.parity.fold(Bytes(kFixedHeader + 300, 1));
    folded.parity.fold(Bytes(kFixedHeader + 300, 1));
    check(folded == *read);
  };
  look(parse_ulpfec(bytes), parse_ulpfec, write_ulpfec);
  look(parse_flexfec(bytes), parse_flexfec, write_flexfec);
}

template <class Parse>
void value_round_trip(ByteView value, Parse parse) {
  const auto told = parse(value);
  if (!told) return;
  Bytes out;
  (void)write(*told, out);
  check(out.size() <= std::max<std::size_t>(value.size(), 255) && parse(out) == told);
}

/// Descriptors refer to what came before, so the extensions of a packet are those of several here.
class Descriptors {
 public:
  void read(ByteView value) {
    const auto told = reader_.read(value);
    if (!told) return;
    if (told->structure) structure_ = *told->structure;
    Bytes out;
    check(write(*told, structure_, out));
    check(again_.read(out) == told);
  }

 private:
  DependencyReader reader_, again_;
  DependencyStructure structure_;
};

void read_values(const std::vector<Extension>& list) {
  Descriptors descriptors;
  for (const Extension& one : list) {
    value_round_trip(one.value, parse_capture_time);
    value_round_trip(one.value, parse_video_orientation);
    value_round_trip(one.value, parse_playout_delay);
    value_round_trip(one.value, parse_color_space);
    value_round_trip(one.value, parse_video_timing);
    value_round_trip(one.value, parse_content_type);
    value_round_trip(one.value, parse_layers_allocation);
    descriptors.read(one.value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView packet(data, size);
  read_protection(packet);
  (void)is_rtcp(packet);
  const auto view = PacketView::parse(packet);
  if (!view) return 0;
  check(view->header_size() + view->payload().size() + view->padding_size() == size);
  for (std::size_t i = 0; i < view->csrc_count(); ++i) (void)view->csrc(i);
  const auto list = extensions(*view, packet);
  write_again(*view, list);
  read_values(list);
  return 0;
}
