#include "media/nack_list.hpp"

#include <gmock/gmock.h>

namespace parley::media::nack_list_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kStart{};

TEST(NackList, WaitsALittleForPacketsThatAreOnlyLate) {
  NackList list;
  list.missing(10, 12, kStart);
  EXPECT_THAT(list.due(kStart + 4ms, 50ms), IsEmpty());
  EXPECT_TRUE(list.arrived(10));
  EXPECT_EQ(list.next_deadline(), kStart + 5ms);
  EXPECT_THAT(list.due(kStart + 5ms, 50ms), ElementsAre(11));
}

TEST(NackList, AsksAgainAfterARoundTripAndNotBefore) {
  NackList list;
  list.missing(1, 2, kStart);
  EXPECT_THAT(list.due(kStart + 5ms, 100ms), ElementsAre(1));
  EXPECT_THAT(list.due(kStart + 120ms, 100ms), IsEmpty());
  EXPECT_THAT(list.due(kStart + 130ms, 100ms), ElementsAre(1));
}

TEST(NackList, GivesUpAfterTheLastAttempt) {
  NackList list({.attempts = 2});
  list.missing(1, 2, kStart);
  EXPECT_THAT(list.due(kStart + 5ms, 20ms), ElementsAre(1));
  EXPECT_THAT(list.due(kStart + 30ms, 20ms), ElementsAre(1));
  EXPECT_TRUE(list.awaits(1));
  EXPECT_THAT(list.due(kStart + 55ms, 20ms), IsEmpty());
  EXPECT_FALSE(list.awaits(1));
  EXPECT_EQ(list.next_deadline(), std::nullopt);
}

TEST(NackList, GivesUpWhatHasBeenMissingForTooLong) {
  NackList list;
  list.missing(1, 2, kStart);
  EXPECT_THAT(list.due(kStart + 1s, 20ms), IsEmpty());
  EXPECT_EQ(list.size(), 0U);
}

TEST(NackList, LooksForNoMoreThanItsLimitAndKeepsTheNewest) {
  NackList list({.most = 10});
  list.missing(0, 8, kStart);
  list.missing(10, 15, kStart);
  EXPECT_EQ(list.size(), 10U);
  EXPECT_FALSE(list.awaits(2));
  EXPECT_TRUE(list.awaits(3));
  EXPECT_TRUE(list.awaits(14));
}

TEST(NackList, AGapThatIsTooLargeIsHopeless) {
  NackList list({.most = 10});
  list.missing(0, 1'000'000'000'000, kStart);
  EXPECT_EQ(list.size(), 0U);
}

TEST(NackList, ForgetsWhatNobodyWaitsFor) {
  NackList list;
  list.missing(1, 5, kStart);
  list.forget_before(4);
  EXPECT_FALSE(list.arrived(3));
  EXPECT_TRUE(list.arrived(4));
  EXPECT_FALSE(list.arrived(4));
}

}  // namespace
}  // namespace parley::media::nack_list_test
