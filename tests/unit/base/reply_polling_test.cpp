#include "base/reply_polling.hpp"

#include <gtest/gtest.h>

namespace parley {
namespace {

/// A loop that answers messages, in virtual time.
struct Exchange {
  ReplyPolling polling{std::nullopt};
  TimePoint now{1h};

  /// A turn in which a message is heard and answered.
  void answer() {
    polling.begin_turn();
    polling.heard();
    polling.sent();
  }
  /// A wait that something ends after `delay`. True: it was looked for before sleeping.
  bool wait(Duration delay) {
    EXPECT_TRUE(polling.concerned());
    const bool looked = polling.begin(now) > now;
    now += delay;
    polling.end(now, true);
    return looked;
  }
  /// A message is heard `delay` after the one that was sent, and answered.
  bool trip(Duration delay) {
    const bool looked = wait(delay);
    answer();
    return looked;
  }
  /// Answers of 20 µs before the first that is looked for.
  unsigned trips_before_looking() {
    unsigned count = 0;
    while (count < 100'000 && !trip(20us)) ++count;
    return count;
  }

  Exchange() { answer(); }
};

TEST(ReplyPolling, SleepsUntilSeveralAnswersInARowWereQuick) {
  Exchange exchange;
  EXPECT_EQ(exchange.trips_before_looking(), ReplyPolling::kFewest);
  EXPECT_TRUE(exchange.trip(199us));
  EXPECT_TRUE(exchange.trip(1us));
}

TEST(ReplyPolling, NeverLooksWhereAnswersAreSlow) {
  Exchange exchange;
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(exchange.trip(201us));
}

TEST(ReplyPolling, OneSlowAnswerBeginsAnew) {
  Exchange exchange;
  for (unsigned i = 1; i < ReplyPolling::kFewest; ++i) exchange.trip(20us);
  exchange.trip(1ms);
  EXPECT_EQ(exchange.trips_before_looking(), ReplyPolling::kFewest);
}

TEST(ReplyPolling, StopsWhereLookingCostsMoreThanSleepingWould) {
  Exchange exchange;
  exchange.trips_before_looking();
  int looked = 0;
  while (looked < 1000 && exchange.trip(150us)) ++looked;
  EXPECT_GT(looked, 1);  // the other end may be about to do the same
  EXPECT_LT(looked, 8);
  EXPECT_EQ(exchange.trips_before_looking(), 2 * ReplyPolling::kFewest - 1);  // the last one was quick as well
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(exchange.trip(55us));
}

TEST(ReplyPolling, IsTriedEverMoreRarelyWhereItFindsNothing) {
  Exchange exchange;
  unsigned expected = ReplyPolling::kFewest;
  for (int misses = 0; misses < 9; ++misses, expected *= 2) {
    EXPECT_EQ(exchange.trips_before_looking(), expected);
    EXPECT_TRUE(exchange.trip(1ms));
  }
  // However long it goes on, hardly any time is lost.
  unsigned trips = 0, misses = 0;
  for (; trips < 100'000; ++misses) {
    trips += exchange.trips_before_looking();
    exchange.trip(1ms);
  }
  EXPECT_LT(misses * 1000, trips);
}

TEST(ReplyPolling, ForgetsItsMissesInALongQuickExchange) {
  Exchange exchange;
  for (int i = 0; i < 5; ++i) {
    exchange.trips_before_looking();
    exchange.trip(1ms);
  }
  for (unsigned i = 0; i < ReplyPolling::kMost; ++i) exchange.trip(20us);
  EXPECT_TRUE(exchange.trip(20us));
  exchange.trip(1ms);  // one miss
  EXPECT_EQ(exchange.trips_before_looking(), 2 * ReplyPolling::kFewest);
}

TEST(ReplyPolling, WhatElseWakesTheLoopIsNoAnswer) {
  Exchange exchange;
  exchange.trips_before_looking();
  EXPECT_TRUE(exchange.wait(50us));
  exchange.polling.begin_turn();
  EXPECT_TRUE(exchange.wait(50us));
  exchange.polling.begin_turn();
  EXPECT_TRUE(exchange.trip(50us));  // 150 µs after it was asked for
  EXPECT_TRUE(exchange.wait(150us));
  exchange.polling.begin_turn();
  EXPECT_TRUE(exchange.wait(100us));
  EXPECT_FALSE(exchange.polling.concerned());  // it did not come
}

TEST(ReplyPolling, OnlyWhatAnswersIsAnsweredSoon) {
  ReplyPolling polling{std::nullopt};
  polling.begin_turn();
  polling.sent();
  EXPECT_FALSE(polling.concerned());
  polling.begin_turn();
  polling.heard();
  EXPECT_FALSE(polling.concerned());
  polling.begin_turn();
  polling.sent();
  EXPECT_FALSE(polling.concerned());
  polling.heard();
  polling.sent();
  EXPECT_TRUE(polling.concerned());
}

TEST(ReplyPolling, WhatIsSentMeanwhileDoesNotMakeTheWaitLonger) {
  Exchange exchange;
  exchange.trips_before_looking();
  for (int i = 0; i < 5; ++i) {
    exchange.wait(50us);
    exchange.polling.begin_turn();
    exchange.polling.sent();
  }
  EXPECT_FALSE(exchange.polling.concerned());
}

TEST(ReplyPolling, DoesWhatItIsToldIfItIsTold) {
  ReplyPolling never{Duration::zero()};
  never.heard();
  never.sent();
  EXPECT_FALSE(never.concerned());

  ReplyPolling always{1ms};
  EXPECT_TRUE(always.concerned());
  const TimePoint now(1h);
  EXPECT_LE(always.begin(now), now);  // nothing has arrived yet
  always.end(now, true);
  EXPECT_EQ(always.begin(now), now + 1ms);
  always.end(now + 1ms, false);
  EXPECT_EQ(always.begin(now + 1ms), now + 1ms);
}

}  // namespace
}  // namespace parley
