#include "base/reactor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "descriptors.hpp"
#include "reactor_fixture.hpp"
#include "reported_errors.hpp"
#include "tracked.hpp"

namespace parley {
namespace {

using testing::ElementsAre;

TEST_F(ReactorTest, ATurnIsDescriptorsTimersTasksAndItsEnd) {
  SocketPair pair;
  pair.send_to_here();
  reactor->post(say("task"));
  reactor->at_turn_end(say("end"));
  const Timer timer = reactor->at(past, say("timer"));
  const Watch watch = reactor->watch(pair.here(), POLLIN, [&](short) { said.emplace_back("descriptor"); });
  turn();
  EXPECT_THAT(said, ElementsAre("descriptor", "timer", "task", "end"));
}

TEST_F(ReactorTest, TasksRunInTheOrderOfPostingThoseOfATaskInTheSameTurn) {
  reactor->post([&] {
    said.emplace_back("first");
    reactor->post(say("third"));
  });
  reactor->post(say("second"));
  turn();
  EXPECT_THAT(said, ElementsAre("first", "second", "third"));
}

TEST_F(ReactorTest, AFloodOfTasksLetsDescriptorsHaveTheirTurn) {
  SocketPair pair;
  int done = 0, done_when_readable = 0;
  for (int i = 0; i < 5000; ++i)
    reactor->post([&, i] {
      EXPECT_EQ(done, i);
      if (++done == 1) pair.send_to_here();
    });
  const Watch watch = reactor->watch(pair.here(), POLLIN, [&](short) {
    pair.drain();
    done_when_readable = done;
  });
  while (done < 5000) turn();
  EXPECT_GT(done_when_readable, 0);
  EXPECT_LT(done_when_readable, 5000);
}

TEST_F(ReactorTest, TimersRunInTheOrderOfTheirDeadlinesAndThenOfTheirSetting) {
  const Timer c = reactor->at(past + 2ms, say("c"));
  const Timer a1 = reactor->at(past, say("a1"));
  const Timer a2 = reactor->at(past, say("a2"));
  const Timer b = reactor->at(past + 1ms, say("b"));
  const Timer a3 = reactor->at(past, say("a3"));
  const Timer later = reactor->after(1h, say("never"));
  turn();
  EXPECT_THAT(said, ElementsAre("a1", "a2", "a3", "b", "c"));
}

TEST_F(ReactorTest, ATimerRunsOnce) {
  const Timer timer = reactor->at(past, say("once"));
  turn();
  turn();
  EXPECT_THAT(said, ElementsAre("once"));
}

TEST_F(ReactorTest, ATimerDroppedByAnEarlierOneDoesNotRun) {
  Timer second;
  const Timer first = reactor->at(past, [&] { second = Timer(); });
  second = reactor->at(past, say("second"));
  Timer third = reactor->at(past, say("third"));
  third.cancel();
  third.cancel();
  turn();
  EXPECT_TRUE(said.empty());
}

TEST_F(ReactorTest, ATimerMayDropItselfWhileItRuns) {
  Tracked tracked;
  Timer timer;
  timer = reactor->at(past, [&, token = tracked.take()] {
    timer.cancel();
    timer = Timer();
    EXPECT_FALSE(tracked.gone());
    *token = 1;
  });
  turn();
  EXPECT_TRUE(tracked.gone());
}

TEST_F(ReactorTest, ATimerMaySetItselfAgain) {
  Timer timer;
  UniqueFunction<void()> tick = [&] {
    said.emplace_back("tick");
    if (said.size() < 3) timer = reactor->at(past, [&] { tick(); });
  };
  timer = reactor->at(past, [&] { tick(); });
  turn();
  EXPECT_THAT(said, ElementsAre("tick")) << "however overdue, it waits for the next turn";
  turn();
  turn();
  EXPECT_EQ(said.size(), 3u);
}

TEST_F(ReactorTest, TimersSetByATimerDoNotKeepOlderOnesWaiting) {
  Timer added;
  const Timer first = reactor->at(past, [&] { added = reactor->at(past - 1s, say("added")); });
  const Timer second = reactor->at(past, say("second"));
  turn();
  EXPECT_THAT(said, ElementsAre("second"));
  turn();
  EXPECT_THAT(said, ElementsAre("second", "added"));
}

TEST_F(ReactorTest, ReplacingATimerCancelsTheOldOne) {
  Timer timer = reactor->at(past, say("old"));
  timer = reactor->at(past, say("new"));
  Timer moved = std::move(timer);
  turn();
  EXPECT_THAT(said, ElementsAre("new"));
}

TEST_F(ReactorTest, KnowsHowLongItMayWait) {
  EXPECT_EQ(reactor->timeout(), std::nullopt);
  Timer timer = reactor->after(1h, [] {});
  EXPECT_GT(*reactor->timeout(), 59min);
  timer = reactor->at(past, [] {});
  EXPECT_EQ(reactor->timeout(), Duration::zero());
  timer.cancel();
  EXPECT_EQ(reactor->timeout(), std::nullopt);
  reactor->post([] {});
  EXPECT_EQ(reactor->timeout(), Duration::zero());
  turn();
  reactor->at_turn_end([] {});
  EXPECT_EQ(reactor->timeout(), Duration::zero());
  turn();
  EXPECT_EQ(reactor->timeout(), std::nullopt);
}

TEST_F(ReactorTest, AWatchMayDropItselfInItsOwnCallback) {
  SocketPair pair;
  pair.send_to_here();
  Tracked tracked;
  Watch watch;
  watch = reactor->watch(pair.here(), POLLIN, [&, token = tracked.take()](short) {
    watch.stop();
    EXPECT_FALSE(watch);
    EXPECT_FALSE(tracked.gone()) << "the closure lives until it returns";
    *token += 1;
    said.emplace_back("ready");
  });
  turn();
  turn();
  EXPECT_THAT(said, ElementsAre("ready"));
  EXPECT_TRUE(tracked.gone());
}

TEST_F(ReactorTest, AWatchDroppedByAnotherCallbackOfTheTurnIsNotCalled) {
  SocketPair a, b;
  a.send_to_here();
  b.send_to_here();
  Watch watch_a, watch_b;
  watch_a = reactor->watch(a.here(), POLLIN, [&](short) {
    said.emplace_back("one");
    watch_b.stop();
  });
  watch_b = reactor->watch(b.here(), POLLIN, [&](short) {
    said.emplace_back("one");
    watch_a.stop();
  });
  turn();
  EXPECT_THAT(said, ElementsAre("one"));
}

TEST_F(ReactorTest, ANumberReopenedWithinTheTurnDoesNotReceiveItsFormerOwnersEvents) {
  SocketPair a, b, fresh;
  a.send_to_here();
  b.send_to_here();
  Watch watches[2], replacement;
  SocketPair* pairs[] = {&a, &b};
  for (std::size_t i = 0; i < 2; ++i)
    watches[i] = reactor->watch(pairs[i]->here(), POLLIN, [&, i](short) {
      if (!watches[1 - i]) return;
      const int number = pairs[1 - i]->here();  // the other one, which is ready as well
      watches[1 - i].stop();
      pairs[1 - i]->forget_here();
      fresh.move_here_to(number);
      replacement = reactor->watch(number, POLLIN, [&](short) { said.emplace_back("fresh"); });
      watches[i].stop();
    });
  turn();
  EXPECT_TRUE(said.empty());
  fresh.send_to_here();
  turn();
  EXPECT_THAT(said, ElementsAre("fresh"));
}

TEST_F(ReactorTest, AWatchChangesItsInterest) {
  SocketPair pair;
  std::vector<short> seen;
  Watch watch = reactor->watch(pair.here(), POLLIN, [&](short events) { seen.push_back(events); });
  turn();
  watch.set_interest(POLLOUT);
  turn();
  EXPECT_THAT(seen, ElementsAre(POLLOUT));
  Watch moved = std::move(watch);
  moved = Watch();
  turn();
  EXPECT_EQ(seen.size(), 1u);
}

TEST_F(ReactorTest, WhatIsAddedAtTheEndOfATurnRunsInIt) {
  reactor->post([&] {
    reactor->at_turn_end([&] {
      said.emplace_back("end");
      reactor->at_turn_end(say("end of the end"));
      reactor->post(say("next turn"));
    });
    said.emplace_back("task");
  });
  turn();
  EXPECT_THAT(said, ElementsAre("task", "end", "end of the end"));
  turn();
  EXPECT_THAT(said, ElementsAre("task", "end", "end of the end", "next turn"));
}

TEST_F(ReactorTest, MicrotasksRunBeforeTheNextTask) {
  reactor->post([&] {
    reactor->post(say("posted"));
    reactor->microtask([&] {
      said.emplace_back("micro 1");
      reactor->microtask(say("micro 3"));
    });
    reactor->microtask(say("micro 2"));
    said.emplace_back("task");
  });
  reactor->post(say("next task"));
  turn();
  EXPECT_THAT(said, ElementsAre("task", "micro 1", "micro 2", "micro 3", "next task", "posted"));
}

TEST_F(ReactorTest, MicrotasksFollowDescriptorsTimersAndEndsOfTurnsToo) {
  SocketPair pair;
  pair.send_to_here();
  const auto both = [&](const char* what) {
    said.emplace_back(what);
    reactor->microtask(say(std::string("after ") + what));
  };
  const Watch watch = reactor->watch(pair.here(), POLLIN, [&](short) { both("descriptor"); });
  const Timer timer = reactor->at(past, [&] { both("timer"); });
  reactor->at_turn_end([&] { both("end"); });
  turn();
  EXPECT_THAT(said, ElementsAre("descriptor", "after descriptor", "timer", "after timer", "end", "after end"));
}

TEST_F(ReactorTest, OutsideATurnAMicrotaskIsATask) {
  reactor->post(say("task"));
  reactor->microtask(say("micro"));
  turn();
  EXPECT_THAT(said, ElementsAre("task", "micro"));
}

TEST_F(ReactorTest, WhateverThrowsIsReportedAndTheTurnGoesOn) {
  const ReportedErrors errors;
  SocketPair pair;
  pair.send_to_here();
  const auto fail = [] { throw DataError("x"); };
  const Watch watch = reactor->watch(pair.here(), POLLIN, [&](short) { fail(); });
  const Timer t1 = reactor->at(past, fail), t2 = reactor->at(past, say("timer"));
  reactor->post([&, fail] {
    reactor->microtask(fail);
    reactor->microtask(say("micro"));
    fail();
  });
  reactor->post(say("task"));
  reactor->post([] { throw 7; });
  reactor->at_turn_end(fail);
  reactor->at_turn_end(say("end"));
  turn();
  EXPECT_THAT(said, ElementsAre("timer", "micro", "task", "end"));
  EXPECT_THAT(errors.all(),
              ElementsAre("descriptor callback: DataError: x", "timer: DataError: x", "task: DataError: x",
                          "continuation: DataError: x", "task: something else", "end of turn: DataError: x"));
  said.clear();
  pair.drain();
  reactor->post(say("still turning"));
  turn();
  EXPECT_THAT(said, ElementsAre("still turning"));
}

}  // namespace
}  // namespace parley
