// In which order continuations run and where, and what becomes of promises whose other end is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "parley/promise.hpp"
#include "tracked.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class PromiseOrder : public testing::Test {
 protected:
  /// What `steps` notes, once everything that it has begun on the loop is done.
  template <class Steps>
  std::vector<std::string> notes(Steps steps) {
    loop->run(steps);
    for (int i = 0; i < 10; ++i) loop->run([] {});
    return loop->run([this] { return noted; });
  }
  void note(const char* what) { noted.emplace_back(what); }

  std::vector<std::string> noted;  // on the loop
  std::shared_ptr<EventLoop> loop = EventLoop::create();
};

TEST_F(PromiseOrder, ContinuationsRunInTheOrderInWhichTheyWereAttached) {
  const PromiseResolver<int> resolver(loop.get());
  const auto wait = [&](const char* name) -> Promise<void> {
    co_await resolver.promise();
    note(name);
  };
  EXPECT_THAT(notes([&] {
                (void)resolver.promise().then([&] { note("then 1"); });
                (void)wait("await 2");
                (void)resolver.promise().then([&] { note("then 3"); });
                (void)wait("await 4");
                resolver.resolve(1);
                (void)resolver.promise().then([&] { note("late 5"); });
              }),
              ElementsAre("then 1", "await 2", "then 3", "await 4", "late 5"));
}

TEST_F(PromiseOrder, ContinuationsNeverRunInsideTheCallThatAttachesOrSettles) {
  EXPECT_THAT(notes([&] {
                const PromiseResolver<void> resolver;
                (void)resolver.promise().then([&] { note("continued"); });
                resolver.resolve();
                note("settled");
                (void)Promise<void>::resolve().then([&] { note("continued later"); });
                note("attached");
              }),
              ElementsAre("settled", "attached", "continued", "continued later"));
}

TEST_F(PromiseOrder, ContinuationsComeBeforeTheNextTask) {
  const auto three_steps = [&]() -> Promise<void> {
    for (int i = 0; i < 3; ++i) {
      co_await Promise<void>::resolve();
      note("step");
    }
  };
  EXPECT_THAT(notes([&] {
                loop->post([&] { note("task"); });
                (void)three_steps();
              }),
              ElementsAre("step", "step", "step", "task"));
}

TEST_F(PromiseOrder, ACallbackOfAnotherLoopRunsThere) {
  const auto other = EventLoop::create();
  const PromiseResolver<void> resolver(loop.get());
  std::atomic<bool> there = false;
  const auto done = other->run([&] { return resolver.promise().then([&] { there = other->is_current(); }); });
  loop->run([&] { resolver.resolve(); });
  done.get(10s);
  EXPECT_TRUE(there);
}

TEST(PromiseOutcome, TheFirstToSettleWins) {
  const PromiseResolver<int> resolver;
  EXPECT_TRUE(resolver.pending());
  resolver.resolve(1);
  resolver.resolve(2);
  resolver.reject(TypeError("late"));
  EXPECT_FALSE(resolver.pending());
  EXPECT_EQ(resolver.promise().get(1s), 1);
}

TEST(PromiseOutcome, AnErrorPassesEverythingThatIsNotForErrors) {
  int called = 0;
  const Promise<int> failed = Promise<int>::reject(NotFoundError("no"));
  EXPECT_THROW(failed.then([&](int v) { return ++called, v; }).then([&] { ++called; }).get(10s), NotFoundError);
  EXPECT_EQ(called, 0);
  std::string name;
  const auto caught = failed.catch_error([&](const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const DOMException& e) {
      name = e.name();
    }
    return 7;
  });
  EXPECT_EQ(caught.get(10s), 7);
  EXPECT_EQ(name, "NotFoundError");
  EXPECT_THROW(Promise<int>::resolve(1).then([](int) -> int { throw RangeError("in then"); }).get(10s), RangeError);
}

Promise<int> throws() {
  co_await Promise<void>::resolve();
  throw TypeError("in a coroutine");
}

TEST(PromiseOutcome, WhatLeavesACoroutineRejectsItAndIsCaughtByItsTypeWhereItIsAwaited) {
  const auto catches = []() -> Promise<std::string> {
    try {
      co_await throws();
    } catch (const TypeError& error) {
      co_return error.message();
    }
    co_return "nothing";
  };
  EXPECT_EQ(catches().get(10s), "in a coroutine");
}

TEST(PromiseOutcome, ThatNobodyCanSettleAnyMoreIsAnAbortError) {
  std::optional<PromiseResolver<int>> resolver(std::in_place);
  const Promise<int> promise = resolver->promise();
  std::optional<PromiseResolver<int>> copy = resolver;
  resolver.reset();
  EXPECT_TRUE(promise.pending());
  copy.reset();
  EXPECT_THROW(promise.get(1s), AbortError);
}

TEST(PromiseOutcome, ACoroutineWhoseLoopHasEndedIsDestroyedAndItsPromiseAborted) {
  std::atomic<int> destroyed = 0, went_on = 0;
  for (const bool settles : {false, true}) {
    destroyed = 0;
    auto loop = EventLoop::create();
    const PromiseResolver<void> resolver(loop.get());
    const auto waits = [&](AtEnd) -> Promise<void> {
      co_await resolver.promise();
      ++went_on;
    };
    const auto promise = loop->run([&] { return waits(AtEnd([&] { ++destroyed; })); });
    EXPECT_EQ(destroyed, 0);
    loop.reset();
    if (settles) {
      resolver.resolve();
      EXPECT_THROW(promise.get(10s), AbortError);
      EXPECT_EQ(destroyed, 1);
    } else {
      EXPECT_TRUE(promise.pending());
    }
    EXPECT_EQ(went_on, 0);
  }
}

TEST(PromiseOutcome, EightThreadsMayWaitForOne) {
  const auto loop = EventLoop::create();
  const PromiseResolver<std::string> resolver(loop.get());
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      if (resolver.promise().get(20s) == "it") ++right;
    });
  loop->post([&] { resolver.resolve("it"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 8);
}

}  // namespace
}  // namespace parley
