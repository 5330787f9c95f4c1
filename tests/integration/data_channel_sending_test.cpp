// Messages on their way: what is sent, how much of it waits, and that it arrives as it was sent.
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "support/channels.hpp"

namespace parley {
namespace {

using test::Channels;
using test::Latch;
using namespace std::chrono_literals;

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

}  // namespace
}  // namespace parley
