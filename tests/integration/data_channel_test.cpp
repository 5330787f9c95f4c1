#include <gtest/gtest.h>

#include <atomic>

#include "support/channels.hpp"

namespace parley {
namespace {

using test::Channels;
using test::Latch;
using test::Pair;
using namespace std::chrono_literals;

TEST(DataChannel, BothEndsSeeTheSameAttributes) {
  Channels channels({.ordered = false, .maxRetransmits = 3, .protocol = "pröto"});
  ASSERT_TRUE(channels.connected);
  for (const auto& channel : {channels.near, channels.far}) {
    EXPECT_EQ(channel->label(), "channel");
    EXPECT_EQ(channel->protocol(), "pröto");
    EXPECT_FALSE(channel->ordered());
    EXPECT_EQ(channel->maxRetransmits(), 3);
    EXPECT_EQ(channel->maxPacketLifeTime(), std::nullopt);
    EXPECT_FALSE(channel->negotiated());
    EXPECT_EQ(channel->id(), channels.near->id());
    EXPECT_EQ(channel->readyState(), RTCDataChannelState::Open);
  }
  // RFC 8832 section 6: the DTLS client, here the answerer, has the even ids.
  EXPECT_EQ(*channels.near->id() % 2, 1);
}

TEST(DataChannel, MessagesWaitForTheFirstHandler) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  Latch confirmed;
  channels.near->onmessage = [&] { confirmed.set(); };
  channels.near->send("first");
  channels.near->send("second");
  // A message the other way shows that both have long arrived.
  channels.far->send("are you there");
  ASSERT_TRUE(confirmed.wait());
  std::vector<std::string> heard;
  Latch both;
  channels.far->onmessage = [&](const MessageEvent& message) {
    heard.emplace_back(message.text());
    if (heard.size() == 2) both.set();
  };
  ASSERT_TRUE(both.wait());
  EXPECT_EQ(heard, (std::vector<std::string>{"first", "second"}));
}

/// webrtc-pc section 6.2: what arrives while the channel is not open is discarded.
TEST(DataChannel, NothingArrivesAfterClose) {
  Latch closed;
  std::vector<std::string> heard;
  Pair pair;
  const auto near = pair.offerer.createDataChannel("x");
  near->onopen = [&] {
    for (const char* text : {"one", "two", "three"}) near->send(text);
  };
  near->onclose = [&] { closed.set(); };
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&heard, channel = event.channel.get()](const MessageEvent& message) {
      heard.emplace_back(message.text());
      channel->close();
    };
  };
  pair.negotiate().get(20s);
  ASSERT_TRUE(closed.wait());
  EXPECT_EQ(EventLoop::shared()->run([&] { return heard; }), std::vector<std::string>{"one"});
}

TEST(DataChannel, IdsAboveTheUsualOnesWorkIfBothSidesHaveThemFromTheBeginning) {
  constexpr std::uint16_t kFirst = 1000, kCount = 300;
  test::Pair pair(test::on_loopback(), test::on_loopback());
  std::atomic<int> arrived = 0;
  Latch all;
  std::vector<std::shared_ptr<RTCDataChannel>> channels;
  for (RTCPeerConnection* end : {&pair.offerer, &pair.answerer}) {
    for (std::uint16_t id = kFirst; id < kFirst + kCount; ++id) {
      const auto channel = channels.emplace_back(end->createDataChannel("", {.negotiated = true, .id = id}));
      channel->onopen = [raw = channel.get()] { raw->send("hello"); };
      channel->onmessage = [&] {
        if (++arrived == 2 * kCount) all.set();
      };
    }
  }
  pair.negotiate().get(20s);
  EXPECT_TRUE(all.wait()) << arrived;
  EXPECT_EQ(pair.offerer.sctp()->maxChannels(), kFirst + kCount);
  pair.offerer.close();
  pair.answerer.close();
}

