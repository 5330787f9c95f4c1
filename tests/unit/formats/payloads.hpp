#pragma once

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "formats/format.hpp"

/// What tests of payload formats have in common.
namespace parley::formats::test {

using List = std::vector<Bytes>;

inline Bytes bytes(std::initializer_list<int> values) {
  Bytes result;
  result.reserve(values.size());
  for (const int value : values) result.push_back(static_cast<std::uint8_t>(value));
  return result;
}

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes whole;
  for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

/// `size` bytes, none of them zero: no start code comes about.
inline Bytes noise(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  Bytes result(size);
  for (std::uint8_t& byte : result) byte = static_cast<std::uint8_t>(1 + random() % 255);
  return result;
}

/// The payloads of one frame.
struct Payloads final : PayloadSink {
  std::vector<Bytes> all;
  std::size_t marked = 0;  ///< how many were the last
  bool last_is_marked = false;

  void on_payload(std::span<const ByteView> pieces, bool last) override {
    Bytes whole;
    for (const ByteView piece : pieces) whole.insert(whole.end(), piece.begin(), piece.end());
    all.push_back(std::move(whole));
    marked += last ? 1 : 0;
    last_is_marked = last;
  }
  [[nodiscard]] std::size_t longest() const {
    std::size_t size = 0;
    for (const Bytes& one : all) size = std::max(size, one.size());
    return size;
  }
  [[nodiscard]] std::size_t shortest() const {
    std::size_t size = SIZE_MAX;
    for (const Bytes& one : all) size = std::min(size, one.size());
    return size;
  }
};

inline Payloads packetized(Packetizer& packetizer, ByteView frame, std::size_t most, const FrameInfo& info = {}) {
  Payloads payloads;
  if (!packetizer.packetize(frame, info, most, payloads)) payloads.all.clear();
  return payloads;
}

inline Result<Frame> assembled(Depacketizer& depacketizer, const std::vector<Bytes>& payloads) {
  const std::vector<ByteView> views(payloads.begin(), payloads.end());
  return depacketizer.assemble(views);
}

/// The bytes of the frame; nothing if it is refused.
inline Bytes data_of(Depacketizer& depacketizer, const std::vector<Bytes>& payloads) {
  auto frame = assembled(depacketizer, payloads);
  return frame ? std::move(*frame).data : Bytes();
}

/// How long frames are, and how much room there is for them.
inline constexpr std::size_t kSizes[] = {1, 2, 3, 95, 96, 97, 98, 99, 100, 101, 1199, 1200, 1201, 5000, 65536, 200000};
inline constexpr std::size_t kRooms[] = {100, 101, 500, 1200, 9000};

/// The frames of an IVF file of tests/data/formats.
inline std::vector<Bytes> recorded(const std::string& name) {
  std::ifstream file(std::string(PARLEY_TEST_DATA) + "/formats/" + name + ".ivf", std::ios::binary);
  const Bytes all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<Bytes> frames;
  ByteReader reader(all);
  reader.take(32);
  while (const auto head = reader.take(12)) {
    const auto size = static_cast<std::size_t>((*head)[0] | (*head)[1] << 8 | (*head)[2] << 16);
    const auto frame = reader.take(size);
    if (!frame) return {};
    frames.emplace_back(frame->begin(), frame->end());
  }
  return frames;
}

}  // namespace parley::formats::test
