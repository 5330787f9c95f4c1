#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "parley/event_loop.hpp"

namespace parley::test {

/// How long something takes as a loop lives it: in steps, of which a turn counts one at most. What a busy machine takes
/// from the loop does not count, so this is never more than what the clock says, and an upper bound holds on any
/// machine.
class LoopTime {
 public:
  explicit LoopTime(EventLoop& loop) { next(loop, steps_); }
  [[nodiscard]] std::chrono::milliseconds elapsed() const { return steps_->load() * kStep; }

 private:
  static constexpr std::chrono::milliseconds kStep{10};
  using Steps = std::atomic<int>;
  static void next(EventLoop& loop, const std::weak_ptr<Steps>& steps) {
    loop.after(kStep, [&loop, steps] {
      const auto alive = steps.lock();
      if (!alive) return;
      ++*alive;
      next(loop, steps);
    });
  }
  std::shared_ptr<Steps> steps_ = std::make_shared<Steps>(0);
};

}  // namespace parley::test
