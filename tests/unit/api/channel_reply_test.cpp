// A loop is told when an answer to an answer may come at once.
#include <gtest/gtest.h>

#include "base/reactor.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;
using test::Latch;
using test::on_loopback;
using test::Pair;

TEST(ChannelReply, WhoAnswersAMessageExpectsTheNextOneSoon) {
  const auto near = EventLoop::create(), far = EventLoop::create();
  Latch answered;
  bool before = true, after = false, unasked = true;
  Pair pair(on_loopback(near), on_loopback(far));
  std::shared_ptr<RTCDataChannel> there;
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    there = event.channel;
    there->onmessage = [&](const MessageEvent&) {
      before = far->reactor().polling().concerned();
      there->send("pong");
      after = far->reactor().polling().concerned();
    };
  };
  const auto here = pair.offerer.createDataChannel("");
  here->onopen = [&] {
    here->send("ping");
    unasked = near->reactor().polling().concerned();
  };
  here->onmessage = [&](const MessageEvent&) { answered.set(); };
  near->run([&] { return pair.negotiate(); }).get(20s);
  ASSERT_TRUE(answered.wait());
  EXPECT_FALSE(near->run([&] { return unasked; }));
  EXPECT_FALSE(far->run([&] { return before; }));
  EXPECT_TRUE(far->run([&] { return after; }));
}

}  // namespace
}  // namespace parley
