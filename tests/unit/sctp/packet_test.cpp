#include "sctp/packet.hpp"

#include <gtest/gtest.h>

namespace parley::sctp {
namespace {

Bytes packet(std::initializer_list<Bytes> chunks) {
  Bytes out(12);
  for (const Bytes& chunk : chunks) out.insert(out.end(), chunk.begin(), chunk.end());
  return out;
}

/// A chunk of `length` bytes, padded.
Bytes chunk(std::uint8_t type, std::size_t length) {
  Bytes out((length + 3) / 4 * 4);
  out[0] = type;
  out[2] = static_cast<std::uint8_t>(length >> 8);
  out[3] = static_cast<std::uint8_t>(length);
  return out;
}

Bytes init_with(const Bytes& parameters) {
  Bytes out = chunk(1, 20 + parameters.size());
  std::copy(parameters.begin(), parameters.end(), out.begin() + 20);
  return packet({out});
}

TEST(SctpPacket, WholeChunksPass) {
  EXPECT_TRUE(acceptable(packet({chunk(0x0B, 4), chunk(0x00, 17), chunk(0x03, 16)})));
  EXPECT_TRUE(acceptable(packet({chunk(0x40, 100)})));
  EXPECT_TRUE(acceptable(packet({chunk(0x82, 20), chunk(0xC0, 8)})));
}

TEST(SctpPacket, ThePaddingOfTheLastChunkMayBeMissing) {
  Bytes bytes = packet({chunk(0x00, 17)});
  bytes.resize(12 + 17);
  EXPECT_TRUE(acceptable(bytes));
}

TEST(SctpPacket, ShortAndOverlongPacketsStop) {
  EXPECT_FALSE(acceptable({}));
  EXPECT_FALSE(acceptable(Bytes(12)));
  EXPECT_FALSE(acceptable(Bytes(15)));
  EXPECT_FALSE(acceptable(Bytes(65536, 0)));
}

TEST(SctpPacket, ChunksThatDoNotFitStop) {
  Bytes bytes = packet({chunk(0x0B, 4)});
  bytes[15] = 5;
  EXPECT_FALSE(acceptable(bytes)) << "longer than the packet";
  bytes[15] = 3;
  EXPECT_FALSE(acceptable(bytes)) << "shorter than its own header";
  bytes[15] = 4;
  bytes.push_back(1);
  EXPECT_FALSE(acceptable(bytes)) << "the beginning of another chunk";
}

TEST(SctpPacket, ChunksWithoutTheirFixedPartStop) {
  EXPECT_FALSE(acceptable(packet({chunk(0x00, 16)}))) << "DATA without data";
  EXPECT_FALSE(acceptable(packet({chunk(0x01, 16)})));
  EXPECT_FALSE(acceptable(packet({chunk(0x03, 12)})));
  EXPECT_FALSE(acceptable(packet({chunk(0x40, 20)})));
}

TEST(SctpPacket, ExtensionsThatWeDoNotNegotiateStop) {
  for (const int type : {0x0F, 0x80, 0x81, 0xC1})
    EXPECT_FALSE(acceptable(packet({chunk(static_cast<std::uint8_t>(type), 32)}))) << type;
}

TEST(SctpPacket, ChunkTypesUnknownToEverybodyPass) {
  EXPECT_TRUE(acceptable(packet({chunk(0x3F, 8), chunk(0xFE, 4)})));
}

TEST(SctpPacket, TheParametersOfInitMustFit) {
  EXPECT_TRUE(acceptable(init_with({})));
  EXPECT_TRUE(acceptable(init_with({0x80, 0x08, 0, 6, 0x82, 0xC0, 0, 0})));  // supported extensions, padded
  EXPECT_TRUE(acceptable(init_with({0xC0, 0x00, 0, 4})));
  EXPECT_FALSE(acceptable(init_with({0xC0, 0x00, 0, 3})));
  EXPECT_FALSE(acceptable(init_with({0xC0, 0x00, 0, 5})));
  EXPECT_FALSE(acceptable(init_with({0xC0, 0x00})));
  EXPECT_TRUE(acceptable(init_with({0, 5, 0, 8, 127, 0, 0, 1})));
  EXPECT_FALSE(acceptable(init_with({0, 5, 0, 4})));
  EXPECT_FALSE(acceptable(init_with({0, 6, 0, 8, 0, 0, 0, 0})));
}

}  // namespace
}  // namespace parley::sctp
