#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "support/pair.hpp"
#include "support/signaling_log.hpp"

namespace parley {
namespace {

using nlohmann::json;
using test::Latch;
using test::SignalingLog;
using testing::ElementsAre;

/// A channel whose other end is the test.
class Manual final : public SignalingChannel {
 public:
  using SignalingChannel::closed;
  using SignalingChannel::failed;
  using SignalingChannel::opened;
  using SignalingChannel::received;
  using SignalingChannel::SignalingChannel;
  using SignalingChannel::sink;
  void send(const json&) override {}
  void close() override { closed(ClosedBy::Us); }
};

/// Everything posted so far has run.
void settle(const SignalingChannel& channel) {
  channel.loop()->run([] {});
}

TEST(SignalingChannel, TellsEventsInTheOrderInWhichTheyHappened) {
  Manual channel(EventLoop::create());
  SignalingLog log(channel);
  channel.opened();
  channel.received(std::string_view(R"({"a":1})"));
  channel.failed("odd");
  channel.received(std::string_view("[2]"));
  channel.closed();
  ASSERT_TRUE(log.wait("close"));
  EXPECT_THAT(log.lines(), ElementsAre("open", R"(message: {"a":1})", "error: odd", "message: [2]", "close"));
}

TEST(SignalingChannel, MessagesWaitForTheFirstHandler) {
  Manual channel(EventLoop::create());
  channel.received(std::string_view("1"));
  channel.received(std::string_view("2"));
  settle(channel);
  SignalingLog log(channel);
  ASSERT_TRUE(log.wait("message: 2"));
  EXPECT_THAT(log.lines(), ElementsAre("message: 1", "message: 2"));
}

TEST(SignalingChannel, ThePeersCloseWaitsForTheMessagesBeforeIt) {
  Manual channel(EventLoop::create());
  channel.received(std::string_view("1"));
  channel.closed();
  EXPECT_EQ(channel.state(), SignalingChannel::State::Closed);
  settle(channel);
  SignalingLog log(channel);
  ASSERT_TRUE(log.wait("close"));
  EXPECT_THAT(log.lines(), ElementsAre("message: 1", "close"));
}

TEST(SignalingChannel, ErrorAndCloseWaitUntilSomebodyListens) {
  Manual channel(EventLoop::create());
  channel.failed("odd");
  channel.closed();
  settle(channel);
  std::vector<std::string> told;
  channel.loop()->run([&] {
    channel.onclose = [&] { told.push_back("close"); };
    channel.onerror = [&](const SignalingErrorEvent& event) { told.push_back(event.message); };
  });
  settle(channel);
  EXPECT_THAT(told, ElementsAre("odd", "close"));
}

TEST(SignalingChannel, AHandlerThatHoldsItsOwnChannelLeaksNothing) {
  auto loop = EventLoop::create();
  auto channel = std::make_shared<Manual>(loop);
  const std::weak_ptr<Manual> seen = channel;
  channel->onmessage = [channel] {};
  std::exchange(channel, nullptr)->closed();
  loop->run([] {});
  EXPECT_TRUE(seen.expired());
}

TEST(SignalingChannel, OpenWaitsForItsFirstHandler) {
  Manual channel(EventLoop::create());
  channel.opened();
  channel.failed("odd");
  settle(channel);
  SignalingLog log(channel);
  EXPECT_TRUE(log.wait("open"));
  EXPECT_TRUE(log.wait("error: odd"));
}

TEST(SignalingChannel, OurCloseDropsWhatWaits) {
  Manual channel(EventLoop::create());
  Latch closed;
  channel.onclose = [&] { closed.set(); };
  channel.received(std::string_view("1"));
  channel.close();
  EXPECT_TRUE(closed.wait());
}

TEST(SignalingChannel, OurCloseEndsTheWaitForAPeerThatIsGone) {
  Manual channel(EventLoop::create());
  Latch closed;
  channel.onclose = [&] { closed.set(); };
  channel.received(std::string_view("1"));
  channel.closed();
  channel.close();
  EXPECT_TRUE(closed.wait());
}

TEST(SignalingChannel, NothingIsToldAfterClose) {
  Manual channel(EventLoop::create());
  SignalingLog log(channel);
  channel.close();
  channel.close();
  channel.received(std::string_view("1"));
  channel.failed("late");
  settle(channel);
  EXPECT_THAT(log.lines(), ElementsAre("close"));
}

TEST(SignalingChannel, WhatIsNotJsonIsAnErrorAndTheChannelLives) {
  Manual channel(EventLoop::create());
  SignalingLog log(channel);
  for (const char* text : {"", "{", "undefined", "{\"a\":1}x", "\"\xff\"", "'a'"})
    channel.received(std::string_view(text));
  channel.received(std::string_view("7"));
  ASSERT_TRUE(log.wait("message: 7"));
  EXPECT_EQ(log.count("error: "), 6);
}

TEST(SignalingChannel, WhatIsTooLargeIsAnError) {
  Manual channel(EventLoop::create());
  SignalingLog log(channel);
  channel.received(std::string_view('"' + std::string(SignalingChannel::kMaxMessageBytes - 2, 'x') + '"'));
  channel.received(std::string_view('"' + std::string(SignalingChannel::kMaxMessageBytes - 1, 'x') + '"'));
  ASSERT_TRUE(log.wait("error: a message is too large"));
  EXPECT_EQ(log.count("message: "), 1);
}

TEST(SignalingChannel, WhatIsNestedTooDeeplyIsAnError) {
  Manual channel(EventLoop::create());
  SignalingLog log(channel);
  channel.received(std::string_view(std::string(64, '[') + std::string(64, ']')));
  channel.received(std::string_view(std::string(65, '[') + std::string(65, ']')));
  channel.received(std::string_view('"' + std::string(1000, '[') + '"'));
  channel.received(std::string_view("7"));
  ASSERT_TRUE(log.wait("message: 7"));
  EXPECT_EQ(log.count("message: "), 3);
  EXPECT_EQ(log.count("error: "), 1);
}

TEST(SignalingChannel, AFloodWithoutAHandlerIsBounded) {
  Manual channel(EventLoop::create());
  Latch failed;
  int errors = 0;
  channel.onerror = [&] {
    ++errors;
    failed.set();
  };
  const std::string large = '"' + std::string(SignalingChannel::kMaxMessageBytes - 2, 'x') + '"';
  constexpr int kSent = 40;
  for (int i = 0; i < kSent; ++i) channel.received(std::string_view(large));
  ASSERT_TRUE(failed.wait());
  settle(channel);
  EXPECT_EQ(errors, 1);
  std::size_t bytes = 0;
  channel.onmessage = [&](const json& message) { bytes += message.get_ref<const std::string&>().size(); };
  settle(channel);
  EXPECT_GT(bytes, SignalingChannel::kMaxWaitingBytes / 2);
  EXPECT_LE(bytes, SignalingChannel::kMaxWaitingBytes);
}

TEST(SignalingChannel, ASinkOutlivesItsChannel) {
  auto loop = EventLoop::create();
  auto channel = std::make_unique<Manual>(loop);
  int told = 0;
  channel->onmessage = [&] { ++told; };
  const auto sink = channel->sink();
  channel.reset();
  sink.received(std::string_view("1"));
  sink.failed("late");
  sink.closed();
  loop->run([] {});
  EXPECT_EQ(told, 0);
}

TEST(SignalingChannel, MayBeDestroyedByItsOwnHandler) {
  auto loop = EventLoop::create();
  auto channel = std::make_shared<Manual>(loop);
  Latch done;
  channel->onmessage = [&] {
    channel.reset();
    done.set();
  };
  channel->received(std::string_view("1"));
  ASSERT_TRUE(done.wait());
}

TEST(SignalingPair, CarriesMessagesBothWays) {
  const auto [first, second] = make_signaling_pair();
  SignalingLog heard_first(*first), heard_second(*second);
  first->send({{"offer", 1}});
  second->send({{"answer", 2}});
  EXPECT_TRUE(heard_first.wait(R"(message: {"answer":2})"));
  EXPECT_TRUE(heard_second.wait(R"(message: {"offer":1})"));
}

TEST(SignalingPair, TheOtherEndSeesTheClose) {
  const auto [first, second] = make_signaling_pair(EventLoop::create(), EventLoop::create());
  SignalingLog heard_first(*first), heard_second(*second);
  first->send(1);
  first->close();
  EXPECT_TRUE(heard_first.wait("close"));
  ASSERT_TRUE(heard_second.wait("close"));
  EXPECT_EQ(heard_second.count("message: 1"), 1);
  EXPECT_THROW(first->send(2), InvalidStateError);
  EXPECT_THROW(second->send(2), InvalidStateError);
}

TEST(SignalingPair, TheOtherEndSeesTheEndOfItsPeer) {
  auto [first, second] = make_signaling_pair();
  SignalingLog heard(*second);
  first.reset();
  EXPECT_TRUE(heard.wait("close"));
}

}  // namespace
}  // namespace parley
