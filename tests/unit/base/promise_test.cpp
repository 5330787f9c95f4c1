#include "parley/promise.hpp"

#include <gtest/gtest.h>

#include "parley/events.hpp"

namespace parley::promise_test {
namespace {

Promise<int> add_later(Promise<int> a, Promise<int> b) { co_return co_await a + co_await b; }

TEST(Promise, CoroutineAwaitsOtherPromises) {
  PromiseResolver<int> a, b;
  const Promise<int> sum = add_later(a.promise(), b.promise());
  EXPECT_TRUE(sum.pending());
  a.resolve(2);
  b.resolve(40);
  EXPECT_EQ(sum.get(), 42);
}

TEST(Promise, ThenUnwrapsAReturnedPromise) {
  PromiseResolver<int> a;
  const Promise<int> next = a.promise().then([](int v) { return Promise<int>::resolve(v + 1); });
  a.resolve(1);
  EXPECT_EQ(next.get(), 2);
}

TEST(Promise, GetRethrowsTheReasonWithItsType) {
  EXPECT_THROW(Promise<void>::reject(InvalidStateError("closed")).get(), InvalidStateError);
}

struct Emitter : EventTarget<EventType<"open", Event>, EventType<"number", int>> {
  EventHandler<Event> onopen{list<"open">()};
  void fire() {
    list<"open">()->fire({"open"});
    list<"number">()->fire(7);
  }
};

TEST(Events, HandlersTakeTheEventOrNothing) {
  Emitter emitter;
  int opened = 0, number = 0;
  emitter.onopen = [&] { ++opened; };
  emitter.addEventListener<"number">([&](const int& n) { number = n; });
  EventListener second =
      emitter.addEventListener<"open">([&](const Event& e) { opened += static_cast<int>(e.type.size()); });
  emitter.fire();
  EXPECT_EQ(opened, 5);
  EXPECT_EQ(number, 7);
  second.remove();
  emitter.onopen = nullptr;
  emitter.fire();
  EXPECT_EQ(opened, 5);
}

}  // namespace
}  // namespace parley::promise_test
