// What is particular to each format, with bytes by hand.
#include <gmock/gmock.h>

#include "collector.hpp"
#include "formats/annex_b.hpp"
#include "formats/av1.hpp"
#include "formats/av1_obu.hpp"
#include "formats/bit_reader.hpp"
#include "formats/h264.hpp"
#include "formats/vp8.hpp"
#include "formats/vp9.hpp"

namespace parley::formats {
namespace {

using testing::ElementsAre;

Result<Frame> assemble(Depacketizer& depacketizer, std::initializer_list<Bytes> payloads) {
  std::vector<ByteView> views;
  for (const Bytes& payload : payloads) views.emplace_back(payload);
  return depacketizer.assemble(views);
}

TEST(Vp8Format, ReadsDescriptorsOfEveryForm) {
  Vp8Depacketizer vp8;
  // A delta frame; with short and long picture ids, TL0PICIDX, TID and KEYIDX (RFC 7741 section 4.2).
  EXPECT_TRUE(vp8.inspect(Bytes{0x10, 0x01})->begins_frame);
  EXPECT_FALSE(vp8.inspect(Bytes{0x11, 0x01})->begins_frame);  // another partition
  EXPECT_FALSE(vp8.inspect(Bytes{0x00, 0x00})->key_frame);     // not the first packet
  EXPECT_TRUE(vp8.inspect(Bytes{0x90, 0x80, 0x11, 0x00})->key_frame);
  const auto frame = assemble(vp8, {{0x90, 0xF0, 0x81, 0x23, 9, 0x85, 0x01, 7}, {0x80, 0x80, 0x11, 8}});
  ASSERT_TRUE(frame);
  EXPECT_THAT(frame->data, ElementsAre(1, 7, 8));
  EXPECT_EQ(frame->info.picture_id, 0x123);
  EXPECT_EQ(frame->info.temporal_index, 2);
  EXPECT_FALSE(vp8.inspect(Bytes{0x90, 0xF0, 0x81}));
}

TEST(Vp8Format, ReadsTheSizeOfAKeyFrame) {
  Vp8Depacketizer vp8;
  const auto frame = assemble(vp8, {{0x10, 0x10, 2, 0, 0x9D, 0x01, 0x2A, 0x80, 0x42, 0x68, 0x01}});
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.width, 640);  // the upper two bits scale
  EXPECT_EQ(frame->info.height, 360);
}

TEST(Vp8Format, PictureIdsCountAndWrap) {
  Vp8Packetizer vp8(0x7FFF);
  Vp8Depacketizer reader;
  const Bytes frame{0x11, 1, 2};
  for (const int expected : {0x7FFF, 0, 1}) {
    Collector packets;
    ASSERT_TRUE(vp8.packetize(frame, {}, 100, packets));
    EXPECT_EQ(reader.assemble(packets.views())->info.picture_id, expected);
  }
}

TEST(Vp9Format, ReadsNonFlexibleModeWithAScalabilityStructure) {
  Vp9Depacketizer vp9;
  // I, L, B, E, V: id 5, layers, TL0PICIDX; two layers with sizes, a group of two pictures with one reference each.
  const Bytes first{0xAE, 0x05, 0x00, 0x07, 0x38, 1,    0x40, 0,    0xB4, 2,    0x80, 1,    0x68, 2,
                    0x04, 1,    0x24, 1,    0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xF0, 0x16, 0x70};
  const auto info = vp9.inspect(first);
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->begins_frame);
  EXPECT_TRUE(info->key_frame);
  const auto frame = assemble(vp9, {first});
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->info.picture_id, 5);
  EXPECT_EQ(frame->data.size(), 9U);
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.width, 640);
  EXPECT_EQ(frame->info.height, 360);
}

TEST(Vp9Format, UpperLayersDoNotBeginAFrame) {
  Vp9Depacketizer vp9;
  // I, L, F, B; spatial layer 1, made from layer 0.
  const auto info = vp9.inspect(Bytes{0xB8, 0x05, 0x03, 0x86});
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->begins_frame);
}

TEST(Vp9Format, EndlessReferencesAreRefused) {
  EXPECT_FALSE(Vp9Depacketizer().inspect(Bytes{0xD8, 0x05, 3, 3, 3, 3, 3, 3, 3, 0x86}));
}

TEST(H264Format, SmallUnitsShareAPacketAndLargeOnesAreCut) {
  Bytes frame{0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3, 0, 0, 0, 1, 0x65, 0x88};
  frame.insert(frame.end(), 300, 7);
  Collector packets;
  ASSERT_TRUE(H264Packetizer().packetize(frame, {}, 200, packets));
  ASSERT_EQ(packets.payloads.size(), 3U);
  EXPECT_THAT(packets.payloads[0], ElementsAre(0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3));
  EXPECT_EQ(packets.payloads[1][0], 0x7C);
  EXPECT_EQ(packets.payloads[1][1], 0x85);
  EXPECT_EQ(packets.payloads[2][1], 0x45);
}

TEST(H264Format, DelimitersAreLeftOut) {
  const Bytes frame{0, 0, 0, 1, 9, 0xF0, 0, 0, 0, 1, 0x41, 0x9A, 1};
  Collector packets;
  ASSERT_TRUE(H264Packetizer().packetize(frame, {}, 200, packets));
  EXPECT_THAT(packets.payloads, ElementsAre(ElementsAre(0x41, 0x9A, 1)));
}

