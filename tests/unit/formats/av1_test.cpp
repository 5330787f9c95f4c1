#include "formats/av1.hpp"

#include <gtest/gtest.h>

#include "formats/av1_obu.hpp"
#include "formats/describe.hpp"
#include "payloads.hpp"

namespace parley::formats {
namespace {

using namespace test;

/// Types of OBUs in their header, without and with a size field.
constexpr int kSequence = 1 << 3, kDelimiter = 2 << 3, kFrame = 6 << 3, kMetadata = 5 << 3, kTiles = 8 << 3,
              kPadding = 15 << 3, kSize = 2;

/// From libaom: 66 x 50.
const Bytes kSequenceContent = bytes({0x00, 0x00, 0x00, 0x03, 0x2C, 0x1C, 0x4D, 0xAF, 0x90, 0x04});

/// With a size field, as in a frame.
Bytes obu(int type, const Bytes& content) {
  Bytes result;
  const Bytes header = bytes({type});
  append_obu(result, {.header = header, .content = content});
  return result;
}

TEST(Av1, WritesElementsThatTellTheirLength) {
  Av1Packetizer packetizer;
  const Bytes frame = joined({obu(kMetadata, bytes({1, 2})), obu(kFrame, bytes({0x30, 7, 8}))});
  const Payloads payloads = packetized(packetizer, frame, 100);
  EXPECT_EQ(payloads.all, List{bytes({0x00, 3, kMetadata, 1, 2, 4, kFrame, 0x30, 7, 8})});
  EXPECT_EQ(payloads.marked, 1U);
}

TEST(Av1, MarksANewSequenceInItsFirstPacketOnly) {
  Av1Packetizer packetizer;
  const Payloads payloads =
      packetized(packetizer, joined({obu(kSequence, kSequenceContent), obu(kFrame, noise(250, 1))}), 100,
                 FrameInfo{.key_frame = true});
  ASSERT_EQ(payloads.all.size(), 3U);
  EXPECT_EQ(payloads.all[0][0], 0x48);
  EXPECT_EQ(payloads.all[1][0], 0xC0);
  EXPECT_EQ(payloads.all[2][0], 0x80);
  EXPECT_EQ(payloads.marked, 1U);
  EXPECT_TRUE(payloads.last_is_marked);
}

/// Encoders may repeat the header in any temporal unit.
TEST(Av1, ARepeatedSequenceHeaderBeginsNoSequence) {
  Av1Packetizer packetizer;
  const Bytes delta = joined({obu(kSequence, kSequenceContent), obu(kFrame, bytes({0x30, 7, 8}))});
  EXPECT_EQ(packetized(packetizer, delta, 100).all.at(0)[0] & 0x08, 0);
  EXPECT_FALSE(describe_frame("AV1", delta).key_frame);
  const Bytes key = joined({obu(kSequence, kSequenceContent), obu(kFrame, bytes({0x10, 7, 8}))});
  EXPECT_EQ(packetized(packetizer, key, 100).all.at(0)[0] & 0x08, 0x08);
  EXPECT_TRUE(describe_frame("AV1", key).key_frame);
}

TEST(Av1, LeavesOutWhatTheFormatForbids) {
  Av1Packetizer packetizer;
  Av1Depacketizer depacketizer;
  const Bytes kept = obu(kFrame, bytes({0x30, 7}));
  const Bytes frame = joined({obu(kDelimiter, {}), obu(kTiles, bytes({1})), kept, obu(kPadding, bytes({0x80}))});
  EXPECT_EQ(packetized(packetizer, frame, 100).all, List{bytes({0x00, 3, kFrame, 0x30, 7})});
  EXPECT_EQ(data_of(depacketizer, {bytes({0x30, 1, kDelimiter, 2, kTiles, 1, kFrame, 0x30, 7})}), kept);
  Payloads payloads;
  EXPECT_FALSE(packetizer.packetize(obu(kDelimiter, {}), {}, 100, payloads));
  EXPECT_FALSE(assembled(depacketizer, {bytes({0x10, kDelimiter})}));
}

TEST(Av1, TakesALastObuWithoutSizeField) {
  Av1Packetizer packetizer;
  EXPECT_EQ(packetized(packetizer, bytes({kFrame, 0x30, 7}), 100).all, List{bytes({0x00, 3, kFrame, 0x30, 7})});
}

TEST(Av1, KeepsTheExtensionOfTheHeader) {
  Av1Packetizer packetizer;
  Av1Depacketizer depacketizer;
  const Bytes frame = bytes({kFrame | 4 | kSize, 0x48, 2, 0x30, 7});
  const Payloads payloads = packetized(packetizer, frame, 100);
  EXPECT_EQ(payloads.all, List{bytes({0x00, 4, kFrame | 4, 0x48, 0x30, 7})});
  const auto read = assembled(depacketizer, payloads.all);
  EXPECT_EQ(read->data, frame);
  EXPECT_EQ(read->info.temporal_index, 2);
  EXPECT_EQ(read->info.spatial_index, 1);
}

TEST(Av1, RefusesWhatIsNotObus) {
  Av1Packetizer packetizer;
  for (const Bytes& frame : {Bytes(), bytes({0x80 | kFrame, 1}), bytes({kFrame | kSize}), bytes({kFrame | kSize, 2, 1}),
                             bytes({kFrame | 4}), bytes({kFrame | kSize, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 1})}) {
    Payloads payloads;
    EXPECT_FALSE(packetizer.packetize(frame, {}, 100, payloads));
    EXPECT_TRUE(payloads.all.empty());
  }
}

TEST(Av1, TellsKeyFramesAndTheirSize) {
  Av1Packetizer packetizer;
  Av1Depacketizer depacketizer;
  const Bytes key = joined({obu(kSequence, kSequenceContent), obu(kFrame, bytes({0x10, 7}))});
  const Bytes delta = obu(kFrame, bytes({0x30, 7}));
  const Payloads key_payloads = packetized(packetizer, key, 100), delta_payloads = packetized(packetizer, delta, 100);
  const auto frame = assembled(depacketizer, key_payloads.all);
  EXPECT_EQ(frame->data, key);
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.width, 66);
  EXPECT_EQ(frame->info.height, 50);
  EXPECT_TRUE(depacketizer.inspect(key_payloads.all[0])->begins_frame);
  EXPECT_TRUE(depacketizer.inspect(key_payloads.all[0])->key_frame);
  EXPECT_FALSE(assembled(depacketizer, delta_payloads.all)->info.key_frame);
  EXPECT_FALSE(depacketizer.inspect(delta_payloads.all[0])->key_frame);
}

/// N is not set by all senders, and may be all that can be read.
TEST(Av1, ASequenceHeaderBeforeAKeyFrameTellsKeyFramesAsWell) {
  Av1Depacketizer depacketizer;
  const auto sequence = [](int head, const Bytes& frame) {
    return joined({bytes({head, static_cast<int>(kSequenceContent.size()) + 1, kSequence}), kSequenceContent,
                   bytes({kFrame}), frame});
  };
  const auto is_key = [&](const Bytes& payload) {
    const auto told = depacketizer.inspect(payload);
    EXPECT_EQ(told->begins_frame, told->key_frame);
    EXPECT_EQ(assembled(depacketizer, {payload})->info.key_frame, told->key_frame);
    return told->key_frame;
  };
  EXPECT_TRUE(is_key(sequence(0x20, bytes({0x10, 7}))));
  EXPECT_FALSE(is_key(sequence(0x20, bytes({0x30, 7})))) << "repeated before another frame";
  EXPECT_FALSE(is_key(sequence(0x20, bytes({0x88, 7})))) << "before one that is shown again";
  EXPECT_TRUE(is_key(sequence(0x28, bytes({0x30, 7})))) << "N, and encrypted";
  EXPECT_TRUE(is_key(bytes({0x18, kFrame, 0xFF, 7}))) << "likewise";
  EXPECT_FALSE(is_key(bytes({0x10, kFrame, 0x10, 7}))) << "of which no decoder knows the size";
  // Delimiters come first, and an extension and a size may be in front of the frame's type.
  EXPECT_TRUE(is_key(joined({bytes({0x30, 1, kDelimiter, static_cast<int>(kSequenceContent.size()) + 1, kSequence}),
                             kSequenceContent, bytes({kFrame | 4 | kSize, 0x00, 2, 0x10, 7})})));
  // In one packet with all that is before the frame.
  const Bytes alone = joined({bytes({0x10, kSequence}), kSequenceContent});
  EXPECT_TRUE(depacketizer.inspect(alone)->key_frame);
  EXPECT_TRUE(assembled(depacketizer, {alone, bytes({0x10, kFrame, 0x10, 7})})->info.key_frame);
  EXPECT_FALSE(depacketizer.inspect(bytes({0x90, kSequence, 1}))->key_frame) << "the middle of something";
}

TEST(Av1, ReadsElementsWithAndWithoutACount) {
  Av1Depacketizer depacketizer;
  const Bytes frame = joined({obu(kMetadata, bytes({1})), obu(kMetadata, bytes({2, 3})), obu(kFrame, bytes({0x30}))});
  EXPECT_EQ(data_of(depacketizer, {bytes({0x00, 2, kMetadata, 1, 3, kMetadata, 2, 3, 2, kFrame, 0x30})}), frame);
  EXPECT_EQ(data_of(depacketizer, {bytes({0x30, 2, kMetadata, 1, 3, kMetadata, 2, 3, kFrame, 0x30})}), frame);
  EXPECT_EQ(data_of(depacketizer, {bytes({0x20, 2, kMetadata, 1, kMetadata, 2, 3}), bytes({0x10, kFrame, 0x30})}),
            frame);
}

TEST(Av1, ReadsElementsThatKeepTheirSizeField) {
  Av1Depacketizer depacketizer;
  EXPECT_EQ(data_of(depacketizer, {bytes({0x10, kFrame | kSize, 2, 0x30, 7})}), obu(kFrame, bytes({0x30, 7})));
}

TEST(Av1, JoinsFragments) {
  Av1Depacketizer depacketizer;
  const Bytes frame = joined({obu(kMetadata, bytes({1})), obu(kFrame, bytes({0x30, 2, 3, 4, 5}))});
  EXPECT_EQ(
      data_of(depacketizer, {bytes({0x60, 2, kMetadata, 1, kFrame, 0x30}), bytes({0xD0, 2, 3}), bytes({0x90, 4, 5})}),
      frame);
  // Even a header may be cut.
  EXPECT_EQ(data_of(depacketizer, {bytes({0x50, kFrame | 4}), bytes({0x90, 0x20, 9})}),
            bytes({kFrame | 4 | kSize, 0x20, 1, 9}));
}

TEST(Av1, RefusesFragmentsThatDoNotFollowEachOther) {
  Av1Depacketizer depacketizer;
  const Bytes begin = bytes({0x50, kFrame, 0x30}), middle = bytes({0xD0, 2}), end = bytes({0x90, 3}),
              whole = bytes({0x10, kFrame, 0x30});
  ASSERT_TRUE(assembled(depacketizer, {begin, middle, end}));
  for (const List& wrong : {List{begin}, List{begin, middle}, List{middle, end}, List{end}, List{begin, begin, end},
                            List{begin, whole}, List{begin, end, end}, List{whole, end}, List{}})
    EXPECT_FALSE(assembled(depacketizer, wrong));
}

TEST(Av1, RefusesBrokenPayloads) {
  Av1Depacketizer depacketizer;
  const List broken{
      {},
      bytes({0x10}),                                                        // nothing
      bytes({0x00, 3, kFrame, 1}),                                          // an element that is cut off
      bytes({0x00, 0x80}),                                                  // a length that is cut off
      bytes({0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}),  // a length that is too long
      bytes({0x00, 0}),                                                     // an empty element
      bytes({0x20, 0, kFrame, 1}),                                          // the same before another
      Bytes(1400, 0),                                                       // many of them
      bytes({0x10, 0x80 | kFrame, 1}),                                      // not an OBU
      bytes({0x10, kFrame | kSize, 9, 1}),                                  // an OBU that is cut off
  };
  for (std::size_t i = 0; i < broken.size(); ++i) EXPECT_FALSE(assembled(depacketizer, {broken[i]})) << i;
  EXPECT_FALSE(depacketizer.inspect({}));
  EXPECT_FALSE(depacketizer.inspect(bytes({0x10})));
}

TEST(Av1, ANewSequenceDoesNotBeginInsideAnObu) { EXPECT_FALSE(Av1Depacketizer().inspect(bytes({0x98, 1, 2}))); }

TEST(Av1, FramesOfAnySizeComeBackFromEvenPayloads) {
  Av1Packetizer packetizer;
  Av1Depacketizer depacketizer;
  for (const std::size_t room : kRooms)
    for (const std::size_t size : kSizes) {
      const Bytes frame = obu(kFrame, noise(size, static_cast<std::uint32_t>(size + room)));
      const Payloads payloads = packetized(packetizer, frame, room);
      EXPECT_LE(payloads.longest(), room);
      EXPECT_LE(payloads.longest() - payloads.shortest(), 4U) << size << ' ' << room;
      EXPECT_EQ(data_of(depacketizer, payloads.all), frame);
    }
}

TEST(Av1, ManyObusComeBack) {
  Av1Packetizer packetizer;
  Av1Depacketizer depacketizer;
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    Bytes frame;
    std::size_t total = 0;
    for (std::size_t count = 1 + random() % 60; count > 0; --count) {
      const std::size_t size = random() % (random() % 8 == 0 ? 4000 : 60);
      const Bytes content = noise(size, static_cast<std::uint32_t>(random()));
      const Bytes header = random() % 2 == 0 ? bytes({kFrame}) : bytes({kFrame | 4, 0x20});
      append_obu(frame, {.header = header, .content = content});
      total += size + header.size() + 2;
    }
    const std::size_t room = kRooms[random() % std::size(kRooms)];
    const Payloads payloads = packetized(packetizer, frame, room);
    EXPECT_LE(payloads.longest(), room);
    EXPECT_LE(payloads.all.size(), total / (room - 6) + 2);
    EXPECT_EQ(payloads.marked, 1U);
    EXPECT_TRUE(payloads.last_is_marked);
    EXPECT_EQ(data_of(depacketizer, payloads.all), frame);
  }
}

}  // namespace
}  // namespace parley::formats
