// Listeners: who is called, in which order, and what lives how long.
// https://dom.spec.whatwg.org/#concept-event-dispatch
#include "parley/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "reported_errors.hpp"
#include "tracked.hpp"

namespace parley::events_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Emitter : EventTarget<EventType<"tick", std::string>> {
  EventHandler<std::string> ontick{list<"tick">()};
  using EventTarget::list;
  void fire(std::string what = "x") { list<"tick">()->fire(std::move(what)); }
  void reach_the_final_state() { lists()->close(); }
};

class Listeners : public testing::Test {
 protected:
  /// A handler that says its name.
  auto says(const char* name) {
    return [this, name] { called.emplace_back(name); };
  }
  std::vector<std::string> called;
  Emitter emitter;
};

TEST_F(Listeners, AreCalledInTheOrderInWhichTheyWereAdded) {
  emitter.addEventListener<"tick">(says("first"));
  emitter.ontick = says("attribute");
  emitter.addEventListener<"tick">(says("last"));
  emitter.fire();
  EXPECT_THAT(called, ElementsAre("first", "attribute", "last"));
}

TEST_F(Listeners, AnAttributeKeepsItsPlaceWhenItIsReplacedAndLosesItWhenItIsCleared) {
  emitter.ontick = says("old");
  emitter.addEventListener<"tick">(says("listener"));
  emitter.ontick = says("new");
  emitter.fire();
  emitter.ontick = nullptr;
  EXPECT_FALSE(emitter.ontick);
  emitter.ontick = says("again");
  EXPECT_TRUE(emitter.ontick);
  emitter.fire();
  EXPECT_THAT(called, ElementsAre("new", "listener", "listener", "again"));
}

TEST_F(Listeners, AddedWhileAnEventIsFiredHearTheNextOne) {
  emitter.addEventListener<"tick">([this] {
    called.emplace_back("adds");
    emitter.addEventListener<"tick">(says("added"));
  });
  emitter.fire();
  EXPECT_THAT(called, ElementsAre("adds"));
  emitter.fire();
  EXPECT_THAT(called, ElementsAre("adds", "adds", "added"));
}

TEST_F(Listeners, RemovedWhileAnEventIsFiredAreNotCalledAnyMore) {
  EventListener self, other;
  self = emitter.addEventListener<"tick">([&] {
    called.emplace_back("removes");
    self.remove();
    other.remove();
  });
  other = emitter.addEventListener<"tick">(says("removed"));
  emitter.addEventListener<"tick">(says("stays"));
  emitter.fire();
  emitter.fire();
  EXPECT_THAT(called, ElementsAre("removes", "stays", "stays"));
  other.remove();  // once more does no harm
}

TEST_F(Listeners, StayWhenTheirHandleIsDroppedUnlessItIsAScopedOne) {
  { const EventListener dropped = emitter.addEventListener<"tick">(says("dropped")); }
  {
    ScopedEventListener scoped = emitter.addEventListener<"tick">(says("scoped"));
    const ScopedEventListener moved = std::move(scoped);
    emitter.fire();
  }
  emitter.fire();
  EXPECT_THAT(called, ElementsAre("dropped", "scoped", "dropped"));
}

TEST_F(Listeners, OfAnObjectInItsFinalStateAreDroppedWithWhatTheyHold) {
  Tracked held, late;
  emitter.ontick = [token = held.take()] {};
  emitter.addEventListener<"tick">(says("listener"));
  emitter.reach_the_final_state();
  EXPECT_TRUE(held.gone());
  emitter.addEventListener<"tick">([token = late.take()] {});
  EXPECT_TRUE(late.gone());
  emitter.fire();
  EXPECT_THAT(called, IsEmpty());
}

TEST_F(Listeners, MayOutliveTheirObject) {
  std::optional<Emitter> gone(std::in_place);
  EventListener listener = gone->addEventListener<"tick">(says("never"));
  gone.reset();
  listener.remove();
}

TEST_F(Listeners, OneThatClearsItselfDestroysWhatItHoldsWhenItIsDone) {
  Tracked held;
  emitter.ontick = [this, token = held.take()] {
    const std::weak_ptr<int> watch = token;
    emitter.ontick = nullptr;
    called.emplace_back(watch.expired() ? "gone" : "there");
  };
  emitter.fire();
  EXPECT_THAT(called, ElementsAre("there"));
  EXPECT_TRUE(held.gone());
}

TEST_F(Listeners, OneThatIsACoroutineKeepsItsClosureAndTheEventUntilItIsDone) {
  const auto loop = EventLoop::create();
  const PromiseResolver<void> resolver(loop.get());
  Tracked held;
  loop->run([&] {
    emitter.ontick = [this, &resolver, token = held.take()](const std::string& event) -> Promise<void> {
      co_await resolver.promise();
      called.push_back(event);
    };
    emitter.fire("an event too long for the string itself to hold");
    emitter.ontick = nullptr;
  });
  EXPECT_FALSE(held.gone());
  loop->run([&] { resolver.resolve(); });
  for (int i = 0; i < 10; ++i) loop->run([] {});
  EXPECT_THAT(called, ElementsAre("an event too long for the string itself to hold"));
  EXPECT_TRUE(held.gone());
}

TEST_F(Listeners, OnlyACoroutineGetsACopyOfAnEventThatItsCallerKeeps) {
  const auto loop = EventLoop::create();
  const PromiseResolver<void> resolver(loop.get());
  std::vector<const std::string*> seen;
  loop->run([&] {
    emitter.addEventListener<"tick">([&](const std::string& event) { seen.push_back(&event); });
    emitter.addEventListener<"tick">([this, &seen, &resolver](const std::string& event) -> Promise<void> {
      seen.push_back(&event);
      co_await resolver.promise();
      called.push_back(event);
    });
    {
      const std::string event = "an event too long for the string itself to hold";
      emitter.list<"tick">()->fire_kept(event);
      EXPECT_EQ(seen.front(), &event);
      EXPECT_NE(seen.back(), &event);
    }
    resolver.resolve();
  });
  for (int i = 0; i < 10; ++i) loop->run([] {});
  EXPECT_THAT(called, ElementsAre("an event too long for the string itself to hold"));
}

TEST_F(Listeners, WhatACoroutineThrowsLaterIsReported) {
  ReportedErrors reported;
  const auto loop = EventLoop::create();
  const PromiseResolver<void> resolver(loop.get());
  loop->run([&] {
    emitter.ontick = [&resolver]() -> Promise<void> {
      co_await resolver.promise();
      throw TypeError("much later");
    };
    emitter.fire();
    resolver.resolve();
  });
  for (int i = 0; i < 10; ++i) loop->run([] {});
  EXPECT_THAT(reported.all(), ElementsAre(HasSubstr("much later")));
}

}  // namespace
}  // namespace parley::events_test
