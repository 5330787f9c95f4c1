// Frames of codecs that the library does not know.
#include "formats/generic.hpp"

#include <gmock/gmock.h>

#include "collector.hpp"

namespace parley::formats {
namespace {

using testing::ElementsAre;

Bytes frame_of(std::size_t size) {
  Bytes frame(size);
  for (std::size_t i = 0; i < size; ++i) frame[i] = static_cast<std::uint8_t>(i * 7);
  return frame;
}

TEST(Generic, AFrameOfOnePieceHasOneByteMore) {
  Collector collector;
  const Bytes frame{9, 8, 7};
  ASSERT_TRUE(GenericPacketizer().packetize(frame, {.key_frame = true}, 100, collector));
  ASSERT_EQ(collector.payloads.size(), 1U);
  EXPECT_THAT(collector.payloads[0], ElementsAre(3, 9, 8, 7));
}

TEST(Generic, FramesOfAnySizeComeBack) {
  for (const std::size_t size : {1U, 99U, 100U, 5000U}) {
    for (const bool key : {true, false}) {
      Collector collector;
      const Bytes frame = frame_of(size);
      ASSERT_TRUE(GenericPacketizer().packetize(frame, {.key_frame = key}, 100, collector));
      EXPECT_EQ(collector.payloads.size(), (size + 98) / 99);
      GenericDepacketizer depacketizer;
      std::vector<ByteView> payloads;
      for (const Bytes& payload : collector.payloads) {
        EXPECT_LE(payload.size(), 100U);
        const auto info = depacketizer.inspect(payload);
        ASSERT_TRUE(info);
        EXPECT_EQ(info->begins_frame, payloads.empty());
        EXPECT_EQ(info->key_frame, key);
        payloads.emplace_back(payload);
      }
      const auto assembled = depacketizer.assemble(payloads);
      ASSERT_TRUE(assembled);
      EXPECT_EQ(assembled->data, frame);
      EXPECT_EQ(assembled->info.key_frame, key);
    }
  }
}

TEST(Generic, ReadsTheLongerHeadOfOthers) {
  const Bytes first{7, 0, 1, 'a'}, second{4, 0, 1, 'b'};
  const std::array<ByteView, 2> payloads{first, second};
  const auto assembled = GenericDepacketizer().assemble(payloads);
  ASSERT_TRUE(assembled);
  EXPECT_THAT(assembled->data, ElementsAre('a', 'b'));
}

TEST(Generic, RefusesWhatIsNoFrame) {
  Collector collector;
  EXPECT_FALSE(GenericPacketizer().packetize({}, {}, 100, collector));
  GenericDepacketizer depacketizer;
  EXPECT_FALSE(depacketizer.inspect({}));
  EXPECT_FALSE(depacketizer.inspect(Bytes{3}));
  EXPECT_FALSE(depacketizer.inspect(Bytes{7, 1, 2}));
  const Bytes first{2, 'a'}, later{0, 'b'}, nothing{2};
  const auto assembles = [&](std::vector<ByteView> payloads) { return depacketizer.assemble(payloads).has_value(); };
  EXPECT_TRUE(assembles({first, later}));
  EXPECT_FALSE(assembles({later}));
  EXPECT_FALSE(assembles({first, first}));
  EXPECT_FALSE(assembles({nothing}));
  EXPECT_FALSE(assembles({}));
}

}  // namespace
}  // namespace parley::formats
