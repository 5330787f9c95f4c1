#include "rtp/layers_allocation.hpp"

#include <gtest/gtest.h>

namespace parley::rtp {
namespace {

Bytes written(const LayersAllocation& allocation) {
  Bytes out;
  EXPECT_TRUE(write(allocation, out));
  return out;
}

/// Three streams of simulcast; the last one has two spatial layers.
LayersAllocation simulcast() {
  return {
      .stream = 1,
      .streams = 3,
      .has_sizes = true,
      .layers = {{.stream = 0, .rates = {50, 100}, .width = 320, .height = 180, .frame_rate = 30},
                 {.stream = 1, .rates = {127, 128, 300}, .width = 640, .height = 360, .frame_rate = 30},
                 {.stream = 2, .rates = {20'000}, .width = 1, .height = 65536, .frame_rate = 0},
                 {.stream = 2, .spatial = 3, .rates = {0xFFFFFFFF}, .width = 65536, .height = 1, .frame_rate = 255}}};
}

TEST(LayersAllocation, OfOneStreamIsShort) {
  const LayersAllocation one{.layers = {{.rates = {100}}, {.spatial = 1, .rates = {200, 300}}}};
  EXPECT_EQ(written(one), (Bytes{0x03, 0x10, 100, 0xC8, 0x01, 0xAC, 0x02}));
  EXPECT_EQ(parse_layers_allocation(written(one)), one);
}

TEST(LayersAllocation, OfStreamsThatDifferHasTheirLayersOneByOne) {
  EXPECT_EQ(parse_layers_allocation(written(simulcast())), simulcast());
  EXPECT_EQ(written(simulcast())[0], 0x60);
  LayersAllocation same{.streams = 2, .layers = {{.rates = {1}}, {.stream = 1, .rates = {2}}}};
  EXPECT_EQ(written(same)[0], 0x11);
  EXPECT_EQ(parse_layers_allocation(written(same)), same);
}

TEST(LayersAllocation, OfNothingIsAZero) {
  EXPECT_EQ(written(LayersAllocation{}), Bytes{0});
  EXPECT_EQ(parse_layers_allocation(Bytes{0}), LayersAllocation{});
}

TEST(LayersAllocation, CutOffOrContinuedItIsNotRead) {
  const Bytes whole = written(simulcast());
  const std::size_t without_sizes = whole.size() - 4 * 5;
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(parse_layers_allocation(ByteView(whole).first(size)).has_value(), size == without_sizes) << size;
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(parse_layers_allocation(longer));
  EXPECT_FALSE(parse_layers_allocation(Bytes{0, 0})) << "layers that are none";
  EXPECT_FALSE(parse_layers_allocation(Bytes{0x41, 0, 1})) << "of a stream beyond the last";
  EXPECT_FALSE(parse_layers_allocation(Bytes{0x01, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F})) << "a rate of 35 bits";
}

TEST(LayersAllocation, DoesNotWriteWhatCannotBeSaid) {
  Bytes out;
  EXPECT_FALSE(write(LayersAllocation{.stream = 1, .layers = {}}, out));
  EXPECT_FALSE(write(LayersAllocation{.streams = 5, .layers = {}}, out));
  EXPECT_FALSE(write(LayersAllocation{.layers = {{.rates = {}}}}, out));
  EXPECT_FALSE(write(LayersAllocation{.layers = {{.rates = {1, 2, 3, 4, 5}}}}, out));
  EXPECT_FALSE(write(LayersAllocation{.layers = {{.spatial = 1, .rates = {1}}, {.rates = {1}}}}, out));
  EXPECT_FALSE(write(LayersAllocation{.has_sizes = true, .layers = {{.rates = {1}}}}, out));
  EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace parley::rtp
