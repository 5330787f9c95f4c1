// Loops with a thread of their own, and promises that meet threads.
#include "parley/event_loop.hpp"

#include <glib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "parley/errors.hpp"
#include "parley/events.hpp"
#include "parley/promise.hpp"
#include "reported_errors.hpp"
#include "tracked.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(EventLoop, RunsTasksInTheOrderOfPostingOnOneThread) {
  const auto loop = EventLoop::create();
  std::vector<int> order;
  std::thread::id where;
  loop->run([&] {  // so that both are posted before one runs
    loop->post([&] {
      where = std::this_thread::get_id();
      loop->post([&] { order.push_back(3); });
      order.push_back(1);
    });
    loop->post([&] { order.push_back(2); });
  });
  while (loop->run([&] { return order.size(); }) < 3) {
  }
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
  EXPECT_NE(where, std::this_thread::get_id());
  EXPECT_EQ(loop->run([] { return std::this_thread::get_id(); }), where);
  EXPECT_FALSE(loop->is_current());
  EXPECT_TRUE(loop->run([&] { return loop->is_current() && EventLoop::current() == loop.get(); }));
}

TEST(EventLoop, TakesTasksFromEightThreadsInTheOrderOfEach) {
  constexpr int kThreads = 8, kEach = 2000;
  const auto loop = EventLoop::create();
  std::vector<int> next(kThreads, 0);
  int out_of_order = 0, count = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)
        loop->post([&, t, i] {
          if (next[t]++ != i) ++out_of_order;
          ++count;
        });
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loop->run([&] { return count; }), kThreads * kEach);
  EXPECT_EQ(out_of_order, 0);
}

TEST(EventLoop, RunsWhatIsDueInTheOrderOfTheTimes) {
  const auto loop = EventLoop::create();
  std::vector<int> order;
  loop->run([&] {
    loop->after(20ms, [&] { order.push_back(2); });
    loop->after(1ms, [&] { order.push_back(1); });
  });
  loop->delay(25ms).get(10s);
  EXPECT_THAT(loop->run([&] { return order; }), ElementsAre(1, 2));
}

std::chrono::nanoseconds processor_time() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

TEST(EventLoop, ThatPollsBusilyRunsWhatIsPostedAndDue) {
  const auto loop = EventLoop::create({.busy_poll = 10s});
  std::vector<int> order;
  // The wake-up by the first of these begins the polling.
  loop->run([&] { loop->after(100ms, [&] { order.push_back(3); }); });
  loop->run([&] { order.push_back(1); });
  loop->run([&] { order.push_back(2); });
  loop->delay(101ms).get(10s);
  EXPECT_THAT(loop->run([&] { return order; }), ElementsAre(1, 2, 3));
}

TEST(EventLoop, PollsNoLongerThanItShall) {
  const auto loop = EventLoop::create({.busy_poll = 20ms});
  const auto before = loop->run(processor_time);
  loop->delay(200ms).get(10s);
  const auto used = loop->run(processor_time) - before;
  EXPECT_GT(used, 1ms);
  EXPECT_LT(used, 100ms);
}

TEST(EventLoop, RefusesToPollForLessThanNothing) { EXPECT_THROW(EventLoop::create({.busy_poll = -1ns}), TypeError); }

TEST(EventLoop, RunGivesBackWhatTheFunctionReturnsOrThrows) {
  const auto loop = EventLoop::create();
  EXPECT_EQ(loop->run([] { return std::string("x"); }), "x");
  EXPECT_THROW(loop->run([] { throw TypeError("wrong"); }), TypeError);
  EXPECT_EQ(loop->run([&] { return loop->run([] { return 7; }); }), 7);  // here and now on the loop itself
}

TEST(EventLoop, AWaitOnTheLoopItselfThrowsInsteadOfHanging) {
  const auto loop = EventLoop::create();
  PromiseResolver<int> never(loop.get());
  EXPECT_THROW(loop->run([&] { return never.promise().get(); }), InvalidStateError);
  EXPECT_THROW(loop->run([&] { return never.promise().get(1s); }), InvalidStateError);
  EXPECT_THROW((void)never.promise().get(1ms), TimeoutError);  // elsewhere it waits
  never.resolve(5);
  EXPECT_EQ(never.promise().get(), 5);
}

TEST(EventLoop, AnErrorThatATaskThrowsIsReportedAndTheLoopGoesOn) {
  ReportedErrors reported;
  const auto loop = EventLoop::create();
  loop->post([] { throw std::runtime_error("in a task"); });
  EXPECT_EQ(loop->run([] { return 1; }), 1);
  EXPECT_THAT(reported.all(), ElementsAre(HasSubstr("in a task")));
}

TEST(EventLoop, ARejectionThatNobodyObservesIsReportedOnce) {
  ReportedErrors reported;
  const auto loop = EventLoop::create();
  loop->run([] { (void)Promise<void>::reject(InvalidStateError("nobody cares")); });
  loop->run([] {});
  EXPECT_THAT(reported.all(), ElementsAre(HasSubstr("nobody cares")));
  loop->run(
      [] { Promise<void>::reject(InvalidStateError("cared for")).catch_error([](const std::exception_ptr&) {}); });
  loop->run([] {});
  EXPECT_EQ(reported.all().size(), 1U);
}

