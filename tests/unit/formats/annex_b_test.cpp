#include "formats/annex_b.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using test::bytes, test::List;

std::vector<Bytes> units_of(const Bytes& stream) {
  std::vector<Bytes> units;
  for (const ByteView unit : nal_units(stream)) units.emplace_back(unit.begin(), unit.end());
  return units;
}

TEST(AnnexB, FindsUnitsBehindShortAndLongStartCodes) {
  EXPECT_EQ(units_of(bytes({0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 1, 0x65})),
            (List{bytes({0x67, 1}), bytes({0x68, 2}), bytes({0x65})}));
  EXPECT_EQ(units_of(bytes({0, 0, 1, 0x41, 9})), List{bytes({0x41, 9})});
}

TEST(AnnexB, LeavesOutZerosBeforeAndBehind) {
  EXPECT_EQ(units_of(bytes({0, 0, 0, 0, 0, 1, 0x41, 9, 0, 0, 0, 0, 0, 1, 0x42, 0, 0})),
            (List{bytes({0x41, 9}), bytes({0x42})}));
}

TEST(AnnexB, KeepsEmulationPreventionAndSingleZeros) {
  EXPECT_EQ(units_of(bytes({0, 0, 1, 0x41, 0, 0, 3, 1, 0, 5, 0, 0, 2})),
            List{bytes({0x41, 0, 0, 3, 1, 0, 5, 0, 0, 2})});
}

TEST(AnnexB, HasNoUnitsInWhatDoesNotBeginWithAStartCode) {
  EXPECT_TRUE(units_of({}).empty());
  EXPECT_TRUE(units_of(bytes({0, 0, 0, 0})).empty());
  EXPECT_TRUE(units_of(bytes({0, 0, 1})).empty());
  EXPECT_TRUE(units_of(bytes({0x41, 0, 0, 1, 0x41})).empty());
  EXPECT_TRUE(units_of(bytes({0, 0, 2, 0x41})).empty());
}

TEST(AnnexB, HasNoEmptyUnits) { EXPECT_EQ(units_of(bytes({0, 0, 1, 0, 0, 1, 0, 0, 1, 7})), List{bytes({7})}); }

TEST(AnnexB, AppendsWithLongStartCodes) {
  Bytes stream;
  append_nal_unit(stream, bytes({0x67, 1}));
  append_nal_unit(stream, bytes({0x68}));
  EXPECT_EQ(stream, bytes({0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68}));
}

TEST(AnnexB, RemovesEmulationPrevention) {
  EXPECT_EQ(without_emulation_prevention(bytes({0, 0, 3, 0, 0, 3, 1, 3, 0, 3}), 100), bytes({0, 0, 0, 0, 1, 3, 0, 3}));
}

TEST(AnnexB, RemovesEmulationPreventionAsFarAsAsked) {
  EXPECT_EQ(without_emulation_prevention(bytes({1, 0, 0, 3, 2, 5, 6}), 4), bytes({1, 0, 0, 2}));
}

}  // namespace
}  // namespace parley::formats