TEST(H264Format, ReadsTheSizeFromTheSequenceParameterSet) {
  // High profile, level 3.1, 1280x720.
  const Bytes sps{0x67, 0x64, 0x00, 0x1F, 0xAC, 0xD9, 0x40, 0x50, 0x05, 0xBB, 0x01, 0x10, 0x00,
                  0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xC0, 0xF1, 0x83, 0x19, 0x60};
  H264Depacketizer h264;
  EXPECT_TRUE(h264.inspect(sps)->begins_frame);
  const auto frame = assemble(h264, {sps, {0x65, 0x88, 1}});
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.width, 1280);
  EXPECT_EQ(frame->info.height, 720);
}

TEST(H264Format, LostFragmentsAreNoticed) {
  H264Depacketizer h264;
  EXPECT_FALSE(assemble(h264, {{0x7C, 0x05, 1}}));                   // no beginning
  EXPECT_FALSE(assemble(h264, {{0x7C, 0x85, 1}}));                   // no end
  EXPECT_FALSE(assemble(h264, {{0x7C, 0x85, 1}, {0x7C, 0x85, 1}}));  // begins twice
  EXPECT_TRUE(assemble(h264, {{0x7C, 0x85, 1}, {0x7C, 0x45, 2}}));
  EXPECT_FALSE(h264.inspect(Bytes{0x78, 0, 9, 1}));  // an aggregation that is cut off
  EXPECT_FALSE(h264.inspect(Bytes{0x1F, 1}));
}

TEST(AnnexB, FindsUnitsWhateverTheStartCodes) {
  const Bytes stream{0, 0, 0, 0, 1, 5, 0, 0, 1, 6, 7, 0, 0, 0, 1, 8, 0, 0};
  EXPECT_THAT(nal_units(stream), ElementsAre(ElementsAre(5), ElementsAre(6, 7), ElementsAre(8)));
  EXPECT_TRUE(nal_units(Bytes{1, 0, 0, 1, 5}).empty());
  EXPECT_TRUE(nal_units({}).empty());
  EXPECT_TRUE(nal_units(Bytes{0, 0, 1}).empty());
}

TEST(AnnexB, TakesEmulationPreventionAway) {
  EXPECT_THAT(without_emulation_prevention(Bytes{1, 0, 0, 3, 1, 0, 0, 3, 3}, 100), ElementsAre(1, 0, 0, 1, 0, 0, 3));
  EXPECT_THAT(without_emulation_prevention(Bytes{1, 2, 3, 4}, 2), ElementsAre(1, 2));
}

TEST(Av1Format, ReadsElementsWithAndWithoutLengths) {
  Av1Depacketizer av1;
  // W is 2: the second element reaches to the end. A sequence header with N, then a frame that goes on.
  const auto frame = assemble(av1, {{0x68, 2, 0x08, 0xAA, 0x30, 1, 2}, {0x90, 3}});
  ASSERT_TRUE(frame) << frame.error().message;
  EXPECT_THAT(frame->data, ElementsAre(0x0A, 1, 0xAA, 0x32, 3, 1, 2, 3));
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_FALSE(assemble(av1, {{0x68, 2, 0x08, 0xAA, 0x30, 1, 2}}));  // the end is missing
  EXPECT_FALSE(assemble(av1, {{0x90, 3}}));                          // the beginning is
  EXPECT_TRUE(av1.inspect(Bytes{0x08, 1, 0x30})->begins_frame);
}

TEST(Av1Format, TemporalDelimitersAreLeftOut) {
  const Bytes frame{0x12, 0, 0x32, 2, 7, 8};
  Collector packets;
  ASSERT_TRUE(Av1Packetizer().packetize(frame, {}, 100, packets));
  EXPECT_THAT(Av1Depacketizer().assemble(packets.views())->data, ElementsAre(0x32, 2, 7, 8));
}

TEST(Av1Format, Leb128HasAnEnd) {
  const Bytes endless(9, 0xFF);
  ByteReader reader(endless);
  EXPECT_FALSE(read_leb128(reader));
  Bytes written;
  for (const std::uint32_t value : {0U, 127U, 128U, 16384U, 0xFFFFFFFFU}) {
    written.clear();
    append_leb128(written, value);
    ByteReader back(written);
    EXPECT_EQ(read_leb128(back), value);
  }
}

TEST(BitReader, ReadsExpGolombAndEndsInZeros) {
  const Bytes bytes{0b10100110, 0b01000010, 0b10000000};  // 1 010 011 00100 00101
  BitReader reader(bytes);
  EXPECT_EQ(reader.unsigned_golomb(), 0U);
  EXPECT_EQ(reader.unsigned_golomb(), 1U);
  EXPECT_EQ(reader.unsigned_golomb(), 2U);
  EXPECT_EQ(reader.signed_golomb(), 2);
  EXPECT_EQ(reader.signed_golomb(), -2);
  EXPECT_FALSE(reader.failed());
  reader.skip(30);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.bits(8), 0U);
}

TEST(Format, NamesAreFoundWhateverTheirCase) {
  EXPECT_TRUE(make_packetizer("vp8"));
  EXPECT_TRUE(make_depacketizer("OPUS"));
  EXPECT_FALSE(make_packetizer("VP7"));
  EXPECT_FALSE(make_depacketizer(""));
}

TEST(Format, AnAudioFrameIsOnePacket) {
  const auto opus = make_packetizer("opus");
  Collector packets;
  EXPECT_TRUE(opus->packetize(Bytes(100, 1), {}, 1000, packets));
  EXPECT_THAT(packets.payloads, ElementsAre(Bytes(100, 1)));
  EXPECT_FALSE(opus->packetize(Bytes(1001, 1), {}, 1000, packets));
  EXPECT_FALSE(opus->packetize({}, {}, 1000, packets));
}

}  // namespace
}  // namespace parley::formats