TEST(DataChannel, ClosingOneEndClosesTheOther) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  std::vector<std::string> events;
  Latch near_closed, far_closed;
  std::string last;
  channels.far->onmessage = [&](const MessageEvent& message) { last = message.text(); };
  channels.far->onclosing = [&] { events.emplace_back("closing"); };
  channels.far->onclose = [&] {
    events.emplace_back("close");
    far_closed.set();
  };
  channels.near->onclose = [&] { near_closed.set(); };
  channels.near->send("goodbye");
  channels.near->close();
  EXPECT_EQ(channels.near->readyState(), RTCDataChannelState::Closing);
  EXPECT_THROW(channels.near->send("late"), InvalidStateError);
  ASSERT_TRUE(far_closed.wait());
  ASSERT_TRUE(near_closed.wait());
  EXPECT_EQ(last, "goodbye");
  EXPECT_EQ(events, (std::vector<std::string>{"closing", "close"}));
  EXPECT_EQ(channels.near->readyState(), RTCDataChannelState::Closed);
  EXPECT_EQ(channels.far->readyState(), RTCDataChannelState::Closed);
}

TEST(DataChannel, AnIdIsUsedAgainOnlyAfterBothEndsClosed) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  Latch closed;
  const auto id = channels.near->id();
  channels.near->onclose = [&] { closed.set(); };
  channels.near->close();
  const auto meanwhile = channels.offerer.createDataChannel("meanwhile");
  EXPECT_NE(meanwhile->id(), id);
  ASSERT_TRUE(closed.wait());
  Latch echoed;
  channels.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [channel = event.channel](const MessageEvent& message) {
      channel->send(message.text());
    };
  };
  const auto again = channels.offerer.createDataChannel("again");
  EXPECT_EQ(again->id(), id);
  again->onopen = [&] { again->send("hello"); };
  again->onmessage = [&] { echoed.set(); };
  EXPECT_TRUE(echoed.wait());
}

TEST(DataChannel, NegotiatedChannelsNeedNoAnnouncement) {
  Pair pair;
  const RTCDataChannelInit init{.negotiated = true, .id = 40};
  const auto near = pair.offerer.createDataChannel("n", init);
  const auto far = pair.answerer.createDataChannel("f", init);
  Latch heard;
  std::atomic<bool> announced = false;
  pair.answerer.ondatachannel = [&] { announced = true; };
  far->onmessage = [&] { heard.set(); };
  near->onopen = [&] { near->send("x"); };
  pair.negotiate().get(20s);
  EXPECT_TRUE(heard.wait());
  EXPECT_FALSE(announced);
}

TEST(DataChannel, TwoLoopsMayHoldTheTwoEnds) {
  Channels channels({}, test::on_loopback(EventLoop::create()), test::on_loopback(EventLoop::create()));
  ASSERT_TRUE(channels.connected);
  Latch echoed;
  channels.far->onmessage = [&](const MessageEvent& message) { channels.far->send(message.text()); };
  channels.near->onmessage = [&] { echoed.set(); };
  channels.near->send("hello");
  EXPECT_TRUE(echoed.wait());
}

Promise<void> keep_event(const MessageEvent& message, std::string& out, Latch& done) {
  co_await EventLoop::current()->delay(20ms);
  out = message.text();
  done.set();
}

TEST(DataChannel, AnEventKeepsItsBytesForACoroutine) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  std::string kept;
  Latch done;
  int count = 0;
  channels.far->onmessage = [&](const MessageEvent& message) -> Promise<void> {
    if (++count == 1) co_await keep_event(message, kept, done);
  };
  channels.near->send("the first message");
  for (int i = 0; i < 100; ++i) channels.near->send("another one, of no interest");
  ASSERT_TRUE(done.wait());
  EXPECT_EQ(kept, "the first message");
}

TEST(DataChannel, CreateRefusesWhatTheSpecificationRefuses) {
  RTCPeerConnection peer(test::on_loopback());
  EXPECT_THROW(peer.createDataChannel("x", {.maxPacketLifeTime = 1, .maxRetransmits = 1}), TypeError);
  EXPECT_THROW(peer.createDataChannel("x", {.negotiated = true}), TypeError);
  EXPECT_THROW(peer.createDataChannel("x", {.negotiated = true, .id = 65535}), TypeError);
  EXPECT_THROW(peer.createDataChannel(std::string(65536, 'x')), TypeError);
  EXPECT_THROW(peer.createDataChannel("x", {.protocol = std::string(65536, 'x')}), TypeError);
  (void)peer.createDataChannel("x", {.negotiated = true, .id = 7});
  EXPECT_THROW(peer.createDataChannel("x", {.negotiated = true, .id = 7}), OperationError);
  peer.close();
  EXPECT_THROW(peer.createDataChannel("x"), InvalidStateError);
}

}  // namespace
}  // namespace parley
