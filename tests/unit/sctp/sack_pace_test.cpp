#include "sctp/sack_pace.hpp"

#include <gtest/gtest.h>

namespace parley::sctp {
namespace {

/// `turns` turns with so many packets each.
unsigned pace_after(SackPace& pace, unsigned turns, unsigned packets) {
  for (unsigned i = 0; i < turns; ++i) pace.after_turn(packets);
  return pace.packets();
}

TEST(SackPace, APeerThatSendsFourAtATimeIsAcknowledgedEachTime) {
  SackPace pace;
  EXPECT_EQ(pace_after(pace, 1000, 4), 4U);
}

TEST(SackPace, LongBurstsAreAcknowledgedMoreRarelyUpToALimit) {
  SackPace pace;
  EXPECT_EQ(pace_after(pace, 7, 100), 4U);
  EXPECT_EQ(pace_after(pace, 1, 100), 8U);
  EXPECT_EQ(pace_after(pace, 8, 100), 16U);
  EXPECT_EQ(pace_after(pace, 100, 100), 16U);
}

TEST(SackPace, ABurstMustHoldTwoAcknowledgementsToCount) {
  SackPace pace;
  EXPECT_EQ(pace_after(pace, 100, 8), 8U);
  EXPECT_EQ(pace_after(pace, 100, 15), 8U);
}

TEST(SackPace, OneShortTurnEndsTheRarePace) {
  SackPace pace;
  pace_after(pace, 100, 100);
  EXPECT_TRUE(pace.after_turn(15));
  EXPECT_EQ(pace.packets(), 4U);
  EXPECT_FALSE(pace.after_turn(1));
}

TEST(SackPace, RichTurnsCountOnlyInARow) {
  SackPace pace;
  for (int i = 0; i < 100; ++i) {
    pace.after_turn(100);
    pace.after_turn(5);
  }
  EXPECT_EQ(pace.packets(), 4U);
}

TEST(SackPace, LargePacketsAreAcknowledgedInPairsAtLeast) {
  SackPace pace;
  EXPECT_TRUE(pace.after_turn(3, true));
  EXPECT_EQ(pace.packets(), 2U);
  EXPECT_FALSE(pace.after_turn(1, true));
  EXPECT_TRUE(pace.after_turn(1, false));
  EXPECT_EQ(pace.packets(), 4U);
}

}  // namespace
}  // namespace parley::sctp
