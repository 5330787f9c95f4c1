// `co_await` inside a condition. GCC 12 resumes a wrong frame if no variable is declared around the condition, with any
// promise type at all: README.md. What is here is what may be relied on.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "parley/promise.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;

const std::string kText = "too long for the string itself to hold";

enum class From { Thread, Loop };

/// Promises that settle on a thread that is no loop's, or in a task of a loop.
class PromiseInACondition : public testing::TestWithParam<From> {
 protected:
  ~PromiseInACondition() override {
    if (thread_.joinable()) thread_.join();
  }
  Promise<std::string> text() {
    const PromiseResolver<std::string> resolver;
    const auto resolve = [resolver] { resolver.resolve(kText); };
    if (GetParam() == From::Loop) {
      EventLoop::shared()->post(resolve);
    } else {
      if (thread_.joinable()) thread_.join();
      thread_ = std::thread(resolve);
    }
    return resolver.promise();
  }
  Promise<std::string> conditions() {
    std::string seen;
    if (co_await text() != kText) seen += "if ";
    if (seen.empty() && co_await text() == kText) seen += "and ";
    if (!seen.empty() || co_await text() == kText) seen += "or ";
    while (co_await text() != kText) seen += "while ";
    switch ((co_await text()).size()) {
      case 38:
        seen += "switch";
        break;
      default:
        break;
    }
    co_return seen;
  }
  Promise<int> without_a_variable() {
#ifdef __clang__
    if (co_await text() != kText) co_return 1;
    co_return 2;
#else
    const std::string named = co_await text();
    co_return named != kText ? 1 : 2;
#endif
  }

 private:
  std::thread thread_;
};

TEST_P(PromiseInACondition, IsAwaitedOnAThread) {
  EXPECT_EQ(conditions().get(20s), "and or switch");
  EXPECT_EQ(without_a_variable().get(20s), 2);
}

TEST_P(PromiseInACondition, IsAwaitedOnALoop) {
  EXPECT_EQ(EventLoop::shared()->run([this] { return conditions(); }).get(20s), "and or switch");
  EXPECT_EQ(EventLoop::shared()->run([this] { return without_a_variable(); }).get(20s), 2);
}

INSTANTIATE_TEST_SUITE_P(Settled, PromiseInACondition, testing::Values(From::Thread, From::Loop));

}  // namespace
}  // namespace parley
