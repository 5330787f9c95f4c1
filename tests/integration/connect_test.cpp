#include <gtest/gtest.h>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;

TEST(Connect, TwoPeersExchangeMessages) {
  Pair pair;
  Latch opened, echoed, connected;
  std::string heard, answer;
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&, channel = event.channel](const MessageEvent& message) {
      heard = message.text();
      channel->send("you said " + heard);
    };
  };
  pair.offerer.onconnectionstatechange = [&] {
    if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
  };
  const auto channel = pair.offerer.createDataChannel("chat");
  channel->onopen = [&] {
    opened.set();
    channel->send("hello");
  };
  channel->onmessage = [&](const MessageEvent& message) {
    answer = message.text();
    echoed.set();
  };
  pair.negotiate().get(20s);
  EXPECT_TRUE(connected.wait());
  EXPECT_TRUE(opened.wait());
  ASSERT_TRUE(echoed.wait());
  EXPECT_EQ(heard, "hello");
  EXPECT_EQ(answer, "you said hello");
}

}  // namespace
}  // namespace parley
