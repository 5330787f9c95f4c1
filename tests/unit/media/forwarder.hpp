// Packets of encodings, and what a LayerSelector makes of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/layers.hpp"
#include "media/layer_selector.hpp"

namespace parley::media::test {

/// An encoding, and the packets that its sender makes.
struct Stream {
  std::string rid;
  Ssrc source;
  std::uint16_t number;
  std::uint32_t timestamp;
  std::uint16_t picture_id = 0x100;
  std::uint8_t base_index = 7;
};
inline Stream low() { return {.rid = "l", .source = Ssrc(1000), .number = 100, .timestamp = 50000}; }
inline Stream high() {
  return {.rid = "h",
          .source = Ssrc(2000),
          .number = 65530,
          .timestamp = 0xFFFFF000,
          .picture_id = 0x7FFE,
          .base_index = 254};
}

/// A packet that lives as long as this.
struct Made {
  std::shared_ptr<const Bytes> payload;
  LayerPacket packet;
};
inline Made made(const Stream& stream, std::string_view codec, Bytes payload, bool marker, bool key) {
  auto kept = std::make_shared<const Bytes>(std::move(payload));
  return {kept,
          {.packet = {.payload = *kept,
                      .owner = kept,
                      .source = stream.source,
                      .number = stream.number,
                      .timestamp = stream.timestamp,
                      .marker = marker,
                      .codec = codec},
           .rid = stream.rid,
           .begins_key_frame = key}};
}

/// What the receiver gets.
struct Out {
  std::uint16_t number;
  std::uint32_t timestamp;
  bool marker;
  Bytes payload;
  std::optional<formats::LayerInfo> info;
};

struct Forwarder {
  LayerSelector selector;
  TimePoint now{100s};
  std::vector<Out> out;

  bool give(const Made& one) {
    const auto sent = selector.forward(one.packet, now);
    if (!sent) return false;
    Bytes payload(sent->payload.begin(), sent->payload.end());
    const auto info = formats::read_layer(sent->codec, payload);
    out.push_back({sent->number, sent->timestamp, sent->marker, std::move(payload), info});
    return true;
  }
  void give(const std::vector<Made>& packets) {
    for (const Made& one : packets) give(one);
  }
  /// Numbers as distances from the first one.
  [[nodiscard]] std::vector<int> numbers() const {
    std::vector<int> result;
    for (const Out& one : out) result.push_back(static_cast<std::uint16_t>(one.number - out[0].number));
    return result;
  }
  /// Of the first packets of pictures.
  template <class Value>
  [[nodiscard]] std::vector<int> of_pictures(Value value) const {
    std::vector<int> result;
    for (std::size_t i = 0; i < out.size(); ++i)
      if (i == 0 || out[i].timestamp != out[i - 1].timestamp) result.push_back(value(out[i]));
    return result;
  }
  [[nodiscard]] std::vector<int> picture_ids() const {
    return of_pictures([](const Out& one) { return one.info->picture_id.value(); });
  }
  [[nodiscard]] std::vector<int> base_indices() const {
    return of_pictures([](const Out& one) { return one.info->base_index.value(); });
  }
  [[nodiscard]] std::vector<int> temporal() const {
    return of_pictures([](const Out& one) { return one.info->temporal_index; });
  }
};

}  // namespace parley::media::test
