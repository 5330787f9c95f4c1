#include "formats/h264.hpp"

#include <gtest/gtest.h>

#include "formats/annex_b.hpp"
#include "payloads.hpp"

namespace parley::formats::h264_test {
namespace {

using namespace test;

/// Baseline, level 3.1, 40 x 30 macroblocks, the lowest 8 lines cut off: 640 x 472.
const Bytes kSps = bytes({0x67, 0x42, 0xE0, 0x1F, 0xDA, 0x02, 0x80, 0xF7, 0xE5, 0x40});
const Bytes kPps = bytes({0x68, 0xCE, 0x38, 0x80});
const Bytes kDelimiter = bytes({0x09, 0x10});

/// A slice; the first byte after the header says whether it is the first of its picture.
Bytes slice(std::uint8_t header, std::size_t size, bool first = true) {
  Bytes unit = noise(size, static_cast<std::uint32_t>(size));
  unit[0] = header;
  if (size > 1) unit[1] = first ? 0x88 : 0x48;
  return unit;
}

Bytes stream(const List& units) {
  Bytes all;
  for (const Bytes& unit : units) append_nal_unit(all, unit);
  return all;
}

TEST(H264, SendsASmallUnitAsItIs) {
  H264Packetizer packetizer;
  const Bytes unit = slice(0x41, 100);
  const Payloads payloads = packetized(packetizer, stream({unit}), 100);
  EXPECT_EQ(payloads.all, List{unit});
  EXPECT_TRUE(payloads.last_is_marked);
}

TEST(H264, SendsSmallUnitsTogether) {
  H264Packetizer packetizer;
  const Payloads payloads =
      packetized(packetizer, stream({bytes({0x27, 1}), bytes({0x68, 2}), bytes({0x06, 3, 4})}), 100);
  // STAP-A of RFC 6184 section 5.7.1, with the highest NRI.
  EXPECT_EQ(payloads.all, List{bytes({0x78, 0, 2, 0x27, 1, 0, 2, 0x68, 2, 0, 3, 0x06, 3, 4})});
  EXPECT_EQ(payloads.marked, 1U);
}

TEST(H264, CutsALargeUnit) {
  H264Packetizer packetizer;
  const Bytes unit = slice(0x65, 1 + 3 * 98);
  const Payloads payloads = packetized(packetizer, stream({unit}), 100);
  ASSERT_EQ(payloads.all.size(), 3U);
  // FU-A of RFC 6184 section 5.8.
  EXPECT_EQ(payloads.all[0][0], 0x7C);
  EXPECT_EQ(payloads.all[0][1], 0x85);
  EXPECT_EQ(payloads.all[1][1], 0x05);
  EXPECT_EQ(payloads.all[2][1], 0x45);
  EXPECT_EQ(payloads.all[0][2], unit[1]);
  EXPECT_EQ(payloads.all[2].back(), unit.back());
  EXPECT_EQ(payloads.marked, 1U);
  EXPECT_TRUE(payloads.last_is_marked);
}

TEST(H264, FillsAnAggregationToTheLastByteAndNoFurther) {
  H264Packetizer packetizer;
  const Bytes one = slice(0x41, 50), other = slice(0x41, 45), larger = slice(0x41, 46);
  EXPECT_EQ(packetized(packetizer, stream({one, other}), 100).longest(), 100U);
  EXPECT_EQ(packetized(packetizer, stream({one, larger}), 100).all, (List{one, larger}));
}

TEST(H264, LeavesOutWhatPacketsSayAndWhatWouldBeTakenForPackets) {
  H264Packetizer packetizer;
  const Bytes unit = slice(0x41, 50);
  EXPECT_EQ(packetized(packetizer, stream({kDelimiter, unit}), 100).all, List{unit});
  EXPECT_EQ(
      packetized(packetizer, stream({bytes({0x60, 1}), bytes({0x78, 0, 1, 9}), unit, bytes({0x7C, 0x85, 1})}), 100).all,
      List{unit});
  Payloads payloads;
  EXPECT_FALSE(packetizer.packetize(stream({kDelimiter, bytes({0x78, 0, 1, 9})}), {}, 100, payloads));
}

TEST(H264, RefusesWhatIsNotAStream) {
  H264Packetizer packetizer;
  for (const Bytes& frame :
       {Bytes(), bytes({0, 0, 1}), bytes({0x65, 0x88, 1}), bytes({0, 0, 0, 5, 0x65, 0x88, 1, 1, 1})}) {
    Payloads payloads;
    EXPECT_FALSE(packetizer.packetize(frame, {}, 100, payloads));
    EXPECT_TRUE(payloads.all.empty());
  }
}

TEST(H264, TellsKeyFramesAndTheirSize) {
  H264Packetizer packetizer;
  H264Depacketizer depacketizer;
  const Bytes key = stream({kSps, kPps, slice(0x65, 300)}), delta = stream({slice(0x41, 300)});
  const Payloads key_payloads = packetized(packetizer, key, 100), delta_payloads = packetized(packetizer, delta, 100);
  const auto frame = assembled(depacketizer, key_payloads.all);
  EXPECT_EQ(frame->data, key);
  EXPECT_TRUE(frame->info.key_frame);
  EXPECT_EQ(frame->info.width, 640);
  EXPECT_EQ(frame->info.height, 472);
  EXPECT_TRUE(depacketizer.inspect(key_payloads.all[0])->key_frame);
  EXPECT_TRUE(depacketizer.inspect(key_payloads.all[0])->begins_frame);
  EXPECT_FALSE(assembled(depacketizer, delta_payloads.all)->info.key_frame);
  EXPECT_FALSE(depacketizer.inspect(delta_payloads.all[0])->key_frame);
  EXPECT_TRUE(depacketizer.inspect(delta_payloads.all[0])->begins_frame);
}

TEST(H264, KnowsWhatCertainlyBeginsAFrame) {
  const H264Depacketizer depacketizer;
  const auto begins = [&](const Bytes& payload) { return depacketizer.inspect(payload)->begins_frame; };
  EXPECT_TRUE(begins(kSps));
  EXPECT_TRUE(begins(kDelimiter));
  EXPECT_TRUE(begins(slice(0x41, 9)));
  EXPECT_TRUE(begins(slice(0x65, 9)));
  EXPECT_FALSE(begins(slice(0x65, 9, false)));
  EXPECT_FALSE(begins(kPps));
  EXPECT_FALSE(begins(bytes({0x06, 0x80})));        // SEI
  EXPECT_FALSE(begins(bytes({0x41})));              // nothing of the slice
  EXPECT_TRUE(begins(bytes({0x7C, 0x85, 0x88})));   // FU-A with the beginning of the first slice
  EXPECT_FALSE(begins(bytes({0x7C, 0x05, 0x88})));  // its middle
  EXPECT_FALSE(begins(bytes({0x7C, 0x85, 0x48})));  // another slice
  EXPECT_TRUE(begins(bytes({0x78, 0, 1, 0x67, 0, 1, 0x68})));
  EXPECT_TRUE(begins(bytes({0x78, 0, 1, 0x68, 0, 1, 0x67})));
  EXPECT_TRUE(begins(bytes({0x78, 0, 2, 0x06, 5, 0, 2, 0x65, 0x88})));
  EXPECT_FALSE(begins(bytes({0x78, 0, 2, 0x06, 5, 0, 2, 0x65, 0x48})));
}

TEST(H264, KnowsWhatParameterSetsMayPrecede) {
  const H264Depacketizer depacketizer;
  const auto may_follow = [&](const Bytes& payload) { return depacketizer.inspect(payload)->may_follow_others; };
  EXPECT_TRUE(may_follow(slice(0x65, 9)));
  EXPECT_TRUE(may_follow(bytes({0x7C, 0x85, 0x88})));
  EXPECT_TRUE(may_follow(bytes({0x78, 0, 2, 0x06, 5, 0, 2, 0x65, 0x88, 0, 2, 0x65, 0x48})));
  EXPECT_FALSE(may_follow(kSps));
  EXPECT_FALSE(may_follow(bytes({0x7C, 0x05, 0x88})));
  EXPECT_FALSE(may_follow(bytes({0x78, 0, 1, 0x67, 0, 2, 0x65, 0x88})));
  EXPECT_FALSE(may_follow(bytes({0x78, 0, 1, 0x06, 0, 1, 0x67, 0, 2, 0x65, 0x88})));
}

/// RFC 6184 section 5.8.
TEST(H264, AFragmentMayBeEmpty) {
  H264Depacketizer depacketizer;
  const Bytes begin = bytes({0x7C, 0x85, 0x88}), middle = bytes({0x7C, 0x05}), end = bytes({0x7C, 0x45});
  EXPECT_TRUE(depacketizer.inspect(end)->key_frame);
  EXPECT_FALSE(depacketizer.inspect(bytes({0x7C, 0x85}))->begins_frame);
  EXPECT_EQ(data_of(depacketizer, {begin, middle, end}), stream({bytes({0x65, 0x88})}));
}

/// RFC 6184 section 6.2: nothing together.
TEST(H264, SendsEachUnitByItselfToThoseWhoUnderstandNothingElse) {
  H264Packetizer packetizer(H264Packing::SingleUnits);
  const Bytes small = slice(0x65, 90), large = slice(0x65, 300);
  EXPECT_EQ(packetized(packetizer, stream({kSps, kPps, small}), 100).all, (List{kSps, kPps, small}));
  EXPECT_EQ(packetized(packetizer, stream({kSps, kPps, small}), 100).marked, 1U);
  EXPECT_EQ(packetized(packetizer, stream({kSps, large}), 100).all.size(), 5U) << "there is no other way";
}

TEST(H264, ParametersSayWhatMayBeInPackets) {
  EXPECT_EQ(h264_packing("profile-level-id=42e01f;packetization-mode=1"), H264Packing::NonInterleaved);
  EXPECT_EQ(h264_packing("Packetization-Mode = 1 ; profile-level-id=42e01f"), H264Packing::NonInterleaved);
  EXPECT_EQ(h264_packing("profile-level-id=42e01f; packetization-mode=0"), H264Packing::SingleUnits);
  EXPECT_EQ(h264_packing("profile-level-id=42e01f"), H264Packing::SingleUnits);
  EXPECT_EQ(h264_packing(""), H264Packing::SingleUnits);
  const Bytes frame = stream({kSps, kPps});
  EXPECT_EQ(packetized(*make_packetizer("h264", "packetization-mode=0"), frame, 100).all.size(), 2U);
  EXPECT_EQ(packetized(*make_packetizer("H264", "packetization-mode=1"), frame, 100).all.size(), 1U);
  EXPECT_EQ(packetized(*make_packetizer("H264"), frame, 100).all.size(), 1U);
}

TEST(H264, KnowsWhatBelongsToAKeyFrame) {
  const H264Depacketizer depacketizer;
  const auto key = [&](const Bytes& payload) { return depacketizer.inspect(payload)->key_frame; };
  EXPECT_TRUE(key(kSps));
  EXPECT_TRUE(key(slice(0x65, 9)));
  EXPECT_TRUE(key(bytes({0x7C, 0x05, 0x88})));
  EXPECT_TRUE(key(bytes({0x78, 0, 1, 0x06, 0, 2, 0x65, 0x88})));
  EXPECT_FALSE(key(slice(0x41, 9)));
  EXPECT_FALSE(key(bytes({0x7C, 0x01, 0x88})));
  EXPECT_FALSE(key(bytes({0x78, 0, 1, 0x06, 0, 2, 0x41, 0x88})));
}

TEST(H264, ReadsAllKindsOfPayloadsOfOneFrame) {
  H264Depacketizer depacketizer;
  EXPECT_EQ(
      data_of(depacketizer, {bytes({0x78, 0, 1, 0x67, 0, 2, 0x68, 7}), bytes({0x06, 5}), bytes({0x7C, 0x85, 1, 2}),
                             bytes({0x7C, 0x05, 3}), bytes({0x7C, 0x45, 4}), bytes({0x65, 9})}),
      stream({bytes({0x67}), bytes({0x68, 7}), bytes({0x06, 5}), bytes({0x65, 1, 2, 3, 4}), bytes({0x65, 9})}));
}

TEST(H264, RefusesBrokenPayloads) {
  H264Depacketizer depacketizer;
  const List broken{
      {},
      bytes({0x60, 1}),              // type 0
      bytes({0x79, 0, 0, 1, 0x65}),  // STAP-B
      bytes({0x7D, 0x85, 0, 0, 1}),  // FU-B
      bytes({0x7F, 1}),              // type 31
      bytes({0x78}),                 // an aggregation of nothing
      bytes({0x78, 0}),              // a length that is cut off
      bytes({0x78, 0, 2, 0x67}),     // a unit that is cut off
      bytes({0x78, 0, 0}),           // an empty unit
      bytes({0x78, 0, 1, 0x67, 0}),  // rest
      bytes({0x78, 0, 1, 0x78}),     // an aggregation inside
      bytes({0x7C}),                 // a fragment without header
      bytes({0x7C, 0xDC, 1}),        // a fragment of fragments
      bytes({0x7C, 0xC0, 1}),        // a fragment of type 0
  };
  for (std::size_t i = 0; i < broken.size(); ++i) {
    EXPECT_FALSE(depacketizer.inspect(broken[i])) << i;
    EXPECT_FALSE(assembled(depacketizer, {broken[i]})) << i;
  }
}

TEST(H264, RefusesFragmentsThatDoNotFollowEachOther) {
  H264Depacketizer depacketizer;
  const Bytes begin = bytes({0x7C, 0x85, 1}), middle = bytes({0x7C, 0x05, 2}), end = bytes({0x7C, 0x45, 3});
  const Bytes other = bytes({0x7C, 0x41, 3}), single = bytes({0x06, 1}), together = bytes({0x78, 0, 1, 0x06});
  ASSERT_TRUE(assembled(depacketizer, {begin, middle, end}));
  for (const List& wrong :
       {List{begin}, List{begin, middle}, List{middle, end}, List{end}, List{begin, begin, end}, List{begin, end, end},
        List{end, middle, begin}, List{begin, single, end}, List{begin, together, end}, List{begin, other}, List{}})
    EXPECT_FALSE(assembled(depacketizer, wrong));
  EXPECT_TRUE(assembled(depacketizer, {single, begin, end, together}));
}

TEST(H264, ReadsTheSizeOfHighProfile) {
  H264Depacketizer depacketizer;
  // From x264: high profile, 66 x 50, cropped on the right and at the bottom.
  const Bytes sps = bytes({0x67, 0x64, 0x00, 0x0A, 0xAC, 0xB4, 0x29, 0x3C, 0x44, 0x46, 0x02, 0x20, 0x00,
                           0x00, 0x03, 0x00, 0x20, 0x00, 0x00, 0x03, 0x02, 0x81, 0xE2, 0x44, 0xD4});
  const auto frame = assembled(depacketizer, {sps});
  EXPECT_EQ(frame->info.width, 66);
  EXPECT_EQ(frame->info.height, 50);
}

TEST(H264, HasNoSizeFromAParameterSetThatIsCutOff) {
  H264Depacketizer depacketizer;
  // Its last byte holds flags after the size, so two have to be missing.
  for (std::size_t size = 1; size + 2 < kSps.size(); ++size) {
    const auto frame = assembled(depacketizer, {Bytes(kSps.begin(), kSps.begin() + static_cast<std::ptrdiff_t>(size))});
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->info.width, 0) << size;
  }
}

TEST(H264, SurvivesArbitraryParameterSets) {
  H264Depacketizer depacketizer;
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    Bytes sps(1 + random() % 40);
    for (std::uint8_t& byte : sps) byte = static_cast<std::uint8_t>(random() & random());
    sps[0] = 0x67;
    if (sps.size() > 1 && i % 2 == 0) sps[1] = 100;
    const auto frame = assembled(depacketizer, {sps});
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->info.width == 0, frame->info.height == 0);
  }
}

