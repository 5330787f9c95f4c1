#include "formats/h265.hpp"

#include <gtest/gtest.h>

#include "formats/annex_b.hpp"
#include "payloads.hpp"

namespace parley::formats::h265_test {
namespace {

using namespace test;

/// Types of units, as the first byte of their header.
constexpr int kTrail = 1 << 1, kIdr = 19 << 1, kCra = 21 << 1, kVps = 32 << 1, kSps = 33 << 1, kPps = 34 << 1,
              kDelimiter = 35 << 1, kSei = 39 << 1, kTogether = 48 << 1, kFragment = 49 << 1;

/// From x265: 66 x 50 cut out of 72 x 56, at the right and at the bottom.
const Bytes kParameters =
    bytes({0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03,
           0x00, 0x1E, 0xA0, 0x24, 0x83, 0x9C, 0x92, 0x65, 0xBA, 0xB9, 0x32, 0xBC, 0x05, 0xA0, 0x20});

/// A slice; the bit behind the header says whether it is the first of its picture.
Bytes slice(int type, std::size_t size, bool first = true) {
  Bytes unit = noise(size, static_cast<std::uint32_t>(size));
  unit[0] = static_cast<std::uint8_t>(type);
  unit[1] = 1;
  if (size > 2) unit[2] = first ? 0x88 : 0x48;
  return unit;
}

Bytes stream(const List& units) {
  Bytes all;
  for (const Bytes& unit : units) append_nal_unit(all, unit);
  return all;
}

TEST(H265, SendsASmallUnitAsItIs) {
  H265Packetizer packetizer;
  const Bytes unit = slice(kTrail, 100);
  EXPECT_EQ(packetized(packetizer, stream({unit}), 100).all, List{unit});
}

TEST(H265, SendsSmallUnitsTogether) {
  H265Packetizer packetizer;
  const List units{bytes({kVps, 0x0B, 1}), bytes({kSps | 1, 0x02, 2}), bytes({kSei, 0x13})};
  const Payloads payloads = packetized(packetizer, stream(units), 100);
  // RFC 7798 section 4.4.2: the lowest layer (of 1, 32 and 2) and the lowest temporal layer (of 3, 2 and 3).
  EXPECT_EQ(payloads.all,
            List{bytes({kTogether, 0x0A, 0, 3, kVps, 0x0B, 1, 0, 3, kSps | 1, 0x02, 2, 0, 2, kSei, 0x13})});
  EXPECT_EQ(payloads.marked, 1U);
}

TEST(H265, CutsALargeUnit) {
  H265Packetizer packetizer;
  Bytes unit = slice(kIdr, 2 + 3 * 97);
  unit[0] |= 1;
  unit[1] = 0x0B;
  const Payloads payloads = packetized(packetizer, stream({unit}), 100);
  ASSERT_EQ(payloads.all.size(), 3U);
  // RFC 7798 section 4.4.3.
  for (const Bytes& payload : payloads.all) {
    EXPECT_EQ(payload[0], kFragment | 1);
    EXPECT_EQ(payload[1], 0x0B);
  }
  EXPECT_EQ(payloads.all[0][2], 0x80 | 19);
  EXPECT_EQ(payloads.all[1][2], 19);
  EXPECT_EQ(payloads.all[2][2], 0x40 | 19);
  EXPECT_EQ(payloads.all[0][3], unit[2]);
  EXPECT_EQ(payloads.all[2].back(), unit.back());
  EXPECT_EQ(payloads.marked, 1U);
  EXPECT_TRUE(payloads.last_is_marked);
}

TEST(H265, FillsAnAggregationToTheLastByteAndNoFurther) {
  H265Packetizer packetizer;
  const Bytes one = slice(kTrail, 50), other = slice(kTrail, 44), larger = slice(kTrail, 45);
  EXPECT_EQ(packetized(packetizer, stream({one, other}), 100).longest(), 100U);
  EXPECT_EQ(packetized(packetizer, stream({one, larger}), 100).all, (List{one, larger}));
}

TEST(H265, LeavesOutWhatPacketsSayAndWhatWouldBeTakenForPackets) {
  H265Packetizer packetizer;
  const Bytes unit = slice(kTrail, 50);
  EXPECT_EQ(packetized(packetizer, stream({bytes({kDelimiter, 1, 0x50}), unit}), 100).all, List{unit});
  EXPECT_EQ(
      packetized(packetizer, stream({bytes({kTogether, 1, 1}), unit, bytes({kFragment, 1, 1}), bytes({kTrail})}), 100)
          .all,
      List{unit});
  Payloads payloads;
  EXPECT_FALSE(packetizer.packetize(stream({bytes({kDelimiter, 1, 0x50})}), {}, 100, payloads));
  EXPECT_FALSE(packetizer.packetize(unit, {}, 100, payloads));
  EXPECT_FALSE(packetizer.packetize({}, {}, 100, payloads));
  EXPECT_TRUE(payloads.all.empty());
}

TEST(H265, TellsKeyFramesAndTheirSize) {
  H265Packetizer packetizer;
  H265Depacketizer depacketizer;
  const Bytes key = stream({bytes({kVps, 1, 1}), kParameters, bytes({kPps, 1, 1}), slice(kIdr, 300)});
  const Payloads payloads = packetized(packetizer, key, 100);
  const auto frame = assembled(depacketizer, payloads.all);
  EXPECT_EQ(frame->data, key);
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.width, 66);
  EXPECT_EQ(frame->info.height, 50);
  EXPECT_TRUE(depacketizer.inspect(payloads.all[0])->key_frame);
  EXPECT_TRUE(depacketizer.inspect(payloads.all[0])->begins_frame);
  EXPECT_FALSE(assembled(depacketizer, {slice(kTrail, 50)})->info.key_frame);
  EXPECT_TRUE(assembled(depacketizer, {slice(kCra, 50)})->info.key_frame);
}

TEST(H265, TellsTheTemporalLayer) {
  H265Depacketizer depacketizer;
  EXPECT_EQ(assembled(depacketizer, {bytes({kTrail, 0x03, 0x88})})->info.temporal_index, 2);
  EXPECT_EQ(assembled(depacketizer, {bytes({kTrail, 0x00, 0x88})})->info.temporal_index, std::nullopt);  // forbidden
}

TEST(H265, KnowsWhatCertainlyBeginsAFrame) {
  const H265Depacketizer depacketizer;
  const auto begins = [&](const Bytes& payload) { return depacketizer.inspect(payload)->begins_frame; };
  for (const int type : {kVps, kSps, kDelimiter}) EXPECT_TRUE(begins(bytes({type, 1, 0}))) << type;
  for (const int type : {kPps, kSei}) EXPECT_FALSE(begins(bytes({type, 1, 0x80}))) << type;
  for (const int type : {kTrail, kIdr, kCra}) {
    EXPECT_TRUE(begins(slice(type, 9))) << type;
    EXPECT_FALSE(begins(slice(type, 9, false))) << type;
    EXPECT_FALSE(begins(bytes({type, 1}))) << type;
  }
  EXPECT_FALSE(begins(bytes({kTrail, 0x09, 0x80})));  // the same picture's next layer
  EXPECT_TRUE(begins(bytes({kFragment, 1, 0x80 | 19, 0x88})));
  EXPECT_FALSE(begins(bytes({kFragment, 1, 19, 0x88})));
  EXPECT_FALSE(begins(bytes({kFragment, 1, 0x80 | 19, 0x48})));
  EXPECT_TRUE(begins(bytes({kTogether, 1, 0, 2, kVps, 1, 0, 2, kPps, 1})));
  EXPECT_TRUE(begins(bytes({kTogether, 1, 0, 2, kPps, 1, 0, 2, kVps, 1})));
  EXPECT_TRUE(begins(bytes({kTogether, 1, 0, 2, kSei, 1, 0, 3, kIdr, 1, 0x80})));
  EXPECT_FALSE(begins(bytes({kTogether, 1, 0, 2, kSei, 1, 0, 3, kIdr, 1, 0x00})));
  EXPECT_TRUE(depacketizer.inspect(slice(kIdr, 9))->may_follow_others);
  EXPECT_FALSE(depacketizer.inspect(bytes({kVps, 1, 0}))->may_follow_others);
}

TEST(H265, KnowsWhatBelongsToAKeyFrame) {
  const H265Depacketizer depacketizer;
  const auto key = [&](const Bytes& payload) { return depacketizer.inspect(payload)->key_frame; };
  for (const int type : {kVps, kSps, kIdr, kCra, 16 << 1, 23 << 1}) EXPECT_TRUE(key(bytes({type, 1, 0}))) << type;
  for (const int type : {kTrail, 15 << 1, 24 << 1, kPps, kSei}) EXPECT_FALSE(key(bytes({type, 1, 0x80}))) << type;
  EXPECT_TRUE(key(bytes({kFragment, 1, 19, 0x88})));
  EXPECT_FALSE(key(bytes({kFragment, 1, 1, 0x88})));
  EXPECT_TRUE(key(bytes({kTogether, 1, 0, 2, kSei, 1, 0, 2, kIdr, 1})));
}

TEST(H265, ReadsAllKindsOfPayloadsOfOneFrame) {
  H265Depacketizer depacketizer;
  EXPECT_EQ(data_of(depacketizer, {bytes({kTogether, 1, 0, 3, kVps, 1, 7, 0, 2, kPps, 1}), bytes({kSei, 1, 5}),
                                   bytes({kFragment | 1, 0x0A, 0x80 | 19, 1, 2}), bytes({kFragment | 1, 0x0A, 19, 3}),
                                   bytes({kFragment | 1, 0x0A, 0x40 | 19, 4}), slice(kIdr, 2)}),
            stream({bytes({kVps, 1, 7}), bytes({kPps, 1}), bytes({kSei, 1, 5}), bytes({kIdr | 1, 0x0A, 1, 2, 3, 4}),
                    bytes({kIdr, 1})}));
}

TEST(H265, RefusesBrokenPayloads) {
  H265Depacketizer depacketizer;
  const List broken{
      {},
      bytes({kTrail}),                            // half a header
      bytes({50 << 1, 1, 0, 0}),                  // PACI
      bytes({63 << 1, 1, 0}),                     // unspecified
      bytes({kTogether, 1}),                      // an aggregation of nothing
      bytes({kTogether, 1, 0}),                   // a length that is cut off
      bytes({kTogether, 1, 0, 3, kVps, 1}),       // a unit that is cut off
      bytes({kTogether, 1, 0, 0}),                // an empty unit
      bytes({kTogether, 1, 0, 1, kVps}),          // a unit of half a header
      bytes({kTogether, 1, 0, 2, kVps, 1, 0}),    // rest
      bytes({kTogether, 1, 0, 2, kTogether, 1}),  // an aggregation inside
      bytes({kFragment, 1}),                      // a fragment without header
      bytes({kFragment, 1, 0x80 | 49, 1}),        // a fragment of fragments
  };
  for (std::size_t i = 0; i < broken.size(); ++i) {
    EXPECT_FALSE(depacketizer.inspect(broken[i])) << i;
    EXPECT_FALSE(assembled(depacketizer, {broken[i]})) << i;
  }
}

TEST(H265, RefusesFragmentsThatDoNotFollowEachOther) {
  H265Depacketizer depacketizer;
  const Bytes begin = bytes({kFragment, 1, 0x80 | 19, 1}), middle = bytes({kFragment, 1, 19, 2}),
              end = bytes({kFragment, 1, 0x40 | 19, 3}), other = bytes({kFragment, 1, 0x40 | 1, 3}),
              single = bytes({kSei, 1}), together = bytes({kTogether, 1, 0, 2, kSei, 1});
  ASSERT_TRUE(assembled(depacketizer, {begin, middle, end}));
  for (const List& wrong :
       {List{begin}, List{begin, middle}, List{middle, end}, List{end}, List{begin, begin, end}, List{begin, end, end},
        List{end, middle, begin}, List{begin, single, end}, List{begin, together, end}, List{begin, other}, List{}})
    EXPECT_FALSE(assembled(depacketizer, wrong));
  EXPECT_TRUE(assembled(depacketizer, {single, begin, end, begin, middle, end, together}));
}

/// Of bits "0" and "1".
Bytes packed(std::string bits) {
  Bytes result((bits.size() + 7) / 8);
  for (std::size_t i = 0; i < bits.size(); ++i)
    result[i / 8] = static_cast<std::uint8_t>(result[i / 8] | (bits[i] - '0') << (7 - i % 8));
  return result;
}

TEST(H265, ReadsTheSizeBehindSubLayers) {
  H265Depacketizer depacketizer;
  const std::string profile(88, '1'), level(8, '1');
  std::string bits = std::string(16, '0') +  // the header, written below
                     "0000"
                     "010"
                     "1";  // two sub-layers beside the highest
  bits += profile + level;
  bits +=
      "10"
      "01" +
      std::string(12, '0') + profile + level;  // one with a profile, one with a level
  bits +=
      "1"
      "00100";  // id 0, 4:4:4
  bits += "0";  // planes together
  bits +=
      "0000000001010000001"
      "00000000111100001";  // 640 x 480
  bits +=
      "1"
      "1"
      "010"
      "1"
      "011"
      "1";  // cut off: 0, 1, 0, 2
  Bytes sps = packed(bits);
  sps[0] = kSps;
  sps[1] = 1;
  const auto frame = assembled(depacketizer, {sps});
  EXPECT_EQ(frame->info.width, 639);
  EXPECT_EQ(frame->info.height, 478);
}

TEST(H265, HasNoSizeFromAParameterSetThatIsCutOff) {
  H265Depacketizer depacketizer;
  ASSERT_EQ(assembled(depacketizer, {kParameters})->info.width, 66);
  for (std::size_t size = 2; size < 22; ++size) {
    const Bytes cut(kParameters.begin(), kParameters.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(assembled(depacketizer, {cut})->info.width, 0) << size;
  }
}

TEST(H265, UnitsOfAnySizeComeBackFromEvenPayloads) {
  H265Packetizer packetizer;
  H265Depacketizer depacketizer;
  for (const std::size_t room : kRooms)
    for (const std::size_t size : kSizes) {
      const Bytes frame = stream({slice(kIdr, size + 1)});
      const Payloads payloads = packetized(packetizer, frame, room);
      EXPECT_LE(payloads.longest(), room);
      EXPECT_LE(payloads.longest() - payloads.shortest(), 1U);
      EXPECT_EQ(data_of(depacketizer, payloads.all), frame);
    }
}

TEST(H265, ManyUnitsComeBack) {
  H265Packetizer packetizer;
  H265Depacketizer depacketizer;
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    List units;
    for (std::size_t count = 1 + random() % 60; count > 0; --count)
      units.push_back(slice(kTrail, 2 + random() % (random() % 8 == 0 ? 4000 : 60)));
    const std::size_t room = kRooms[random() % std::size(kRooms)];
    const Payloads payloads = packetized(packetizer, stream(units), room);
    EXPECT_LE(payloads.longest(), room);
    EXPECT_EQ(payloads.marked, 1U);
    EXPECT_TRUE(payloads.last_is_marked);
    EXPECT_EQ(data_of(depacketizer, payloads.all), stream(units));
  }
}

}  // namespace
}  // namespace parley::formats::h265_test
