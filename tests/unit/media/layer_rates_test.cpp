#include "media/layer_rates.hpp"

#include <gtest/gtest.h>

namespace parley::media {
namespace {

/// A second of packets of 1000 bytes.
struct Measured {
  LayerRates rates;
  TimePoint now{10s};

  void add(std::string_view rid, int packets, std::uint8_t temporal = 0) {
    Bytes payload(1000, 1);
    payload[0] = 0x90;
    payload[1] = 0x20;  // a temporal layer and nothing else, RFC 7741 section 4.2
    payload[2] = static_cast<std::uint8_t>(temporal << 6);
    for (int i = 0; i < packets; ++i) rates.add({.packet = {.payload = payload, .codec = "VP8"}, .rid = rid}, now);
  }
  [[nodiscard]] std::string best(double rate, std::optional<Layer> current = std::nullopt) const {
    const auto layer = rates.best(rate, current, now);
    return layer ? layer->rid + std::to_string(layer->temporal_index) : "none";
  }
};

TEST(LayerRates, OfTheEncodingsTheLargestThatFits) {
  Measured measured;
  EXPECT_EQ(measured.best(1e9), "none");
  measured.add("l", 25);   // 200 kbit/s
  measured.add("h", 250);  // 2 Mbit/s
  measured.add("m", 75);   // 600 kbit/s
  EXPECT_EQ(measured.best(1e9), "h0");
  EXPECT_EQ(measured.best(2e6), "h0");
  EXPECT_EQ(measured.best(1.9e6), "m0");
  EXPECT_EQ(measured.best(500e3), "l0");
  EXPECT_EQ(measured.best(50e3), "l0") << "the smallest, if none fits";
}

TEST(LayerRates, ALayerTakesWhatThoseBelowTakeToo) {
  Measured measured;
  measured.add("", 50, 0);
  measured.add("", 25, 1);
  measured.add("", 25, 2);
  EXPECT_EQ(measured.rates.rate({.temporal_index = 1}, measured.now), 600e3);
  EXPECT_EQ(measured.rates.rate({}, measured.now), 800e3);
  EXPECT_EQ(measured.best(700e3), "1");
}

TEST(LayerRates, ChangesToMoreOnlyWithRoomToSpare) {
  Measured measured;
  measured.add("l", 25);
  measured.add("h", 100);
  EXPECT_EQ(measured.best(900e3), "h0");
  EXPECT_EQ(measured.best(900e3, Layer{.rid = "l"}), "l0");
  EXPECT_EQ(measured.best(960e3, Layer{.rid = "l"}), "h0");
  EXPECT_EQ(measured.best(810e3, Layer{.rid = "h"}), "h0");
  EXPECT_EQ(measured.best(790e3, Layer{.rid = "h"}), "l0");
}

TEST(LayerRates, WhatHasStoppedIsNotChosen) {
  Measured measured;
  measured.add("l", 25);
  measured.add("h", 100);
  measured.now += 2s;
  measured.add("l", 25);
  EXPECT_EQ(measured.best(1e9), "l0");
  measured.now += 2s;
  EXPECT_EQ(measured.best(1e9), "none");
}

/// AV1 tells of layers in dependency descriptors only.
TEST(LayerRates, LayersAreToldApartByDependencyDescriptors) {
  using enum rtp::DecodeTargetUse;
  const rtp::DependencyStructure structure{
      .decode_targets = 2,
      .templates = {{.uses = {Switch, Switch}, .distances = {}, .chains = {}},
                    {.spatial = 1, .uses = {NotPresent, Switch}, .distances = {1}, .chains = {}}}};
  LayerRates rates;
  const TimePoint now{10s};
  const Bytes payload(1000, 1);
  for (std::uint16_t i = 0; i < 50; ++i) {
    rtp::DependencyDescriptor told{
        .template_id = static_cast<std::uint8_t>(i % 2), .frame_number = i, .frame = structure.templates[i % 2]};
    if (i == 0) told.structure = structure;
    Bytes descriptor;
    ASSERT_TRUE(rtp::write(told, structure, descriptor));
    rates.add({.packet = {.payload = payload, .number = i, .codec = "AV1", .descriptor = descriptor}, .rid = ""}, now);
  }
  EXPECT_EQ(rates.rate({.spatial_index = 0}, now), 200e3);
  EXPECT_EQ(rates.rate({}, now), 400e3);
  EXPECT_EQ(rates.best(300e3, std::nullopt, now)->spatial_index, 0);
}

TEST(LayerRates, TellsApartSoManyLayersAndNotMore) {
  Measured measured;
  for (int i = 0; i < 100; ++i) measured.add("r" + std::to_string(i), 1);
  EXPECT_EQ(measured.rates.rate({.rid = "r31"}, measured.now), 8000);
  EXPECT_EQ(measured.rates.rate({.rid = "r32"}, measured.now), 0);
}

}  // namespace
}  // namespace parley::media
