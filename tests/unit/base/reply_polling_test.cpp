#include "base/reply_polling.hpp"

#include <gtest/gtest.h>

namespace parley {
namespace {

/// A loop that answers again and again, in virtual time.
struct Exchange {
  ReplyPolling polling{std::nullopt};
  TimePoint now{1h};

  /// One wait for an answer that comes after `delay`. True: it was looked for before sleeping.
  bool wait(Duration delay, bool arrived = true) {
    polling.expect();
    EXPECT_TRUE(polling.concerned());
    const bool looked = polling.begin(now) > now;
    now += delay;
    polling.end(now, arrived);
    return looked;
  }

  /// Waits of 20 µs before the first that is spent looking.
  unsigned quick_waits_before_looking() {
    unsigned count = 0;
    while (count < 100'000 && !wait(20us)) ++count;
    return count;
  }
};

TEST(ReplyPolling, SleepsUntilSeveralAnswersInARowWereQuick) {
  Exchange exchange;
  EXPECT_EQ(exchange.quick_waits_before_looking(), ReplyPolling::kFewest);
  EXPECT_TRUE(exchange.wait(199us));
  EXPECT_TRUE(exchange.wait(1us));
}

TEST(ReplyPolling, NeverLooksWhereAnswersAreSlow) {
  Exchange exchange;
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(exchange.wait(201us));
}

TEST(ReplyPolling, OneSlowAnswerBeginsAnew) {
  Exchange exchange;
  for (unsigned i = 1; i < ReplyPolling::kFewest; ++i) exchange.wait(20us);
  exchange.wait(1ms);
  EXPECT_EQ(exchange.quick_waits_before_looking(), ReplyPolling::kFewest);
}

TEST(ReplyPolling, StopsWhereLookingCostsMoreThanSleepingWould) {
  Exchange exchange;
  exchange.quick_waits_before_looking();
  int looked = 0;
  while (looked < 1000 && exchange.wait(150us)) ++looked;
  EXPECT_GT(looked, 1);  // the other end may be about to do the same
  EXPECT_LT(looked, 8);
  EXPECT_EQ(exchange.quick_waits_before_looking(), 2 * ReplyPolling::kFewest - 1);  // the last one was quick as well
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(exchange.wait(55us));
}

TEST(ReplyPolling, IsTriedEverMoreRarelyWhereItFindsNothing) {
  Exchange exchange;
  std::size_t waits = 0, misses = 0;
  for (unsigned expected = ReplyPolling::kFewest; misses < 9; expected *= 2, ++misses) {
    EXPECT_EQ(exchange.quick_waits_before_looking(), expected);  // the look that found something is one more
    EXPECT_TRUE(exchange.wait(1ms));
  }
  // However long it goes on, hardly any time is lost.
  waits = misses = 0;
  while (waits < 100'000) {
    waits += exchange.quick_waits_before_looking();
    exchange.wait(1ms);
    ++misses;
  }
  EXPECT_LT(misses * 1000, waits);
}

TEST(ReplyPolling, ForgetsItsMissesInALongQuickExchange) {
  Exchange exchange;
  for (int i = 0; i < 5; ++i) {
    exchange.quick_waits_before_looking();
    exchange.wait(1ms);
  }
  for (unsigned i = 0; i < ReplyPolling::kMost; ++i) exchange.wait(20us);
  EXPECT_TRUE(exchange.wait(20us));
  exchange.wait(1ms);  // one miss
  EXPECT_EQ(exchange.quick_waits_before_looking(), 2 * ReplyPolling::kFewest);
}

TEST(ReplyPolling, WaitsThatATaskOrATimerEndsSayNothing) {
  Exchange exchange;
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(exchange.wait(20us, false));
  for (unsigned i = 0; i < ReplyPolling::kFewest; ++i) {
    exchange.wait(20us);
    exchange.wait(20us, false);
  }
  EXPECT_TRUE(exchange.wait(20us));
}

TEST(ReplyPolling, IsNotConcernedWithWaitsForNothingInParticular) {
  ReplyPolling polling{std::nullopt};
  EXPECT_FALSE(polling.concerned());
  polling.expect();
  EXPECT_TRUE(polling.concerned());
  polling.begin(TimePoint(1h));
  polling.end(TimePoint(1h) + 10us, false);
  EXPECT_TRUE(polling.concerned());  // the answer is still to come
  polling.begin(TimePoint(1h));
  polling.end(TimePoint(1h) + 10us, true);
  EXPECT_FALSE(polling.concerned());
}

TEST(ReplyPolling, DoesWhatItIsToldIfItIsTold) {
  ReplyPolling never{Duration::zero()};
  never.expect();
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
