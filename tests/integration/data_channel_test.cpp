#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <numeric>

#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using namespace std::chrono_literals;

/// A connected pair with one channel that both ends have.
struct Channels : Pair {
  explicit Channels(const RTCDataChannelInit& init = {}, RTCConfiguration first = test::on_loopback(),
                    RTCConfiguration second = test::on_loopback())
      : Pair(std::move(first), std::move(second)) {
    answerer.ondatachannel = [this](const RTCDataChannelEvent& event) {
      far = event.channel;
      announced.set();
    };
    near = offerer.createDataChannel("channel", init);
    near->onopen = [this] { open.set(); };
    negotiate().get(20s);
    connected = open.wait() && announced.wait();
  }
  ~Channels() {
    offerer.close();
    answerer.close();
  }
  std::shared_ptr<RTCDataChannel> near, far;
  Latch open, announced;
  bool connected = false;
};

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

TEST(DataChannel, MessagesOfEveryKindArriveAsSent) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  std::vector<std::pair<bool, std::string>> heard;
  Latch all;
  channels.far->onmessage = [&](const MessageEvent& message) {
    heard.emplace_back(message.is_text(), std::string(message.text()));
    if (heard.size() == 5) all.set();
  };
  const std::string large(200'000, 'x');
  channels.near->send("grüße");
  channels.near->send("");
  channels.near->send(std::span<const std::byte>());
  channels.near->send(std::vector<std::uint8_t>{0, 1, 2});
  channels.near->send(large);
  ASSERT_TRUE(all.wait());
  const std::vector<std::pair<bool, std::string>> expected = {
      {true, "grüße"}, {true, ""}, {false, ""}, {false, std::string("\0\1\2", 3)}, {true, large}};
  EXPECT_EQ(heard, expected);
}

Promise<void> write_every_form(std::shared_ptr<RTCDataChannel> channel) {
  const std::vector<std::uint8_t> bytes{1, 2};
  co_await channel->write("grüße");
  co_await channel->write(std::span<const std::uint8_t>(bytes));
  co_await channel->write(std::as_bytes(std::span(bytes)));
  std::vector<std::uint8_t> owned(1, 3);  // GCC 12 refuses a list of values inside a co_await
  co_await channel->write(std::move(owned));
}

TEST(DataChannel, WhatIsWrittenInAnyFormArrivesAsWritten) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  std::vector<std::pair<bool, std::string>> heard;
  Latch all;
  channels.far->onmessage = [&](const MessageEvent& message) {
    heard.emplace_back(message.is_text(), std::string(message.text()));
    if (heard.size() == 4) all.set();
  };
  write_every_form(channels.near).get(20s);
  ASSERT_TRUE(all.wait());
  const std::vector<std::pair<bool, std::string>> expected = {
      {true, "grüße"}, {false, std::string("\1\2")}, {false, std::string("\1\2")}, {false, std::string("\3")}};
  EXPECT_EQ(heard, expected);
}

TEST(DataChannel, AMessageAboveThePeersLimitIsATypeErrorAndOneAtTheLimitArrives) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  const auto sctp = channels.offerer.sctp();
  ASSERT_NE(sctp, nullptr);
  EXPECT_EQ(sctp->maxMessageSize(), 256 << 10);
  EXPECT_EQ(sctp->state(), RTCSctpTransportState::Connected);
  EXPECT_EQ(sctp->transport()->state(), RTCDtlsTransportState::Connected);
  EXPECT_EQ(sctp->transport()->getRemoteCertificates().size(), 1U);
  std::atomic<std::size_t> size = 0;
  Latch arrived;
  channels.far->onmessage = [&](const MessageEvent& message) {
    size = message.bytes().size();
    arrived.set();
  };
  EXPECT_THROW(channels.near->send(std::string((256 << 10) + 1, 'x')), TypeError);
  channels.near->send(std::string(256 << 10, 'x'));
  ASSERT_TRUE(arrived.wait());
  EXPECT_EQ(size, 256U << 10);
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

