#include <gtest/gtest.h>

#include "unit/ice/peer.hpp"

namespace parley::ice {
namespace {

using namespace testing;

Bytes packet(std::size_t size, std::uint8_t first = 0x80) {
  Bytes bytes(size, 0x5A);
  bytes[0] = first;
  return bytes;
}

TEST(IceAgent, TwoAgentsConnectAndTalk) {
  for (const bool fast : {true, false}) {
    Pair pair(on_loopback(fast), on_loopback(fast));
    const TimePoint start = Clock::now();
    ASSERT_TRUE(pair.connect());
    std::printf("connected after %.1f ms, fast path %d\n",
                std::chrono::duration<double, std::milli>(Clock::now() - start).count(), fast);
    pair.a.loop->run([&] {
      for (int i = 0; i < 100; ++i) pair.a.agent->send(packet(1200));
      for (int i = 0; i < 100; ++i) pair.b.agent->send(packet(100));
    });
    EXPECT_TRUE(pair.b.wait([&] { return pair.b.packets == 100; }));
    EXPECT_TRUE(pair.a.wait([&] { return pair.a.packets == 100; }));
    pair.a.loop->run([&] {
      EXPECT_EQ(pair.a.agent->on_fast_path(), fast && true);
      EXPECT_EQ(pair.a.received[0], packet(100));
      EXPECT_EQ(pair.b.received[99], packet(1200));
    });
    EXPECT_TRUE(pair.a.wait([&] { return pair.a.agent->state() == State::Completed; }));
  }
}

}  // namespace
}  // namespace parley::ice
