// What an encoder makes of the words of several senders, and of the time of
// pictures.
#include <gtest/gtest.h>

#include <limits>

#include "av/encoder_clock.hpp"
#include "av/sender_shares.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;

constexpr SenderShares::TimePoint kStart{};

TEST(SenderShares, TheLeastOfAllCounts) {
  SenderShares shares;
  const auto one = std::make_shared<int>(1), other = std::make_shared<int>(2);
  EXPECT_EQ(shares.note(one, 900e3, kStart), 900e3);
  EXPECT_EQ(shares.note(other, 300e3, kStart), 300e3);
  EXPECT_EQ(shares.note(one, 700e3, kStart), 300e3);
  EXPECT_EQ(shares.note(other, 2e6, kStart), 700e3);
  EXPECT_EQ(shares.leave(kStart), std::nullopt);
}

TEST(SenderShares, WhoHasLeftDoesNotCount) {
  SenderShares shares;
  const auto stays = std::make_shared<int>(1);
  auto leaves = std::make_shared<int>(2);
  shares.note(leaves, 100e3, kStart);
  shares.note(stays, 900e3, kStart);
  leaves.reset();
  EXPECT_EQ(shares.leave(kStart), 900e3);
  EXPECT_EQ(shares.leave(kStart), std::nullopt);
}

TEST(SenderShares, WhoSaysNothingWhileOthersDoCountsNoLonger) {
  SenderShares shares;
  const auto speaks = std::make_shared<int>(1), silent = std::make_shared<int>(2);
  shares.note(silent, 100e3, kStart);
  EXPECT_EQ(shares.leave(kStart + 1min), std::nullopt);  // the only one
  shares.note(silent, 100e3, kStart + 1min);
  EXPECT_EQ(shares.note(speaks, 900e3, kStart + 65s), 100e3);
  EXPECT_EQ(shares.leave(kStart + 70s), std::nullopt);
  EXPECT_EQ(shares.leave(kStart + 71s), 900e3);
  EXPECT_EQ(shares.note(silent, 200e3, kStart + 72s), 200e3);
}

TEST(EncoderClock, GoesForwardWhateverThePicturesDo) {
  EncoderClock clock(40ms);
  EXPECT_EQ(clock.next(5s), 0s);
  EXPECT_EQ(clock.next(5s + 33ms), 33ms);
  EXPECT_EQ(clock.next(5s + 33ms), 73ms);   // stands still
  EXPECT_EQ(clock.next(1s), 113ms);         // begins anew
  EXPECT_EQ(clock.next(1s + 30ms), 143ms);  // and goes on from there
  EXPECT_EQ(clock.next(1h), 1143ms);        // leaps
  EXPECT_EQ(clock.next(microseconds(std::numeric_limits<std::int64_t>::min())), 1183ms);
  EXPECT_EQ(clock.next(microseconds(std::numeric_limits<std::int64_t>::max())), 2183ms);
}

TEST(KeyFramePace, AnswersWhoAsksInBetweenAtTheEnd) {
  KeyFramePace pace;
  EXPECT_FALSE(pace.is_due(0ms));
  pace.note(0ms);
  pace.ask();
  pace.ask();
  EXPECT_FALSE(pace.is_due(299ms));
  EXPECT_TRUE(pace.is_due(300ms));
  EXPECT_TRUE(pace.is_due(340ms));  // until there is one
  pace.note(340ms);
  EXPECT_FALSE(pace.is_due(10s));
  pace.ask();
  EXPECT_TRUE(pace.is_due(10s));
}

}  // namespace
}  // namespace parley::av