Promise<void> pour(std::shared_ptr<RTCDataChannel> channel, std::size_t total, std::size_t& most_buffered) {
  std::uint8_t next = 0;
  for (std::size_t sent = 0; sent < total;) {
    std::vector<std::uint8_t> piece(std::min<std::size_t>(60'000, total - sent));
    std::iota(piece.begin(), piece.end(), next);
    next = static_cast<std::uint8_t>(next + piece.size());
    sent += piece.size();
    co_await channel->write(std::move(piece));
    most_buffered = std::max(most_buffered, channel->bufferedAmount());
  }
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

TEST(DataChannel, WriteAppliesBackPressureAndNothingIsLost) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  constexpr std::size_t kTotal = 20'000'000;
  std::size_t received = 0, wrong = 0;
  Latch all;
  channels.far->onmessage = [&](const MessageEvent& message) {
    for (const std::byte byte : message.bytes()) {
      if (static_cast<std::uint8_t>(byte) != static_cast<std::uint8_t>(received)) ++wrong;
      ++received;
    }
    if (received == kTotal) all.set();
  };
  std::size_t most_buffered = 0;
  pour(channels.near, kTotal, most_buffered).get(60s);
  ASSERT_TRUE(all.wait(60s));
  EXPECT_EQ(wrong, 0U);
  EXPECT_LT(most_buffered, RTCDataChannel::kHighWater + 60'000);
}

TEST(DataChannel, MessagesOfManyChannelsWaitSideBySide) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  std::vector<std::shared_ptr<RTCDataChannel>> near, far;
  Latch announced, all;
  int heard = 0;
  channels.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    far.push_back(event.channel);
    if (far.size() == 8) announced.set();
  };
  for (int i = 0; i < 8; ++i) near.push_back(channels.offerer.createDataChannel("c" + std::to_string(i)));
  for (const auto& channel : near)
    channel->onopen = [channel] {
      for (int i = 0; i < 10; ++i) channel->send("x");
    };
  ASSERT_TRUE(announced.wait());
  for (const auto& channel : far)
    channel->onmessage = [&] {
      if (++heard == 80) all.set();
    };
  EXPECT_TRUE(all.wait());
}

TEST(DataChannel, BufferedAmountLowFiresOnceBelowTheThreshold) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  Latch low;
  std::atomic<int> fired = 0;
  channels.near->bufferedAmountLowThreshold(100'000);
  channels.near->onbufferedamountlow = [&] {
    ++fired;
    low.set();
  };
  std::size_t right_after = 0;
  channels.near->onmessage = [&] {
    for (int i = 0; i < 40; ++i) channels.near->send(std::string(200'000, 'x'));
    right_after = channels.near->bufferedAmount();
  };
  channels.far->onmessage = [] {};
  channels.far->send("go");
  ASSERT_TRUE(low.wait());
  EXPECT_EQ(right_after, 40U * 200'000);  // does not fall while the task runs
  EXPECT_EQ(fired, 1);
  EXPECT_LE(channels.near->bufferedAmount(), 100'000U);
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

TEST(DataChannel, ManyThreadsMaySend) {
  Channels channels;
  ASSERT_TRUE(channels.connected);
  constexpr int kThreads = 4, kEach = 500;
  std::vector<int> next(kThreads, 0);
  int count = 0, out_of_order = 0;
  Latch all;
  channels.far->onmessage = [&](const MessageEvent& message) {
    const auto thread = static_cast<std::size_t>(message.text()[0] - '0');
    if (std::stoi(std::string(message.text().substr(2))) != next[thread]++) ++out_of_order;
    if (++count == kThreads * kEach) all.set();
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) channels.near->send(std::to_string(t) + ":" + std::to_string(i));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(all.wait());
  EXPECT_EQ(out_of_order, 0);
}

TEST(DataChannel, ThePortablePathCarriesTheSame) {
  auto portable = test::on_loopback();
  portable.network.fast_path = false;
  Channels channels({}, portable, portable);
  ASSERT_TRUE(channels.connected);
  constexpr std::size_t kTotal = 4'000'000;
  std::size_t received = 0, most_buffered = 0;
  Latch all;
  channels.far->onmessage = [&](const MessageEvent& message) {
    received += message.bytes().size();
    if (received == kTotal) all.set();
  };
  pour(channels.near, kTotal, most_buffered).get(60s);
  EXPECT_TRUE(all.wait(60s));
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
