// Connect and close, a thousand times: nothing may pile up.
#include <gtest/gtest.h>

#include "support/pair.hpp"
#include "support/resources.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;

constexpr int kWarmUp = 50;
constexpr int kCycles = test::kSanitized ? 300 : 1000;

struct Resources {
  std::size_t allocated = test::allocated_bytes(), resident = test::resident_bytes(),
              descriptors = test::open_descriptors(), threads = test::threads();
};

TEST(Cycles, AThousandConnectionsLeaveNothingBehind) {
  const auto connect_once = [] {
    Pair pair;
    Latch echoed;
    pair.answerer.ondatachannel = [](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [far = event.channel](const MessageEvent& message) { far->send(message.text()); };
    };
    const auto channel = pair.offerer.createDataChannel("x");
    channel->onopen = [channel] { channel->send("hello"); };
    channel->onmessage = [&] { echoed.set(); };
    pair.negotiate().get(20s);
    return echoed.wait();
  };
  const auto settled = [] {
    // What is taken down in the background goes through the loop.
    for (int i = 0; i < 100; ++i) EventLoop::shared()->delay(2ms).get(5s);
    test::return_free_memory();  // of as many agents as have waited at once
    return Resources();
  };
  for (int i = 0; i < kWarmUp; ++i) ASSERT_TRUE(connect_once());
  const Resources before = settled();
  for (int i = 0; i < kCycles; ++i) ASSERT_TRUE(connect_once()) << i;
  // ICE agents are let go of five seconds after they were closed, with their sockets: the faster connections are made,
  // the more of them wait.
  const auto is_over = [&](const Resources& now) {
    return now.allocated < before.allocated + kCycles * 64 && now.descriptors <= before.descriptors + 2 &&
           now.threads == before.threads;
  };
  for (int i = 0; i < 5000 && !is_over(Resources()); ++i) EventLoop::shared()->delay(2ms).get(5s);
  const Resources after = settled();
  EXPECT_LT(after.allocated, before.allocated + kCycles * 512) << "half a kilobyte a connection";
  // The sanitizers keep freed memory on purpose.
  if (!test::kSanitized) {
    EXPECT_LT(after.resident, before.resident + (8 << 20));
  }
  EXPECT_LE(after.descriptors, before.descriptors + 2);
  EXPECT_EQ(after.threads, before.threads);
}

}  // namespace
}  // namespace parley