TEST(EventLoop, WhatWaitsWhenItEndsIsDestroyedUnrun) {
  std::atomic<int> destroyed = 0;
  bool ran = false;
  auto loop = EventLoop::create();
  loop->after(1h, [&ran, end = std::make_shared<AtEnd>([&] { ++destroyed; })] { ran = true; });
  loop->run([] {});
  loop.reset();
  EXPECT_EQ(destroyed, 1);
  EXPECT_FALSE(ran);
}

TEST(EventLoop, MayEndInsideItsOwnTaskAndWhoeverWaitsForItIsTold) {
  for (int i = 0; i < 50; ++i) {
    auto loop = EventLoop::create();
    std::atomic<bool> ended = false;
    EventLoop& alive = *loop;
    alive.post([last = std::move(loop), end = std::make_shared<AtEnd>([&] { ended = true; })] {});
    while (!ended) std::this_thread::yield();
  }
}

TEST(EventLoop, MayEndWhileEightThreadsUseIt) {
  std::atomic<int> made = 0, gone = 0;
  std::array<std::atomic<int>, 8> ran{};
  const auto task = [&](std::atomic<int>& count) {
    ++made;
    return [&count, end = AtEnd([&] { ++gone; })] { ++count; };
  };
  for (int round = 0; round < 40; ++round) {
    auto loop = EventLoop::create();
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 8; ++t)
      threads.emplace_back([&, t, mine = loop]() mutable {
        for (int i = 0; i < 5; ++i) {
          mine->post(task(ran[t]));
          mine->after(std::chrono::microseconds(100 * i), task(ran[t]));
          (void)mine->delay(1ms).then(task(ran[t])).catch_error([](const std::exception_ptr&) {});
        }
        mine->run([&] { ++ran[t]; });
        mine.reset();  // the last of them ends the loop
      });
    loop.reset();
    for (std::thread& thread : threads) thread.join();
    for (const auto& count : ran) EXPECT_GE(count, 6 * (round + 1));  // what was posted before run() at least
  }
  EXPECT_EQ(made, 40 * 8 * 15);
  while (gone < made) std::this_thread::yield();  // a loop that ends in one of its tasks ends on its own thread
}

TEST(EventLoop, ThereIsOneThatIsShared) {
  const auto& shared = EventLoop::shared();
  ASSERT_NE(shared, nullptr);
  EXPECT_EQ(shared, EventLoop::shared());
  EXPECT_NE(shared, EventLoop::create());
  EXPECT_EQ(EventLoop::current(), nullptr);
  EXPECT_TRUE(shared->run([&] { return EventLoop::current() == shared.get(); }));
}

TEST(EventLoop, WhoeverNamesNoneHasTheCurrentOneOrElseTheSharedOne) {
  EXPECT_EQ(EventLoop::current_or_shared(), EventLoop::shared());
  const auto own = EventLoop::create();
  EXPECT_EQ(own->run([] { return EventLoop::current_or_shared(); }), own);
}

Promise<int> doubled(std::shared_ptr<EventLoop> loop, int value) {
  co_await loop->delay(1ms);
  co_return 2 * value;
}

TEST(EventLoop, ACoroutineGoesOnWhereItBegan) {
  const auto one = EventLoop::create(), two = EventLoop::create();
  const auto begin = [&]() -> Promise<bool> {
    const int value = co_await doubled(two, 21);
    co_return value == 42 && one->is_current();
  };
  EXPECT_TRUE(one->run(begin).get(10s));
}

struct Emitter : EventTarget<EventType<"tick", Event>> {
  void fire() { list<"tick">()->fire({"tick"}); }
};

TEST(Events, AHandlerThatThrowsIsReportedAndTheOthersAreCalled) {
  ReportedErrors reported;
  const auto loop = EventLoop::create();
  Emitter emitter;
  int called = 0;
  emitter.addEventListener<"tick">([] { throw std::runtime_error("in a handler"); });
  emitter.addEventListener<"tick">([]() -> Promise<void> {
    throw std::runtime_error("in a coroutine");
    co_return;
  });
  emitter.addEventListener<"tick">([&] { ++called; });
  loop->run([&] { emitter.fire(); });
  loop->run([] {});
  EXPECT_EQ(called, 1);
  EXPECT_THAT(reported.all(), ElementsAre(HasSubstr("in a handler"), HasSubstr("in a coroutine")));
}

TEST(Events, AHandlerMayDestroyTheObjectThatCallsIt) {
  auto emitter = std::make_unique<Emitter>();
  int later = 0;
  emitter->addEventListener<"tick">([&] { emitter.reset(); });
  emitter->addEventListener<"tick">([&] { ++later; });
  emitter->fire();
  EXPECT_EQ(emitter, nullptr);
  EXPECT_LE(later, 1);
}

TEST(AttachedLoop, RunsWhenItsContextDoesAndOnlyThere) {
  GMainContext* context = g_main_context_new();
  {
    const auto loop = EventLoop::attach(context);
    std::vector<int> order;
    std::thread([&] { loop->post([&] { order.push_back(1); }); }).join();
    EXPECT_TRUE(order.empty());
    while (order.empty()) g_main_context_iteration(context, TRUE);
    EXPECT_THAT(order, ElementsAre(1));
    bool due = false;
    loop->after(5ms, [&] { due = true; });
    while (!due) g_main_context_iteration(context, TRUE);
    EXPECT_TRUE(loop->run([&] { return loop->is_current(); }));  // nobody runs the context: we can
  }
  g_main_context_unref(context);
}

}  // namespace
}  // namespace parley
