#include "formats/format.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "formats/audio.hpp"
#include "formats/av1.hpp"
#include "formats/h264.hpp"
#include "formats/h265.hpp"
#include "formats/vp8.hpp"
#include "formats/vp9.hpp"

namespace parley::formats {
namespace {

template <class Base, class Made>
std::unique_ptr<Base> make() {
  return std::make_unique<Made>();
}

struct Row {
  std::string_view name;
  std::unique_ptr<Packetizer> (*packetizer)();
  std::unique_ptr<Depacketizer> (*depacketizer)();
};
template <class P, class D>
constexpr Row row(std::string_view name) {
  return {name, &make<Packetizer, P>, &make<Depacketizer, D>};
}

constexpr Row kFormats[] = {
    row<WholePacketizer, WholeDepacketizer>("opus"), row<WholePacketizer, WholeDepacketizer>("PCMU"),
    row<WholePacketizer, WholeDepacketizer>("PCMA"), row<WholePacketizer, WholeDepacketizer>("G722"),
    row<WholePacketizer, WholeDepacketizer>("CN"),   row<Vp8Packetizer, Vp8Depacketizer>("VP8"),
    row<Vp9Packetizer, Vp9Depacketizer>("VP9"),      row<H264Packetizer, H264Depacketizer>("H264"),
    row<H265Packetizer, H265Depacketizer>("H265"),   row<Av1Packetizer, Av1Depacketizer>("AV1"),
};

const Row* find(std::string_view name) {
  const auto* found =
      std::ranges::find_if(kFormats, [&](const Row& one) { return equal_ignoring_case(one.name, name); });
  return found == std::end(kFormats) ? nullptr : found;
}

}  // namespace

std::unique_ptr<Packetizer> make_packetizer(std::string_view name, std::optional<std::string_view> fmtp) {
  const Row* found = find(name);
  if (found && fmtp && found->name == "H264") return std::make_unique<H264Packetizer>(h264_packing(*fmtp));
  return found ? found->packetizer() : nullptr;
}

std::unique_ptr<Depacketizer> make_depacketizer(std::string_view name) {
  const Row* found = find(name);
  return found ? found->depacketizer() : nullptr;
}

}  // namespace parley::formats
