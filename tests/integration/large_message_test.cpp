// Messages far larger than any buffer, where the peer takes them, and what passes them by.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "support/pair.hpp"
#include "support/transcript.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Transcript;
using namespace std::chrono_literals;

RTCConfiguration taking(std::size_t max_message_size) {
  RTCConfiguration configuration = test::on_loopback();
  configuration.network.max_message_size = max_message_size;
  return configuration;
}

/// A pair whose answerer takes messages up to `limit`, with two channels.
struct Large : test::Pair {
  explicit Large(std::size_t limit) : Pair(test::on_loopback(), taking(limit)) {
    answerer.ondatachannel = [this](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [this, label = event.channel->label()](const MessageEvent& message) {
        std::uint8_t next = 0;
        for (const std::byte byte : message.bytes())
          if (static_cast<std::uint8_t>(byte) != next++) return heard.add(label + " damaged");
        heard.add(label + " " + std::to_string(message.bytes().size()));
      };
    };
    big->onopen = [this] { big_open.set(); };
    small->onopen = [this] { small_open.set(); };
    negotiate().get(20s);
    ready = big_open.wait() && small_open.wait();
  }
  ~Large() {
    offerer.close();
    answerer.close();
  }
  static std::vector<std::uint8_t> bytes(std::size_t size) {
    std::vector<std::uint8_t> made(size);
    std::iota(made.begin(), made.end(), std::uint8_t{0});
    return made;
  }
  Transcript heard;
  Latch big_open, small_open;
  std::shared_ptr<RTCDataChannel> big = offerer.createDataChannel("big"), small = offerer.createDataChannel("small");
  bool ready = false;
};

TEST(LargeMessage, OfAnySizeArrivesWhereThePeerSetsNoLimitAndSmallOnesPassIt) {
  constexpr std::size_t kSize = 80'000'000;  // above every limit for a peer that sets one
  Large pair(0);
  ASSERT_TRUE(pair.ready);
  EXPECT_TRUE(std::isinf(pair.offerer.sctp()->maxMessageSize().value()));
  auto message = Large::bytes(kSize);
  pair.big->send(std::move(message));
  EXPECT_TRUE(message.empty());  // taken over, not copied
  pair.small->send(Large::bytes(1000));
  ASSERT_TRUE(pair.heard.wait_for("big " + std::to_string(kSize), 100s));
  EXPECT_EQ(pair.heard.only({"big ", "small "}), (Transcript::Lines{"small 1000", "big " + std::to_string(kSize)}));
  EXPECT_THROW(
      {
        pair.big->send(Large::bytes(10'000'000));
        for (;;) pair.big->send(Large::bytes(10'000'000));
      },
      OperationError);
}

TEST(LargeMessage, UpToALimitAboveTheUsualOnesArrivesAndNoLargerOne) {
  constexpr std::size_t kLimit = 20'000'000;  // more than may wait for a handler
  Large pair(kLimit);
  ASSERT_TRUE(pair.ready);
  EXPECT_EQ(pair.offerer.sctp()->maxMessageSize(), static_cast<double>(kLimit));
  EXPECT_THROW(pair.big->send(Large::bytes(kLimit + 1)), TypeError);
  pair.big->send(Large::bytes(kLimit));
  ASSERT_TRUE(pair.heard.wait_for("big " + std::to_string(kLimit), 60s));
  // One message of any size waits for somebody who listens.
  Latch announced, arrived;
  std::shared_ptr<RTCDataChannel> far;
  std::size_t size = 0;
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    far = event.channel;
    announced.set();
  };
  const auto late = pair.offerer.createDataChannel("late");
  Latch sent;
  late->onbufferedamountlow = [&] { sent.set(); };
  late->onopen = [&] { late->send(Large::bytes(kLimit)); };
  ASSERT_TRUE(announced.wait());
  ASSERT_TRUE(sent.wait(60s));
  for (std::size_t i = 1; i < 50; ++i) {  // by when the last of it has arrived as well
    pair.small->send(Large::bytes(i));
    ASSERT_TRUE(pair.heard.wait_for("small " + std::to_string(i)));
  }
  far->onmessage = [&](const MessageEvent& message) {
    size = message.bytes().size();
    arrived.set();
  };
  ASSERT_TRUE(arrived.wait(60s));
  EXPECT_EQ(size, kLimit);
}

TEST(LargeMessage, TextThatIsNotUtf8IsRepairedAndCountedAsItIsSent) {
  Large pair(256 << 10);
  ASSERT_TRUE(pair.ready);
  std::string heard;
  Latch arrived;
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&](const MessageEvent& message) {
      heard = message.text();
      arrived.set();
    };
  };
  const auto channel = pair.offerer.createDataChannel("text");
  channel->onopen = [&] {
    channel->send("a\xFFz\xE2\x82");
    EXPECT_EQ(channel->bufferedAmount(), 8U);
  };
  ASSERT_TRUE(arrived.wait());
  EXPECT_EQ(heard, "a\uFFFDz\uFFFD");
  Latch drained;
  channel->onbufferedamountlow = [&] { drained.set(); };
  EXPECT_TRUE(channel->bufferedAmount() == 0 || drained.wait());
  EXPECT_EQ(channel->bufferedAmount(), 0U);
}

}  // namespace
}  // namespace parley
