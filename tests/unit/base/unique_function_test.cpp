#include "parley/unique_function.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

#include "tracked.hpp"

namespace parley {
namespace {

TEST(UniqueFunction, IsEmptyUntilItIsGivenSomething) {
  UniqueFunction<int()> f;
  EXPECT_FALSE(f);
  f = [] { return 1; };
  ASSERT_TRUE(f);
  EXPECT_EQ(f(), 1);
  f = nullptr;
  EXPECT_FALSE(f);
}

int twice(int x) { return 2 * x; }

TEST(UniqueFunction, ANullFunctionPointerOrAnEmptyFunctionMakesItEmpty) {
  int (*none)(int) = nullptr;
  EXPECT_FALSE(UniqueFunction<int(int)>(none));
  EXPECT_FALSE(UniqueFunction<int(int)>(std::function<int(int)>()));
  EXPECT_TRUE(UniqueFunction<int(int)>(std::function<int(int)>(twice)));
  EXPECT_EQ(UniqueFunction<int(int)>(twice)(21), 42);
}

TEST(UniqueFunction, TakesPointersToMembersToo) {
  struct Point {
    int x;
  };
  UniqueFunction<int(const Point&)> x = &Point::x;
  EXPECT_EQ(x(Point{42}), 42);
}

TEST(UniqueFunction, MayIgnoreAResult) {
  int calls = 0;
  UniqueFunction<void()> f = [&] { return ++calls; };
  f();
  EXPECT_EQ(calls, 1);
}

TEST(UniqueFunction, PassesMoveOnlyArgumentsReferencesAndResults) {
  UniqueFunction<std::unique_ptr<int>(std::unique_ptr<int>, int&)> f = [](std::unique_ptr<int> p, int& seen) {
    seen = *p;
    return p;
  };
  int seen = 0;
  EXPECT_EQ(*f(std::make_unique<int>(7), seen), 7);
  EXPECT_EQ(seen, 7);
  int target = 0;
  UniqueFunction<int&()> reference = [&]() -> int& { return target; };
  EXPECT_EQ(&reference(), &target);
}

template <std::size_t Size>
void moves_and_destroys_once() {
  Tracked tracked;
  {
    UniqueFunction<int()> a = [token = tracked.take(), ballast = std::array<char, Size>{1}] {
      return *token + ballast[0];
    };
    UniqueFunction<int()> b = std::move(a);
    EXPECT_FALSE(a);  // NOLINT: moved-from is empty
    EXPECT_EQ(b(), 1);
    UniqueFunction<int()> c;
    c = std::move(b);
    EXPECT_EQ(c(), 1);
    EXPECT_EQ(tracked.watch.use_count(), 1);
    UniqueFunction<int()>& self = c;
    c = std::move(self);
    EXPECT_EQ(c(), 1);
    EXPECT_FALSE(tracked.gone());
  }
  EXPECT_TRUE(tracked.gone());
}

TEST(UniqueFunction, MovesAndDestroysSmallCapturesOnce) { moves_and_destroys_once<8>(); }
TEST(UniqueFunction, MovesAndDestroysLargeCapturesOnce) { moves_and_destroys_once<400>(); }

TEST(UniqueFunction, KeepsTheAlignmentOfItsCaptures) {
  struct alignas(64) Wide {
    int value = 3;
  };
  UniqueFunction<bool()> f = [wide = Wide{}] { return reinterpret_cast<std::uintptr_t>(&wide) % 64 == 0; };
  UniqueFunction<bool()> g = std::move(f);
  EXPECT_TRUE(g());
}

struct ThrowingMove {
  Tracked* tracked;
  std::shared_ptr<int> token;
  explicit ThrowingMove(Tracked* t) : tracked(t), token(t->token) {}
  ThrowingMove(const ThrowingMove& other) = default;
  ThrowingMove(ThrowingMove&& other) noexcept(false) : tracked(other.tracked), token(other.token) {
    if (*token == 1) throw std::runtime_error("not movable now");
  }
  int operator()() const { return *token; }
};

TEST(UniqueFunction, ACallableWhoseMoveMayThrowIsNeverMovedAgain) {
  Tracked tracked;
  UniqueFunction<int()> f = ThrowingMove(&tracked);
  *tracked.token = 1;  // from here on its move constructor throws
  UniqueFunction<int()> g = std::move(f);
  EXPECT_EQ(g(), 1);
  g = nullptr;
  EXPECT_EQ(tracked.token.use_count(), 1);
}

TEST(UniqueFunction, AConstructorThatThrowsLeavesNothingBehind) {
  Tracked tracked;
  *tracked.token = 1;
  ThrowingMove callable(&tracked);
  EXPECT_THROW(UniqueFunction<int()>(std::move(callable)), std::runtime_error);
  EXPECT_EQ(tracked.token.use_count(), 2);
}

TEST(UniqueFunction, PassesExceptionsOn) {
  UniqueFunction<void()> f = [] { throw std::runtime_error("x"); };
  EXPECT_THROW(f(), std::runtime_error);
  EXPECT_TRUE(f);
}

TEST(UniqueFunction, MayBeReplacedByOneThatItOwns) {
  struct Owner {
    UniqueFunction<int()> inner;
  };
  auto owner = std::make_shared<Owner>();
  owner->inner = [] { return 5; };
  UniqueFunction<int()>* inner = &owner->inner;
  UniqueFunction<int()> outer = [owner] { return owner->inner(); };
  owner.reset();
  outer = std::move(*inner);  // destroys what held `inner`
  EXPECT_EQ(outer(), 5);
}

TEST(UniqueFunction, MayBeAssignedFromTheDestructorOfWhatItHeld) {
  UniqueFunction<int()> f;
  f = [end = AtEnd([&f] { f = [] { return 9; }; })] { return 1; };
  f = nullptr;
  ASSERT_TRUE(f);
  EXPECT_EQ(f(), 9);
}

}  // namespace
}  // namespace parley