TEST(H264, UnitsOfAnySizeComeBackFromEvenPayloads) {
  H264Packetizer packetizer;
  H264Depacketizer depacketizer;
  for (const std::size_t room : kRooms)
    for (const std::size_t size : kSizes) {
      const Bytes frame = stream({slice(0x65, size)});
      const Payloads payloads = packetized(packetizer, frame, room);
      EXPECT_LE(payloads.longest(), room);
      EXPECT_LE(payloads.longest() - payloads.shortest(), 1U);
      EXPECT_EQ(data_of(depacketizer, payloads.all), frame);
    }
}

TEST(H264, ManyUnitsComeBack) {
  H264Packetizer packetizer;
  H264Depacketizer depacketizer;
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    List units;
    for (std::size_t count = 1 + random() % 60; count > 0; --count)
      units.push_back(slice(0x41, 1 + random() % (random() % 8 == 0 ? 4000 : 60)));
    const std::size_t room = kRooms[random() % std::size(kRooms)];
    const Payloads payloads = packetized(packetizer, stream(units), room);
    EXPECT_LE(payloads.longest(), room);
    EXPECT_EQ(payloads.marked, 1U);
    EXPECT_TRUE(payloads.last_is_marked);
    EXPECT_EQ(data_of(depacketizer, payloads.all), stream(units));
  }
}

TEST(H264, AMissingPacketInsideAUnitIsNoticed) {
  H264Packetizer packetizer;
  H264Depacketizer depacketizer;
  const Payloads payloads = packetized(packetizer, stream({kSps, kPps, slice(0x65, 2000)}), 100);
  // What is lost in the middle shows in the sequence numbers only.
  for (const std::size_t lost : {std::size_t{1}, payloads.all.size() - 1}) {
    List rest = payloads.all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(lost));
    EXPECT_FALSE(assembled(depacketizer, rest)) << lost;
  }
}

}  // namespace
}  // namespace parley::formats::h264_test
