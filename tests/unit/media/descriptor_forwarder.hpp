// Packets with dependency descriptors, and what a LayerSelector makes of them.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/layer_selector.hpp"
#include "media/layer_structure.hpp"
#include "rtp/dependency_descriptor.hpp"

namespace parley::media::test::described {

using enum rtp::DecodeTargetUse;
using Structure = rtp::DependencyStructure;
using Masks = std::vector<std::optional<std::uint32_t>>;

/// L1T2: by template 0 (key) or 1, 2.
inline Structure two_rates() { return structure_of({1, 2, LayerMode::Needs::Regular}); }
/// L1T3: layers 0, 2, 1, 2; by template 0 (key) or 1, 3, 2, 4.
inline Structure three_rates() { return structure_of({1, 3, LayerMode::Needs::Regular}); }
/// L2T2: each picture in two sizes, the larger one made from the smaller one. By templates: 0 and 3 (key), 2 and 5
/// (upper rate), 1 and 4.
inline Structure two_sizes() { return structure_of({2, 2, LayerMode::Needs::Regular}); }

/// L2T1_KEY: sizes that have nothing in common but key frames. By templates: 0 and 2 (key), 1 and 3.
inline Structure two_sizes_apart() {
  return {.decode_targets = 2,
          .chains = 2,
          .protected_by = {0, 1},
          .templates = {{.uses = {Switch, Switch}, .distances = {}, .chains = {0, 0}},
                        {.uses = {Switch, NotPresent}, .distances = {2}, .chains = {2, 1}},
                        {.spatial = 1, .uses = {NotPresent, Switch}, .distances = {1}, .chains = {1, 1}},
                        {.spatial = 1, .uses = {NotPresent, Switch}, .distances = {2}, .chains = {1, 2}}}};
}

/// A packet that lives as long as this.
struct Made {
  std::shared_ptr<const Bytes> payload, descriptor;
  LayerPacket packet;
};

/// An encoding, and the packets that its sender makes: two for each frame.
struct Stream {
  Structure structure;
  std::string rid;
  Ssrc source{1000};
  std::uint16_t number = 100, frame = 0;
  std::uint32_t timestamp = 50000;
  std::optional<std::uint32_t> active = std::nullopt;

  Made packet(const rtp::DependencyDescriptor& told, bool marker) {
    auto descriptor = std::make_shared<Bytes>();
    EXPECT_TRUE(rtp::write(told, structure, *descriptor));
    auto payload = std::make_shared<const Bytes>(Bytes{0x10, static_cast<std::uint8_t>(told.frame_number)});
    return {payload,
            descriptor,
            {.packet = {.payload = *payload,
                        .owner = payload,
                        .source = source,
                        .number = number++,
                        .timestamp = timestamp,
                        .marker = marker,
                        .codec = "AV1",
                        .descriptor = *descriptor},
             .rid = rid,
             .begins_key_frame = told.structure.has_value()}};
  }
  /// A picture: a frame of each of these templates.
  std::vector<Made> picture(std::initializer_list<std::size_t> templates) {
    std::vector<Made> packets;
    timestamp += 3000;
    std::size_t left = templates.size();
    for (const std::size_t index : templates) {
      --left;
      const auto& frame_of = structure.templates[index];
      rtp::DependencyDescriptor told{.first_packet = true,
                                     .template_id = static_cast<std::uint8_t>((structure.first_template + index) % 64),
                                     .frame_number = frame++,
                                     .active_targets = active,
                                     .frame = frame_of};
      if (frame_of.distances.empty()) told.structure = structure;
      packets.push_back(packet(told, false));
      told.structure.reset();
      told.first_packet = false;
      told.last_packet = true;
      packets.push_back(packet(told, left == 0));
    }
    active.reset();
    return packets;
  }
};

/// What the receiver gets, and understands.
struct Out {
  std::uint16_t number;
  std::uint32_t timestamp;
  bool marker;
  int content;
  std::optional<rtp::DependencyDescriptor> told;
};

struct Forwarder {
  LayerSelector selector;
  TimePoint now{100s};
  std::vector<Out> out;
  rtp::DependencyReader reader;

  bool give(const Made& one) {
    const auto sent = selector.forward(one.packet, now);
    if (!sent) return false;
    out.push_back({sent->number, sent->timestamp, sent->marker, sent->payload.empty() ? -1 : sent->payload[1],
                   reader.read(sent->descriptor)});
    return true;
  }
  void give(const std::vector<Made>& packets) {
    for (const Made& one : packets) give(one);
  }
  /// Of the last packets of frames, as the sender has numbered them.
  [[nodiscard]] std::vector<int> frames() const {
    std::vector<int> result;
    for (std::size_t i = 0; i < out.size(); ++i)
      if (out[i].told && out[i].told->last_packet) result.push_back(out[i].content);
    return result;
  }
  [[nodiscard]] std::vector<int> marked() const {
    std::vector<int> result;
    for (const Out& one : out)
      if (one.marker) result.push_back(one.content);
    return result;
  }
  [[nodiscard]] std::vector<int> numbers() const {
    std::vector<int> result;
    for (const Out& one : out) result.push_back(static_cast<std::uint16_t>(one.number - out[0].number));
    return result;
  }
  [[nodiscard]] Masks active() const {
    Masks result;
    for (const Out& one : out) result.push_back(one.told.value().active_targets);
    return result;
  }
};

}  // namespace parley::media::test::described
