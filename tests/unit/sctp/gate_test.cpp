#include "sctp/gate.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace parley::sctp {
namespace {

TEST(Gate, AnExclusiveCallerIsAloneAndNotStarved) {
  Gate gate;
  std::atomic<bool> stop = false;
  int shared = 0;  // written by the exclusive caller only, so a race shows under TSan
  std::vector<std::thread> callers;
  std::atomic<long> reads = 0;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&] {
      while (!stop) {
        gate.lock_shared();
        reads += shared >= 0 ? 1 : 0;
        gate.unlock_shared();
      }
    });
  while (reads == 0) std::this_thread::yield();
  for (int i = 0; i < 200; ++i) {
    gate.lock();
    ++shared;
    gate.unlock();
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(shared, 200);
}

TEST(Gate, TryingFailsWhileAnotherIsExclusive) {
  Gate gate;
  gate.lock();
  std::thread([&] { EXPECT_FALSE(gate.try_lock()); }).join();
  gate.unlock();
  EXPECT_TRUE(gate.try_lock());
  gate.unlock();
}

}  // namespace
}  // namespace parley::sctp
