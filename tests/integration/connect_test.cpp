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

/// As in a browser, where everything belongs to the thread that makes it.
TEST(Connect, AConnectionAndATrackLiveOnTheLoopThatTheyAreMadeOn) {
  const auto own = EventLoop::create();
  Latch heard, asked;
  std::unique_ptr<RTCPeerConnection> made;
  std::shared_ptr<MediaStreamTrack> track;
  own->run([&] {
    made = std::make_unique<RTCPeerConnection>();
    track = MediaStreamTrack::create("video");
  });
  made->onnegotiationneeded = [&] {
    EXPECT_TRUE(own->is_current());
    heard.set();
  };
  track->onkeyframerequest = [&] {
    EXPECT_TRUE(own->is_current());
    asked.set();
  };
  EXPECT_EQ(made->getConfiguration().network.loop, own);
  made->createDataChannel("chat");
  track->request_key_frame();
  EXPECT_TRUE(heard.wait());
  EXPECT_TRUE(asked.wait());
  RTCConfiguration elsewhere;
  elsewhere.network.loop = EventLoop::shared();
  own->run([&] { EXPECT_EQ(RTCPeerConnection(elsewhere).getConfiguration().network.loop, EventLoop::shared()); });
  EXPECT_EQ(RTCPeerConnection().getConfiguration().network.loop, EventLoop::shared());
}

}  // namespace
}  // namespace parley
