#include "session/deadline.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace parley::session {
namespace {

struct Driven {
  [[nodiscard]] std::optional<TimePoint> next_deadline() {
    ++asked;
    return due;
  }
  void advance(TimePoint now) {
    EXPECT_LE(*due, now);
    due.reset();
    ++advanced;
  }
  std::optional<TimePoint> due;
  int asked = 0, advanced = 0;
};

TEST(Deadline, IsLookedForOnceATurnHoweverOftenItMayHaveMoved) {
  const auto loop = EventLoop::create();
  Driven driven;
  Deadline<Driven> deadline(*loop, driven);
  loop->run([&] {
    for (int i = 0; i < 100; ++i) deadline.update_at_turn_end();
    driven.due = Clock::now();
    EXPECT_EQ(driven.asked, 0);
  });
  while (loop->run([&] { return driven.advanced; }) == 0) std::this_thread::yield();
  loop->run([&] {
    EXPECT_EQ(driven.asked, 2);  // at the turn's end, and after it had come
    deadline.update_at_turn_end();
    driven.due = Clock::now();
  });
  while (loop->run([&] { return driven.advanced; }) == 1) std::this_thread::yield();
}

TEST(Deadline, ThatIsGoneBeforeTheTurnEndsAsksNobody) {
  const auto loop = EventLoop::create();
  auto driven = std::make_unique<Driven>();
  loop->run([&] {
    auto deadline = std::make_unique<Deadline<Driven>>(*loop, *driven);
    deadline->update_at_turn_end();
    deadline.reset();
    driven.reset();
  });
  loop->run([] {});
  EXPECT_EQ(driven, nullptr);
}

}  // namespace
}  // namespace parley::session
