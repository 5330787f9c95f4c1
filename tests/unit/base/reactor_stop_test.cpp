// What is left when a reactor stops, and what it destroys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "descriptors.hpp"
#include "reactor_fixture.hpp"
#include "reported_errors.hpp"
#include "tracked.hpp"

namespace parley {
namespace {

using testing::ElementsAre;

TEST_F(ReactorTest, NothingIsBegunAfterTheStop) {
  SocketPair pair;
  pair.send_to_here();
  Tracked tracked;
  const Watch watch = reactor->watch(pair.here(), POLLIN, [&](short) {
    said.emplace_back("descriptor");
    reactor->stop();
  });
  const Timer timer = reactor->at(past, say("timer"));
  reactor->post(say("task"));
  reactor->at_turn_end(say("end"));
  turn();
  turn();
  EXPECT_THAT(said, ElementsAre("descriptor"));
  reactor->post([token = tracked.take()] {});
  EXPECT_TRUE(tracked.gone()) << "a task that can never run is destroyed at once";
  EXPECT_FALSE(reactor->watch(pair.here(), POLLIN, [](short) {}));
}

TEST_F(ReactorTest, StopsWithinTasksMicrotasksTimersAndEnds) {
  for (const char* where : {"task", "micro", "timer", "end"}) {
    auto one = std::make_shared<Reactor>();
    int ran = 0;
    const auto stop = [&] {
      ++ran;
      one->stop();
    };
    const auto not_any_more = [&] { ++ran; };
    Timer t1, t2;
    if (where == std::string("timer")) {
      t1 = one->at(past, stop);
      t2 = one->at(past, not_any_more);
    }
    if (where == std::string("task")) one->post(stop);
    if (where == std::string("micro"))
      one->post([&] {
        one->microtask(stop);
        one->microtask(not_any_more);
      });
    if (where == std::string("end")) one->at_turn_end(stop);
    one->at_turn_end(not_any_more);
    if (where != std::string("end")) one->post(not_any_more);
    one->turn(false);
    EXPECT_EQ(ran, 1) << where;
  }
}

TEST_F(ReactorTest, DestroysEverythingUnrun) {
  SocketPair pair;
  Tracked task, timer, watch, end, micro;
  Timer t = reactor->at(past, [token = timer.take()] {});
  Watch w = reactor->watch(pair.here(), POLLIN, [token = watch.take()](short) {});
  reactor->post([token = task.take()] {});
  reactor->at_turn_end([token = end.take()] {});
  reactor->microtask([token = micro.take()] {});
  t = Timer();
  w = Watch();
  EXPECT_TRUE(timer.gone());
  EXPECT_TRUE(watch.gone());
  reactor.reset();
  EXPECT_TRUE(task.gone() && end.gone() && micro.gone());
}

/// Whoever defers the end of what is at work counts on that, also while another thread stops the loop.
TEST_F(ReactorTest, WhatIsPostedFromInsideIsNeverDestroyedAtOnce) {
  Tracked deferred;
  bool was_gone = true;
  reactor->post([&, token = deferred.take()]() mutable {
    reactor->stop();
    reactor->post([token = std::move(token)] {});
    was_gone = deferred.gone();
  });
  {
    const Reactor::Inside inside(*reactor);
    turn();
  }
  EXPECT_FALSE(was_gone);
  EXPECT_TRUE(deferred.gone());
}

TEST_F(ReactorTest, WhatItDestroysMayStillUseIt) {
  SocketPair pair;
  Reactor& r = *reactor;
  int ends = 0;
  const auto meddle = [&] {
    ++ends;
    r.post([] {});
    r.at_turn_end([] {});
    const Timer timer = r.after(1h, [] {});
    const Watch watch = r.watch(pair.here(), POLLIN, [](short) {});
  };
  struct Handles {
    Timer timer;
    Watch watch;
  };
  auto handles = std::make_shared<Handles>();  // each closure owns a timer and a watch of the same reactor
  handles->timer = r.after(1h, [handles, end = AtEnd(meddle)] {});
  handles->watch = r.watch(pair.here(), POLLIN, [handles, end = AtEnd(meddle)](short) {});
  r.post([handles, end = AtEnd(meddle)] {});
  r.at_turn_end([end = AtEnd(meddle)] {});
  handles.reset();
  reactor.reset();
  EXPECT_EQ(ends, 4);
}

}  // namespace
}  // namespace parley
